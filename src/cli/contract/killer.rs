//! What a change is noticed by, in the words of each format.

use std::collections::BTreeMap;

use flinks_pay::contract::mutation::{Fate, Killer, Known, Score};
use serde_json::{Value, json};

/// How many changes are noticed by what, most first.
pub(super) fn counts(score: &Score) -> Vec<(&'static str, usize)> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, fate) in &score.mutants {
        if let Fate::Killed(killer) = fate {
            *counts.entry(name(killer)).or_default() += 1;
        }
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}

fn name(killer: &Killer) -> &'static str {
    match killer {
        Killer::Witness { .. } | Killer::Known(Known::Value { .. }) => "a value",
        Killer::Known(Known::Exchange { .. }) => "a recorded exchange",
        Killer::Known(Known::Obligation(_)) => "something offered that no exchange has",
        Killer::Known(Known::Server(_)) => "the servers that are called",
        Killer::Known(Known::Rule(_)) => "the witness of a rule",
        _ => "something else",
    }
}

pub(super) fn json(killer: &Killer) -> Value {
    match killer {
        Killer::Witness {
            seat,
            value,
            accepted,
        } => json!({ "witness": value, "place": seat.to_string(), "accepted_now": accepted }),
        Killer::Known(Known::Exchange {
            number,
            operation,
            status,
        }) => json!({ "exchange": number, "operation": operation, "status": status }),
        Killer::Known(Known::Obligation(name)) => json!({ "obligation": name }),
        Killer::Known(Known::Value { seat, accepted }) => {
            json!({ "place": seat, "accepted_now": accepted })
        }
        Killer::Known(Known::Server(url)) => json!({ "server": url }),
        Killer::Known(Known::Rule(id)) => json!({ "rule": id }),
        other => json!({ "other": format!("{other:?}") }),
    }
}
