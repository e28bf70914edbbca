//! One look at one session, wherever its status can be read.

use std::time::Duration;

use super::error::WaitErrorKind;
use crate::client::{Call, Client, Error, ErrorKind, Operation, Response};
use crate::domain::SessionId;
use crate::session::{Extra, Outcome, SessionDetails, StatusReport, Step};

/// Where the status of one session is read. Products differ, so what is found out about one session says nothing about
/// another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Source {
    /// The status operation, as far as is known.
    #[default]
    Untried,
    /// The status operation: it has answered before, and where it does not, the trouble is its own.
    Status,
    /// The details: the status operation does not have this session, and they do.
    Details,
}

/// What a look has found.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) report: StatusReport,
    /// The details, where they had to be read for the report.
    pub(super) details: Option<SessionDetails>,
}

impl Source {
    /// Reads the status, or the details where there is none, and remembers which it was. Each read is one attempt, because
    /// the next look is another one. The guard of debts is not told: see [`Seen::tell`].
    pub(super) async fn look(
        &mut self,
        client: &Client,
        session: &SessionId,
    ) -> Result<Seen, Error> {
        if *self != Self::Details {
            match read_status(client, session).await {
                Ok(report) => {
                    *self = Self::Status;
                    return Ok(Seen {
                        report,
                        details: None,
                    });
                }
                Err(error) if says_nothing_of_the_session(&error) => {}
                Err(error) => return Err(error),
            }
        }
        let details = read_details(client, session).await?;
        let mut seen = Seen::of(details);
        if seen.outcome() == Some(Outcome::Unclear(None)) {
            // The end, and nobody knows which: once more where the code would be.
            match read_status(client, session).await {
                Ok(report) => {
                    *self = Self::Status;
                    seen.report = report;
                    return Ok(seen);
                }
                Err(error) if may_pass(&error) => return Err(error),
                Err(_) => {}
            }
        }
        if *self == Self::Untried {
            *self = Self::Details;
        }
        Ok(seen)
    }
}

async fn read_status(client: &Client, session: &SessionId) -> Result<StatusReport, Error> {
    let call = client.begin(Operation::GetSessionStatus).trying_once();
    let answer = client.status_within(call, session).await?;
    Ok(answer.into_inner())
}

/// Reads the details in one attempt, and does not tell the guard of debts.
pub(super) async fn read_details(
    client: &Client,
    session: &SessionId,
) -> Result<SessionDetails, Error> {
    let call = client.begin(Operation::GetSessionDetails).trying_once();
    let answer = client.details_within(call, session).await?;
    Ok(answer.into_inner())
}

/// Whether the status operation is there, and had a bad moment.
fn may_pass(error: &Error) -> bool {
    !says_nothing_of_the_session(error) && WaitErrorKind::of(error).is_none()
}

impl Client {
    /// Reads the status, or the details where there is none, on behalf of a call and within its time. The guard of debts is
    /// not told.
    pub(crate) async fn look_within(
        &self,
        call: &Call,
        session: &SessionId,
    ) -> Result<Response<StatusReport>, Error> {
        let status = call.errand(Operation::GetSessionStatus);
        match self.status_within(status, session).await {
            Err(error) if says_nothing_of_the_session(&error) => {
                let details = call.errand(Operation::GetSessionDetails);
                let answer = self.details_within(details, session).await?;
                Ok(answer.map(|details| report_of(&details)))
            }
            answer => answer,
        }
    }
}

impl Client {
    /// Reads the status of a session, or its details where it has no status.
    pub(crate) async fn look(&self, session: &SessionId) -> Result<StatusReport, Error> {
        let seen = Source::default().look(self, session).await?;
        Ok(seen.report)
    }
}

impl Seen {
    /// What details alone say.
    pub(super) fn of(details: SessionDetails) -> Self {
        Self {
            report: report_of(&details),
            details: Some(details),
        }
    }

    /// Tells the guard of debts, once the report is safe.
    pub(super) async fn tell(&self, client: &Client) {
        match &self.details {
            // They may be of a payor who is still to sign.
            Some(details) if self.report == report_of(details) => {
                client.tell(Duration::MAX, details).await;
            }
            _ => client.tell(Duration::MAX, &self.report).await,
        }
    }

    /// Returns how the session has come out; nothing while it is open.
    pub(super) fn outcome(&self) -> Option<Outcome> {
        self.report
            .outcome()
            .filter(|outcome| *outcome != Outcome::Unclear(None) || !self.payor_is_under_way())
    }

    /// Details may have no code (S1), and then `Completed` is said of a payor who is still to sign as well. The screen
    /// tells the two apart.
    fn payor_is_under_way(&self) -> bool {
        let step = self.details.as_ref().and_then(|details| {
            let step = details.step.as_ref()?;
            step.current.as_ref()
        });
        step.is_some_and(|step| step.is_known() && *step != Step::Complete)
    }
}

/// Whether the status operation may not be there at all, rather than the session.
fn says_nothing_of_the_session(error: &Error) -> bool {
    error.operation() == Operation::GetSessionStatus
        && match error.kind() {
            ErrorKind::NotFound => true,
            ErrorKind::Refused => error.status() == Some(405),
            ErrorKind::Server => error.status() == Some(501),
            _ => false,
        }
}

/// What details say that a status report would.
fn report_of(details: &SessionDetails) -> StatusReport {
    StatusReport {
        session_id: details.session_id,
        reference_id: details.reference_id.clone(),
        amount: details.amount.clone(),
        status: details.status.clone(),
        status_details: details.status_details.clone(),
        extra: Extra::default(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn completed_without_a_code_is_no_end_while_the_payor_has_a_screen_to_go() {
        let unclear = Some(Outcome::Unclear(None));
        for (members, outcome) in [
            (r#""step":{"current":"Pad"}"#, None),
            (r#""step":{"current":"Review"}"#, None),
            (r#""step":{"current":"Complete"}"#, unclear.clone()),
            (r#""step":{"current":"Farewell"}"#, unclear.clone()),
            (r#""step":{}"#, unclear.clone()),
            (r#""step":null"#, unclear),
            (
                r#""step":{"current":"Pad"},"statusDetails":"EFT0301""#,
                Some(Outcome::Scheduled),
            ),
            (
                r#""step":{"current":"Pad"},"statusDetails":"EFT0302""#,
                Some(Outcome::AwaitingPadSignature),
            ),
        ] {
            let json = format!(
                r#"{{"sessionId":"5d3c1e0f-7b29-4a86-9c41-d80e6fa2b357","status":"Completed",{members}}}"#
            );
            let details: SessionDetails = serde_json::from_str(&json).unwrap();
            let seen = Seen {
                report: report_of(&details),
                details: Some(details),
            };
            assert_eq!(seen.outcome(), outcome, "{members}");
        }
    }
}
