//! Three parties, one judge.
#![cfg(feature = "contract")]

use std::collections::BTreeMap;

use flinks_pay::contract::party::{Facade, Opinion};
use flinks_pay::contract::{Judge, witness};
use flinks_pay::spec::Document;

#[test]
fn survey() {
    let document =
        Document::read(concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/flinks-pay.yaml").as_ref())
            .unwrap();
    let judge = Judge::new(&document);
    let start = std::time::Instant::now();
    let made = witness::witnesses(&document, &judge, 7).unwrap();
    println!(
        "made {} in {:?}, unmade {:?}",
        made.all.len(),
        start.elapsed(),
        made.unmade
            .iter()
            .map(|i| made.seats[*i].to_string())
            .collect::<Vec<_>>()
    );
    let facade = Facade::new().unwrap();
    let mut table: BTreeMap<String, [usize; 2]> = BTreeMap::new();
    let mut odd: BTreeMap<String, (usize, String)> = BTreeMap::new();
    let start = std::time::Instant::now();
    for witness in &made.all {
        let seat = &made.seats[witness.seat];
        let valid = judge.accepts(seat, &witness.value).unwrap();
        table.entry(seat.to_string()).or_default()[usize::from(valid)] += 1;
        let Some(opinion) = facade.opinion(seat, &witness.value) else {
            continue;
        };
        let agree = match &opinion {
            Opinion::Takes => valid,
            Opinion::Writes(sent) => !valid && judge.accepts(seat, sent).unwrap(),
            Opinion::Remarks(_) | Opinion::Refuses(_) => !valid,
        };
        if !agree
            && !matches!(&seat.part, flinks_pay::contract::SeatPart::Answer { status, .. } if !status.starts_with('2'))
        {
            let key = format!("{seat} {} valid={valid} {:?}", witness.about, opinion);
            let key: String = key.chars().take(220).collect();
            let shown = witness
                .value
                .pointer(&witness.instance.to_string())
                .map(|v| v.to_string())
                .unwrap_or_default();
            let e = odd
                .entry(key)
                .or_insert((0, shown.chars().take(160).collect()));
            e.0 += 1;
        }
    }
    println!("judged in {:?}", start.elapsed());
    for (seat, counts) in table {
        println!("{seat}: invalid {} valid {}", counts[0], counts[1]);
    }
    for (key, (count, shown)) in odd {
        println!("{count} × {key} :: {shown}");
    }
}
