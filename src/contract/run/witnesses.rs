//! Requests on the bounds of the contract, put to a server where that is safe.

use super::report::{Drift, WitnessTally};
use super::{RunError, says};
use crate::contract::party::{Facade, Opinion, Server};
use crate::contract::tour::{self, Visit};
use crate::contract::{ContractError, Difference, Seat, Suite, SuiteError};
use crate::session::Operation;
use crate::spec::Document;

/// How many are put to a server that is not controlled: those that the contract refuses, so that nothing is created.
///
/// Counted before those are left out that say the same.
const OF_A_STRANGER: usize = 240;

/// How many are put to a simulator, where as many sessions are created as are wanted.
const OF_A_SIMULATOR: usize = 2_000;

/// The witnesses of a contract, to be asked.
pub(super) struct Asking<'d> {
    contract: &'d Document,
    seed: u64,
    facade: Facade,
}

/// What came of it.
pub(super) struct Asked {
    pub(super) tally: WitnessTally,
    pub(super) drift: Vec<Drift>,
}

impl<'d> Asking<'d> {
    pub(super) fn of(contract: &'d Document, seed: u64) -> Result<Self, ContractError> {
        Ok(Self {
            contract,
            seed,
            facade: Facade::new()?,
        })
    }

    pub(super) fn facade(&self) -> &Facade {
        &self.facade
    }

    pub(super) fn skipped(why: &str) -> Asked {
        Asked {
            tally: WitnessTally {
                asked: 0,
                skipped: Some(why.to_owned()),
            },
            drift: Vec::new(),
        }
    }

    /// Puts them to the server of a tour, as its client.
    pub(super) async fn ask(&self, visit: &Visit, read_only: bool) -> Result<Asked, RunError> {
        let course = &visit.0;
        if read_only {
            return Ok(Self::skipped("nothing may be created"));
        }
        if course.left() == 0 {
            return Ok(Self::skipped("no more sessions may be created"));
        }
        let (environment, credentials) = course.who();
        let server = Server::over(course.line.clone(), environment, credentials);
        let server = server.map_err(|error| RunError::Unreachable(error.into()))?;
        let create = Operation::CreateSession.id();
        let suite = Suite::of(self.contract, self.seed)?;
        let most = course.tour_most();
        let careful = most < usize::MAX;
        let about = if careful {
            OF_A_STRANGER
        } else {
            OF_A_SIMULATOR
        };
        let may = |seat: &Seat, accepted| seat.operation == create && !(careful && accepted);
        let all = suite.judged();
        let all = all.filter(|(seat, _, accepted)| may(seat, *accepted));
        // A few of them from everywhere.
        let each = (all.count() / about).max(1);
        let mut seen = 0;
        let wanted = |seat: &Seat, _: &_, accepted: bool| {
            if !may(seat, accepted) {
                return false;
            }
            seen += 1;
            let is_of_the_few = seen % each == 0;
            is_of_the_few && !(careful && tour::created(&course.record.all()) >= most)
        };
        let asked = suite
            .ask_server_some(&server, &self.facade, |_| None, wanted)
            .await;
        let report = asked.map_err(|error| match error {
            SuiteError::Contract(error) => RunError::Contract(error),
            SuiteError::Server(error) => RunError::Unreachable(error.into()),
        })?;
        let why = "only some are asked, of what creates nothing";
        let skipped = careful.then(|| why.to_owned());
        let drift = report.differences.iter().map(|it| self.drift(it)).collect();
        Ok(Asked {
            tally: WitnessTally {
                asked: report.asked(),
                skipped,
            },
            drift,
        })
    }

    fn drift(&self, difference: &Difference) -> Drift {
        let at = difference.about.fragment();
        let part = difference.value.pointer(&difference.instance.to_string());
        let part: String = part
            .map(ToString::to_string)
            .unwrap_or_default()
            .chars()
            .take(120)
            .collect();
        let verdict = if difference.accepted {
            "accepts"
        } else {
            "refuses"
        };
        let received = match &difference.opinion {
            Opinion::Takes | Opinion::Writes(_) => "it is taken".to_owned(),
            Opinion::Remarks(remarks) | Opinion::Refuses(remarks) => {
                let status = remarks.first().map(|remark| remark.rule.clone());
                format!("it is refused with {}", status.unwrap_or_default())
            }
        };
        Drift {
            scenario: "witnesses".to_owned(),
            constraint: format!("the contract at {at}"),
            expected: format!("what the contract {verdict} the server {verdict}, too"),
            sent: format!(
                "{} with {part} at \"{}\"",
                difference.seat, difference.instance
            ),
            received,
            says: says::place(self.contract, &difference.about),
        }
    }
}
