//! What recorded exchanges, and what this crate knows of a contract beside its values, notice of a change.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt;

use http::HeaderName;

use super::{Mutant, security};
use crate::client::Environment;
use crate::contract::party::{Facade, Opinion};
use crate::contract::witness::Witness;
use crate::contract::{
    Agreement, ContractError, Examiner, Exchange, Obligations, Outline, Rules, Seat, SeatPart,
    Suite, Verdict, Waivers,
};
use crate::spec::{Document, Node, Pointer};

/// What a change is noticed by, other than a value.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Known {
    /// An exchange of which the changed contract thinks otherwise.
    Exchange {
        /// Its number, from 0.
        number: usize,
        /// The operation, by the contract as it is.
        operation: Option<String>,
        /// The status of its answer.
        status: u16,
    },
    /// Something that the changed contract offers, and no exchange has.
    Obligation(String),
    /// A value at a place that is no component's, about which this crate and the changed contract differ.
    Value {
        /// Where it travels.
        seat: String,
        /// Whether the changed contract accepts it.
        accepted: bool,
    },
    /// A server of the changed contract that this crate does not know, or one that it knows and the changed contract has not.
    Server(String),
    /// A rule whose witness is not what the changed contract says of it.
    Rule(String),
}

impl fmt::Display for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exchange {
                operation: Some(operation),
                status,
                ..
            } => write!(f, "{operation}, answered {status}: is judged otherwise"),
            Self::Exchange { status, .. } => {
                write!(f, "an unknown call, answered {status}: is judged otherwise")
            }
            Self::Obligation(name) => write!(f, "{name}: no exchange has it"),
            Self::Value {
                seat,
                accepted: true,
            } => write!(f, "{seat}: a value is accepted now"),
            Self::Value { seat, .. } => write!(f, "{seat}: a value is refused now"),
            Self::Server(url) => write!(f, "{url}: is listed or called, not both"),
            Self::Rule(id) => write!(f, "{id}: its witness is not as it says"),
        }
    }
}

/// How many exchanges are looked at that are alike in all that the contract speaks of.
const MOST_ALIKE: usize = 2;

/// Recorded exchanges, and what a contract as it is makes of them.
pub struct Recorded<'d> {
    document: &'d Document,
    facade: &'d Facade,
    exchanges: &'d [Exchange],
    waivers: &'d Waivers,
    examiner: Examiner<'d>,
    before: Vec<Verdict>,
    /// The numbers of the exchanges: one of each kind first.
    order: Vec<usize>,
    /// The path of each, where it has an operation.
    paths: Vec<Option<String>>,
    offered: HashSet<String>,
    unmet: Vec<String>,
    witnesses: Vec<(&'d Seat, &'d Witness, Opinion, Agreement)>,
}

impl fmt::Debug for Recorded<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorded")
            .field("exchanges", &self.exchanges.len())
            .field("offered", &self.offered.len())
            .field("unmet", &self.unmet.len())
            .finish_non_exhaustive()
    }
}

