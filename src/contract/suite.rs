//! Every witness put to every party, and where one of them differs from the judge.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::party::{Facade, Opinion, Server, ServerError};
use super::witness::{self, Witness, Witnesses};
use super::{Agreement, ContractError, Judge, Rules, Seat};
use crate::domain::SessionId;
use crate::spec::{Document, Pointer};

/// A contract, its witnesses, and what the judge says of each.
#[derive(Debug)]
pub struct Suite<'d> {
    judge: Judge<'d>,
    rules: Rules,
    witnesses: Witnesses,
    /// Whether the judge accepts each.
    accepted: Vec<bool>,
}

/// What came of putting the witnesses to one party.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Report {
    /// Each place at which the party has an opinion, in the order of the document.
    pub places: Vec<(Seat, Tally)>,
    /// Where it differs from the judge.
    pub differences: Vec<Difference>,
}

/// What was said at one place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// The judge accepts the value, and the party takes it.
    pub taken: usize,
    /// The judge refuses the value, and the party too.
    pub refused: usize,
    /// The party refuses the value by a rule of the contract.
    pub by_rule: BTreeMap<String, usize>,
    /// The party writes the value as the contract has it.
    pub respelled: usize,
    /// They differ.
    pub differing: usize,
}

/// A value about which a party differs from the judge.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// Where the value travels.
    pub seat: Seat,
    /// The place in the contract that it is about.
    pub about: Pointer,
    /// The part of it that was changed.
    pub instance: Pointer,
    /// The value.
    pub value: serde_json::Value,
    /// Whether the judge accepts it.
    pub accepted: bool,
    /// What the party makes of it.
    pub opinion: Opinion,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LONGEST: usize = 120;
        let verdict = if self.accepted { "accepts" } else { "refuses" };
        let part = self.value.pointer(&self.instance.to_string());
        let part = part.map(ToString::to_string).unwrap_or_default();
        let shown: String = part.chars().take(LONGEST).collect();
        let opinion = match &self.opinion {
            Opinion::Takes => "is taken".to_owned(),
            Opinion::Writes(_) => "is written otherwise".to_owned(),
            Opinion::Remarks(remarks) => format!("is remarked on: {remarks:?}"),
            Opinion::Refuses(remarks) => format!("is refused: {remarks:?}"),
        };
        write!(
            f,
            "{}: the contract {verdict} {shown} at \"{}\" ({}), and it {opinion}",
            self.seat,
            self.instance,
            self.about.fragment()
        )
    }
}

impl<'d> Suite<'d> {
    /// Makes the witnesses of a contract and has them judged.
    ///
    /// # Errors
    ///
    /// The document is not OpenAPI 3.0, or a schema in it cannot be translated or compiled.
    pub fn of(document: &'d Document, seed: u64) -> Result<Self, ContractError> {
        let judge = Judge::new(document);
        let witnesses = witness::witnesses(document, &judge, seed)?;
        let accepted = witnesses.all.iter().map(|witness| {
            let seat = witnesses.seats.get(witness.seat);
            seat.map_or(Ok(false), |seat| judge.accepts(seat, &witness.value))
        });
        let accepted = accepted.collect::<Result<_, _>>()?;
        Ok(Self {
            rules: Rules::of(document),
            judge,
            witnesses,
            accepted,
        })
    }

    /// The witnesses.
    #[must_use]
    pub fn witnesses(&self) -> &Witnesses {
        &self.witnesses
    }

    /// Every witness, where it travels, and whether the judge accepts it.
    pub fn judged(&self) -> impl Iterator<Item = (&Seat, &Witness, bool)> {
        let judged = self.witnesses.all.iter().zip(&self.accepted);
        judged.filter_map(|(witness, accepted)| {
            Some((self.witnesses.seats.get(witness.seat)?, witness, *accepted))
        })
    }

    /// Puts every witness to the facade.
    ///
    /// # Errors
    ///
    /// A schema cannot be compiled, which making the suite would have shown.
    pub fn ask_facade(&self, facade: &Facade) -> Result<Report, ContractError> {
        let mut report = Report::default();
        for (seat, witness, accepted) in self.judged() {
            if let Some(opinion) = facade.opinion(seat, &witness.value) {
                let agreement = self.compare(seat, accepted, &opinion)?;
                report.add(seat, witness, accepted, opinion, agreement);
            }
        }
        Ok(report)
    }

