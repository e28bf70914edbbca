//! `flinks-pay contract mutate`: which changes of the contract are noticed.

use std::io::{self, Write};

use flinks_pay::contract::Suite;
use flinks_pay::contract::mutation::{self, Fate, Mutant, Score};
use flinks_pay::contract::party::Facade;
use flinks_pay::spec::Document;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use super::{document, killer, page, record, unusable};
use crate::cli::args::{MutateArgs, ScoreFormat};
use crate::cli::exit::Exit;
use crate::cli::problem::{Problem, visible};
use crate::cli::terminal::Look;
use crate::cli::{SCHEMA_VERSION, output, written};

pub(super) fn run(args: &MutateArgs, out: &mut dyn Write) -> Result<Exit, Problem> {
    let document = document(args.spec.as_deref())?;
    let mutants = mutation::every(&document).map_err(|error| unusable(&error))?;
    if !knows(&document)? {
        return Err(Problem::new(
            format!("{} has nothing that this program knows", document.name()),
            "name a contract of the Flinks Pay V2 session API; operations are known by their operationId, such as createSession",
        ));
    }
    let (exchanges, waivers) = (record::exchanges()?, record::waivers(args.spec.is_none())?);
    let bar = bar(mutants.len());
    let told = |done| bar.set_position(done as u64);
    let score = mutation::score_with(&document, mutants, args.seed, &exchanges, &waivers, told);
    bar.finish_and_clear();
    let score = score.map_err(|error| unusable(&error))?;
    let bad = Counts::of(&score).survived > 0 || !score.differing.is_empty();
    written(match args.format {
        ScoreFormat::Text => text(document.name(), &score, out),
        ScoreFormat::Json => writeln!(out, "{}", output::json_text(&json(&score))),
        ScoreFormat::Html => page::write(document.name(), &score, out),
    })
    .map(|_| if bad { Exit::Bad } else { Exit::Good })
}

/// Whether there is anything of which this program has an opinion, and every schema can be judged by.
fn knows(document: &Document) -> Result<bool, Problem> {
    let ask = || Suite::of(document, 0)?.ask_facade(&Facade::new()?);
    let report = ask().map_err(|error| unusable(&error))?;
    Ok(report.asked() > 0)
}

/// A bar on standard error, where both streams are a terminal.
fn bar(mutants: usize) -> ProgressBar {
    if !Look::detect().spinner {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(mutants as u64);
    match ProgressStyle::with_template("{bar:40} {pos} of {len} changes, {eta} left") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// How many changes came out in which way. What leaves no contract is no change of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) total: usize,
    pub(super) killed: usize,
    pub(super) equivalent: usize,
    pub(super) survived: usize,
    pub(super) unreadable: usize,
}

impl Counts {
    pub(super) fn of(score: &Score) -> Self {
        let count = |of: fn(&Fate) -> bool| score.count(of);
        let unreadable = count(|fate| *fate == Fate::Unreadable);
        Self {
            total: score.mutants.len() - unreadable,
            killed: count(|fate| matches!(fate, Fate::Killed(_))),
            equivalent: count(|fate| *fate == Fate::Equivalent),
            survived: count(|fate| *fate == Fate::Survived),
            unreadable,
        }
    }
}

/// The share of what is noticed, in percent. Never 100.0 while something is not.
pub(super) fn percent(score: &Score) -> String {
    match score.share() {
        Some(share) if share < 1.0 => format!("{:.1} %", (share * 1000.0).floor() / 10.0),
        Some(_) => "100 %".to_owned(),
        None => "nothing".to_owned(),
    }
}

fn text(name: &str, score: &Score, out: &mut dyn Write) -> io::Result<()> {
    let Counts {
        total,
        killed,
        equivalent,
        survived,
        unreadable,
    } = Counts::of(score);
    writeln!(out, "{total} changes of {}, one at a time", visible(name))?;
    for (label, count) in [
        ("noticed", killed),
        ("equivalent", equivalent),
        ("survived", survived),
    ] {
        writeln!(out, "  {label:<11}{count:>6}")?;
    }
    for (what, count) in killer::counts(score) {
        writeln!(out, "{count:>6} by {what}")?;
    }
    if unreadable > 0 {
        writeln!(
            out,
            "{unreadable} more leave no contract, and are not counted."
        )?;
    }
    writeln!(
        out,
        "Of those that mean something, {} are noticed.",
        percent(score)
    )?;
    if !score.differing.is_empty() {
        writeln!(
            out,
            "\nThis program differs from the contract as it is, so no value counts at\n"
        )?;
        for seat in &score.differing {
            writeln!(out, "  {}", visible(&seat.to_string()))?;
        }
    }
    if survived > 0 {
        writeln!(out, "\nNobody notices:\n")?;
        for mutant in score.survivors() {
            writeln!(out, "  {}", visible(&mutant.to_string()))?;
        }
    }
    Ok(())
}

fn json(score: &Score) -> Value {
    let counts = Counts::of(score);
    let mutants: Vec<Value> = score
        .mutants
        .iter()
        .filter_map(|(mutant, fate)| one(mutant, fate))
        .collect();
    json!({
        "schema_version": SCHEMA_VERSION,
        "summary": {
            "total": counts.total,
            "killed": counts.killed,
            "equivalent": counts.equivalent,
            "survived": counts.survived,
        },
        "mutants": mutants,
    })
}

fn one(mutant: &Mutant, fate: &Fate) -> Option<Value> {
    let (name, killer) = match fate {
        Fate::Killed(killer) => ("killed", Some(killer)),
        Fate::Equivalent => ("equivalent", None),
        Fate::Survived => ("survived", None),
        Fate::Unreadable => return None,
    };
    Some(json!({
        "pointer": mutant.at.fragment(),
        "kind": mutant.kind,
        "change": mutant.change,
        "fate": name,
        "killed_by": killer.map(killer::json),
    }))
}

#[cfg(test)]
mod tests {
    use flinks_pay::contract::mutation::Killer;

    use super::*;

    #[test]
    fn a_score_is_whole_only_where_nothing_survives() -> Result<(), Box<dyn std::error::Error>> {
        let text = "openapi: 3.0.3\npaths: {}\ncomponents: { schemas: { A: { type: string } } }\n";
        let mutants = mutation::mutants(&Document::parse("a.yaml", text)?);
        let mutant = mutants.first().ok_or("no mutant")?;
        let of = |fates: Vec<Fate>| Score {
            mutants: fates
                .into_iter()
                .map(|fate| (mutant.clone(), fate))
                .collect(),
            ..Score::default()
        };
        let killed = |count: usize| {
            let witness = Killer::Witness {
                seat: flinks_pay::contract::Seat {
                    operation: "a".to_owned(),
                    part: flinks_pay::contract::SeatPart::Body {
                        media_type: "b".to_owned(),
                    },
                    schema: flinks_pay::spec::Pointer::root(),
                    written: true,
                },
                value: Value::Null,
                accepted: false,
            };
            vec![Fate::Killed(witness); count]
        };
        assert_eq!(percent(&of(vec![])), "nothing");
        assert_eq!(percent(&of(vec![Fate::Survived])), "0.0 %");
        assert_eq!(
            percent(&of(
                [killed(1), vec![Fate::Equivalent, Fate::Unreadable]].concat()
            )),
            "100 %"
        );
        assert_eq!(
            percent(&of([killed(9_999), vec![Fate::Survived]].concat())),
            "99.9 %"
        );
        Ok(())
    }
}