impl<'d> Recorded<'d> {
    /// Judges the exchanges by the contract as it is.
    ///
    /// # Errors
    ///
    /// The contract cannot be used.
    pub fn of(
        document: &'d Document,
        suite: &'d Suite<'_>,
        facade: &'d Facade,
        exchanges: &'d [Exchange],
        waivers: &'d Waivers,
    ) -> Result<Self, ContractError> {
        let examiner = Examiner::of(document, facade)?.among(exchanges);
        let mut before = Vec::new();
        let obligations = Obligations::of(document)?;
        let mut kinds: BTreeMap<_, usize> = BTreeMap::new();
        let mut ranked = Vec::new();
        let mut met_at_all: HashSet<String> = HashSet::new();
        for (number, exchange) in exchanges.iter().enumerate() {
            let (verdict, met) = obligations.judged(&examiner, exchange)?;
            // Of exchanges that are alike in all that the contract speaks of, a few say it all.
            let mut names: Vec<&str> = exchange.headers.keys().map(HeaderName::as_str).collect();
            names.retain(|name| !["host", "user-agent", "content-length"].contains(name));
            names.sort_unstable();
            let kind = format!(
                "{:?} {} {:?} {:?} {names:?} {met:?}",
                verdict.operation, verdict.status, verdict.agreement, verdict.findings
            );
            met_at_all.extend(met);
            let seen = kinds.entry(kind).or_default();
            if *seen < MOST_ALIKE {
                ranked.push((*seen, number));
            }
            *seen += 1;
            before.push(verdict);
        }
        ranked.sort_unstable();
        let path = |verdict: &Verdict| {
            let id = verdict.operation.as_deref()?;
            Some(examiner.outline().operation(id)?.path.clone())
        };
        let paths = before.iter().map(path).collect();
        let names = obligations.all().iter().map(|it| it.name.clone());
        let unmet = names.filter(|name| !met_at_all.contains(name)).collect();
        let mut witnesses = Vec::new();
        for (seat, witness, accepted) in suite.judged() {
            if let Some(opinion) = facade.opinion(seat, &witness.value) {
                let agreement = suite.compare(seat, accepted, &opinion)?;
                witnesses.push((seat, witness, opinion, agreement));
            }
        }
        Ok(Self {
            unmet,
            offered: obligations.all().iter().map(|it| it.name.clone()).collect(),
            order: ranked.into_iter().map(|(_, number)| number).collect(),
            document,
            facade,
            exchanges,
            waivers,
            examiner,
            before,
            paths,
            witnesses,
        })
    }

