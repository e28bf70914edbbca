//! Everything that travelled, judged by the contract.

use std::collections::BTreeSet;

use super::report::Drift;
use super::says;
use crate::contract::party::Facade;
use crate::contract::tour::shown;
use crate::contract::{
    Agreement, ContractError, Examiner, Exchange, Finding, Sender, Side, Verdict,
};
use crate::spec::{Document, Pointer};

/// What the contract holds against the server in these exchanges, each thing once.
pub(super) fn judged(
    contract: &Document,
    facade: &Facade,
    exchanges: &[Exchange],
) -> Result<Vec<Drift>, ContractError> {
    let examiner = Examiner::of(contract, facade)?;
    let mut known = BTreeSet::new();
    let mut drift = Vec::new();
    for exchange in exchanges {
        let verdict = examiner.examine(exchange)?;
        let operation = verdict.operation.clone().unwrap_or_default();
        for finding in against_the_server(exchange.by, &verdict) {
            if known.insert((operation.clone(), verdict.status, Some(finding.clone()))) {
                let expected =
                    format!("what the server says by {operation} is as the contract has it");
                let found = (expected, finding.to_string(), &finding.at);
                drift.push(departure(contract, exchange, found));
            }
        }
        let mut operations = examiner.outline().operations.iter();
        if verdict.agreement == Some(Agreement::Differs)
            && known.insert((operation.clone(), verdict.status, None))
            && let Some(outline) = operations.find(|it| it.id == operation)
        {
            let expected = format!("{operation} takes what the contract accepts, and nothing else");
            let why = "server and contract differ about the request".to_owned();
            drift.push(departure(contract, exchange, (expected, why, &outline.at)));
        }
    }
    Ok(drift)
}

/// What the server is to be blamed for: what it answers, but that the contract has no such answer to a request that it refuses; and
/// of a webhook what it sends, as the tour itself has answered.
fn against_the_server(by: Sender, verdict: &Verdict) -> impl Iterator<Item = &Finding> {
    let said = match by {
        Sender::Client => Side::Answer,
        Sender::Server => Side::Request,
    };
    let breaking = verdict.findings.iter().filter(|finding| finding.breaks());
    let odd = breaking
        .clone()
        .any(|finding| finding.side == Side::Request);
    breaking.filter(move |finding| {
        finding.side == said && !(by == Sender::Client && odd && finding.keyword == "status")
    })
}

fn departure(
    contract: &Document,
    exchange: &Exchange,
    (expected, why, at): (String, String, &Pointer),
) -> Drift {
    let (sent, received) = shown(exchange);
    Drift {
        scenario: "exchanges".to_owned(),
        constraint: format!("the contract at {}: {why}", at.fragment()),
        expected,
        sent,
        received,
        says: says::place(contract, at),
    }
}