    /// Puts to a server what a client can send: each change once, in the smallest value that has it.
    ///
    /// What the facade writes as the contract has it the server may take as it stands; and it may refuse by a rule, as the facade
    /// does, without saying which. For a body about a session, `session` names a new one each time, or none if there is none.
    ///
    /// # Errors
    ///
    /// The server cannot be asked, or a schema cannot be compiled.
    pub async fn ask_server(
        &self,
        server: &Server,
        facade: &Facade,
        mut session: impl FnMut(&Seat) -> Option<SessionId>,
    ) -> Result<Report, SuiteError> {
        let mut report = Report::default();
        let mut asked = HashSet::new();
        for (seat, witness, accepted) in self.judged() {
            if !asked.insert(key(witness)) {
                continue;
            }
            let Some(by_facade) = facade.opinion(seat, &witness.value) else {
                continue;
            };
            let of_facade = self.compare(seat, accepted, &by_facade)?;
            let session = session(seat);
            let Some(opinion) = server
                .opinion(seat, &witness.value, session.as_ref())
                .await?
            else {
                continue;
            };
            let agreement = match (self.compare(seat, accepted, &opinion)?, of_facade) {
                (Agreement::Differs, Agreement::ByRule(rules)) if !opinion.takes() => {
                    Agreement::ByRule(rules)
                }
                (Agreement::Differs, Agreement::Respelled) if opinion.takes() => {
                    Agreement::Respelled
                }
                (agreement, _) => agreement,
            };
            report.add(seat, witness, accepted, opinion, agreement);
        }
        Ok(report)
    }

    pub(super) fn compare(
        &self,
        seat: &Seat,
        accepted: bool,
        opinion: &Opinion,
    ) -> Result<Agreement, ContractError> {
        let accepts = |value: &serde_json::Value| self.judge.accepts(seat, value);
        self.rules.compare(accepted, opinion, accepts)
    }
}

/// What a witness has changed, wherever else it has it.
fn key(witness: &Witness) -> u64 {
    let mut hasher = DefaultHasher::new();
    (witness.seat, &witness.about, &witness.instance).hash(&mut hasher);
    let part = witness.value.pointer(&witness.instance.to_string());
    part.map(ToString::to_string).hash(&mut hasher);
    hasher.finish()
}

/// Why a suite could not be put to a server.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SuiteError {
    /// The contract cannot be used.
    #[error(transparent)]
    Contract(#[from] ContractError),
    /// The server cannot be asked.
    #[error(transparent)]
    Server(#[from] ServerError),
}

impl Report {
    /// The values that were put to the party, all places together.
    #[must_use]
    pub fn asked(&self) -> usize {
        self.places.iter().map(|(_, tally)| tally.asked()).sum()
    }

    fn add(
        &mut self,
        seat: &Seat,
        witness: &Witness,
        accepted: bool,
        opinion: Opinion,
        agreement: Agreement,
    ) {
        // Witnesses come place by place.
        if self.places.last().is_none_or(|(last, _)| last != seat) {
            self.places.push((seat.clone(), Tally::default()));
        }
        let Some((_, tally)) = self.places.last_mut() else {
            return;
        };
        match agreement {
            Agreement::Agrees if accepted => tally.taken += 1,
            Agreement::Agrees => tally.refused += 1,
            Agreement::ByRule(rules) => {
                for rule in rules {
                    *tally.by_rule.entry(rule).or_default() += 1;
                }
            }
            Agreement::Respelled => tally.respelled += 1,
            Agreement::Differs => {
                tally.differing += 1;
                self.differences.push(Difference {
                    seat: seat.clone(),
                    about: witness.about.clone(),
                    instance: witness.instance.clone(),
                    value: witness.value.clone(),
                    accepted,
                    opinion,
                });
            }
        }
    }
}

impl Tally {
    /// The values that the party was asked about. One refused by two rules counts for each.
    #[must_use]
    pub fn asked(&self) -> usize {
        self.taken
            + self.refused
            + self.by_rule.values().sum::<usize>()
            + self.respelled
            + self.differing
    }
}