    /// What notices a change first; nothing if nothing does.
    ///
    /// # Errors
    ///
    /// The changed document is no contract.
    pub fn notices(
        &self,
        mutant: &Mutant,
        changed: &Document,
    ) -> Result<Option<Known>, ContractError> {
        let examiner = Examiner::of(changed, self.facade)?.among(self.exchanges);
        let components = Pointer::root().join("components").join("schemas");
        let examiner = if components.is_prefix_of(&mutant.at) {
            examiner
        } else {
            examiner.sharing(&self.examiner)
        };
        match mutant.at.tokens().first().map(String::as_str) {
            Some("servers") => return Ok(server(changed)),
            Some("x-rules") => {
                // One that is odd as it is tells of no change.
                let odd = |document, examiner: &Examiner<'_>| {
                    odd_rules(document, &self.witnesses, self.facade, examiner)
                };
                let before = odd(self.document, &self.examiner)?;
                let now = odd(changed, &examiner)?;
                if let Some(id) = now.difference(&before).next().cloned() {
                    return Ok(Some(Known::Rule(id)));
                }
            }
            _ => {}
        }
        if let Some(number) = self.exchange(mutant, &examiner)? {
            let verdict = self.before.get(number);
            return Ok(Some(Known::Exchange {
                number,
                operation: verdict.and_then(|verdict| verdict.operation.clone()),
                status: verdict.map_or(0, |verdict| verdict.status),
            }));
        }
        if let Some(name) = self.obligation(changed, &examiner)? {
            return Ok(Some(Known::Obligation(name)));
        }
        self.value(mutant, changed, &examiner)
    }

    /// The first exchange of which the changed contract thinks otherwise; those of the changed path first.
    fn exchange(
        &self,
        mutant: &Mutant,
        examiner: &Examiner<'_>,
    ) -> Result<Option<usize>, ContractError> {
        let changed_path = match mutant.at.tokens() {
            [section, path, ..] if section == "paths" || section == "x-webhooks" => Some(path),
            _ => None,
        };
        // One of another path is nothing to it; one of no path may be of the changed one.
        for near in [true, false] {
            for &number in &self.order {
                let of_path = self.paths.get(number).and_then(Option::as_ref);
                let is_near = changed_path.is_none() || of_path == changed_path;
                if is_near != near || (!is_near && of_path.is_some()) {
                    continue;
                }
                if let (Some(exchange), Some(before)) =
                    (self.exchanges.get(number), self.before.get(number))
                    && !examiner.examine(exchange)?.comes_to(before)
                {
                    return Ok(Some(number));
                }
            }
        }
        Ok(None)
    }

    /// The first thing that only the changed contract offers, and no exchange has.
    fn obligation(
        &self,
        changed: &Document,
        examiner: &Examiner<'_>,
    ) -> Result<Option<String>, ContractError> {
        let offered = Obligations::of(changed)?;
        let more: BTreeSet<&str> = offered
            .all()
            .iter()
            .map(|it| it.name.as_str())
            .filter(|name| !self.offered.contains(*name) && !self.waivers.has(name))
            .collect();
        if more.is_empty() {
            return Ok(None);
        }
        let exchanges = self.order.iter().filter_map(|at| self.exchanges.get(*at));
        let unmet = offered.unmet(examiner, exchanges)?;
        let first = unmet.iter().find(|it| more.contains(it.name.as_str()));
        Ok(first.map(|it| it.name.clone()))
    }

    /// A witness at a place whose schema is another one now, or that a rule was about.
    fn value(
        &self,
        mutant: &Mutant,
        changed: &Document,
        examiner: &Examiner<'_>,
    ) -> Result<Option<Known>, ContractError> {
        let rules = Rules::of(changed);
        let of_rules = mutant.at.tokens().first().is_some_and(|it| it == "x-rules");
        let seats = examiner.outline().seats();
        for (seat, witness, opinion, before) in &self.witnesses {
            let place =
                |other: &&Seat| (&other.operation, &other.part) == (&seat.operation, &seat.part);
            let Some(now) = seats.iter().find(place) else {
                // Without a schema everything may stand there.
                if is_open(examiner.outline(), seat)
                    && *before != Agreement::Differs
                    && rules.compare(true, opinion, |_| Ok(true))? == Agreement::Differs
                {
                    return Ok(Some(Known::Value {
                        seat: seat.to_string(),
                        accepted: true,
                    }));
                }
                continue;
            };
            let same = changed.at(&now.schema).map(Node::to_json)
                == self.document.at(&seat.schema).map(Node::to_json);
            if same && !(of_rules && matches!(before, Agreement::ByRule(_))) {
                continue;
            }
            let accepts = |value: &serde_json::Value| examiner.judge().accepts(now, value);
            let accepted = accepts(&witness.value)?;
            let agreement = rules.compare(accepted, opinion, accepts)?;
            if agreement == Agreement::Differs && *before != Agreement::Differs {
                return Ok(Some(Known::Value {
                    seat: now.to_string(),
                    accepted,
                }));
            }
        }
        Ok(None)
    }

    /// Whether a change says nothing of any exchange: where a call needs no credentials, the other ways are offers only.
    #[must_use]
    pub fn is_equivalent(&self, mutant: &Mutant, changed: &Document) -> bool {
        security::stays_open(self.document, changed, &mutant.at)
    }

    /// The exchanges that are not like others in all that the contract speaks of.
    pub fn different(&self) -> impl Iterator<Item = &'d Exchange> {
        let exchanges = self.exchanges;
        let order = self.order.iter();
        order.filter_map(move |number| exchanges.get(*number))
    }

    /// What the contract as it is offers, and neither an exchange has nor a waiver names.
    #[must_use]
    pub fn unmet(&self) -> Vec<&str> {
        let unmet = self.unmet.iter().map(String::as_str);
        unmet.filter(|name| !self.waivers.has(name)).collect()
    }
}

/// Whether a place is still there, and has no schema.
fn is_open(outline: &Outline, seat: &Seat) -> bool {
    let Some(operation) = outline.operation(&seat.operation) else {
        return false;
    };
    let has = |content: &[(String, Option<Pointer>)], kind: &str| {
        content
            .iter()
            .any(|(known, schema)| known == kind && schema.is_none())
    };
    match &seat.part {
        SeatPart::Body { media_type } => {
            let mut body = operation.body.iter();
            body.any(|body| has(&body.content, media_type))
        }
        SeatPart::Parameter { location, name } => {
            let mut known = operation.parameters.iter();
            !known.any(|it| it.schema.is_some() && (&it.location, &it.name) == (location, name))
        }
        SeatPart::Answer { status, media_type } => {
            let mut answers = operation.answers.iter();
            answers.any(|it| it.status == *status && has(&it.content, media_type))
        }
    }
}

