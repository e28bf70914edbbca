//! A change of the contract outside its schemas is noticed by what was recorded, too.

use std::collections::BTreeMap;

use flinks_pay::contract::mutation::{self, Known, Recorded};
use flinks_pay::contract::party::Facade;
use flinks_pay::contract::tour::simulators;
use flinks_pay::contract::{Examiner, Exchange, Obligations, Suite, Waivers};

use crate::tour::{of, whole};
use crate::{CONTRACT, SEED, checked, trace};

/// The obligations that nobody meets.
const WAIVERS: &str = include_str!("../../openapi/obligations.toml");

/// One in so many, for which there is time in each run; all of them with `FLINKS_PAY_MUTANTS=all`.
const STEP: usize = 25;

/// Everything that tours of the simulator see, whatever it is set up for.
async fn recorded() -> Vec<Exchange> {
    trace::listen();
    let sandbox = checked::with(whole()).await.unwrap();
    let mut exchanges = of(&sandbox).run().await.unwrap().exchanges;
    sandbox.check();
    exchanges.extend(simulators().await.unwrap().exchanges);
    exchanges
}

#[tokio::test]
async fn what_the_contract_offers_is_seen_or_waived_and_every_change_outside_its_schemas_is_noticed()
 {
    let exchanges = recorded().await;
    let facade = Facade::new().unwrap();
    let waivers = Waivers::read(WAIVERS).unwrap();
    let suite = Suite::of(&CONTRACT, SEED).unwrap();
    let recorded = Recorded::of(&CONTRACT, &suite, &facade, &exchanges, &waivers).unwrap();
    println!(
        "{} exchanges, {} of them not like others",
        exchanges.len(),
        recorded.different().count()
    );
    let mutants = mutation::surface(&CONTRACT).unwrap();
    let step = match std::env::var("FLINKS_PAY_MUTANTS").as_deref() {
        Ok("all") => 1,
        _ => STEP,
    };
    let mut by: BTreeMap<&str, usize> = BTreeMap::new();
    let mut survived = Vec::new();
    for mutant in mutants.iter().step_by(step) {
        let changed = mutant.apply(&CONTRACT).unwrap();
        let noticed = recorded.notices(mutant, &changed);
        println!("{mutant}: {noticed:?}");
        let by_what = match noticed {
            Ok(Some(Known::Exchange { .. })) => "by an exchange",
            Ok(Some(Known::Obligation(_))) => "by an obligation",
            Ok(Some(Known::Value { .. })) => "by a value",
            Ok(Some(Known::Server(_))) => "by a server",
            Ok(Some(Known::Rule(_))) => "by the witness of a rule",
            Ok(Some(other)) => panic!("{other:?}"),
            Ok(None) if recorded.is_equivalent(mutant, &changed) => "equivalent",
            Ok(None) => {
                survived.push(mutant.to_string());
                "by nobody"
            }
            Err(_) => "by a reader, who refuses it",
        };
        *by.entry(by_what).or_default() += 1;
    }
    println!("of {} changes, each of {step}: {by:?}", mutants.len());
    assert!(mutants.len() > 500, "{}", mutants.len());
    for name in recorded.unmet() {
        println!("UNMET {name}");
    }
    assert_eq!(recorded.unmet(), Vec::<&str>::new());
    let obligations = Obligations::of(&CONTRACT).unwrap();
    let examiner = Examiner::of(&CONTRACT, &facade).unwrap().among(&exchanges);
    let unmet = obligations.unmet(&examiner, recorded.different()).unwrap();
    assert_eq!(waivers.stale(&obligations, &unmet), []);

    assert_eq!(survived, Vec::<String>::new());
}