/// A server that is in the contract, or that this crate calls by name, and not both.
fn server(changed: &Document) -> Option<Known> {
    let listed = changed.root().get("servers").and_then(Node::as_array);
    let listed: BTreeSet<String> = listed
        .unwrap_or_default()
        .iter()
        .filter_map(|server| server.get("url")?.as_str())
        .map(|url| url.trim_end_matches('/').to_owned())
        .collect();
    let called = [Environment::production(), Environment::sandbox()];
    let called: BTreeSet<String> = called
        .iter()
        .map(|it| it.base_url().as_str().trim_end_matches('/').to_owned())
        .collect();
    let odd = listed.symmetric_difference(&called).next();
    odd.map(|url| Known::Server(url.clone()))
}

/// The first rule whose witness the contract and this crate do not judge as it says: each document is one that the schema accepts,
/// and this crate finds the rule broken in those that it refuses, and in no other.
fn odd_rules(
    changed: &Document,
    witnesses: &[(&Seat, &Witness, Opinion, Agreement)],
    facade: &Facade,
    examiner: &Examiner<'_>,
) -> Result<BTreeSet<String>, ContractError> {
    let mut odd = BTreeSet::new();
    let listed = changed.root().get("x-rules").and_then(Node::as_array);
    for rule in listed.unwrap_or_default() {
        let said = |member: &str| rule.get(member).and_then(Node::as_str);
        let (Some(id), Some(witness)) = (said("id"), rule.get("witness")) else {
            continue;
        };
        if witness.get("refused").is_some() {
            continue;
        }
        let on: Option<Pointer> = said("applies-to").and_then(|on| on.parse().ok());
        let place = on.and_then(|on| {
            let fits = |(seat, witness, _, before): &&(&Seat, &Witness, Opinion, Agreement)| {
                *before == Agreement::Agrees
                    && is_at(changed, &seat.schema, &witness.instance, &on)
                    && examiner
                        .judge()
                        .accepts(seat, &witness.value)
                        .unwrap_or(false)
            };
            witnesses.iter().find(fits)
        });
        let Some((seat, base, ..)) = place else {
            odd.insert(id.to_owned());
            continue;
        };
        for (member, breaks) in [("accepts", false), ("refuses", true)] {
            let Some(document) = witness.get(member) else {
                odd.insert(id.to_owned());
                continue;
            };
            let mut value = base.value.clone();
            if let Some(part) = value.pointer_mut(&base.instance.to_string()) {
                *part = document.to_json();
            }
            let broken = match facade.opinion(seat, &value) {
                Some(Opinion::Refuses(remarks) | Opinion::Remarks(remarks)) => {
                    remarks.iter().any(|remark| remark.rule == id)
                }
                _ => false,
            };
            // A format may refuse by itself what breaks a rule: validators read formats in more ways than one.
            if broken != breaks || (!breaks && !examiner.judge().accepts(seat, &value)?) {
                odd.insert(id.to_owned());
            }
        }
    }
    Ok(odd)
}

/// Whether the schema at `on` is the one of a part of a value.
fn is_at(document: &Document, schema: &Pointer, instance: &Pointer, on: &Pointer) -> bool {
    use crate::contract::examine::text::parts;
    let mut here = vec![schema.clone()];
    for name in instance.tokens() {
        let mut below = Vec::new();
        for at in &here {
            for (at, node) in parts(document, at).unwrap_or_default() {
                if node.get("properties").and_then(|it| it.get(name)).is_some() {
                    below.push(at.join("properties").join(name));
                }
            }
        }
        here = below;
    }
    here.iter().any(|at| {
        let parts = parts(document, at).unwrap_or_default();
        parts.iter().any(|(at, _)| at == on)
    })
}
