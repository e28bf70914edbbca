//! Waiting for a person to go through the hosted page, where no simulator plays the payor.

use std::time::Duration;

use flinks_pay::domain::SessionId;
use tokio::time::{Instant, sleep};

use super::super::failure;
use super::super::step::Step;
use super::Flow;
use crate::cli::problem::Problem;
use crate::cli::seen::StatusSeen;

/// How a person is waited for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// Between two questions.
    poll: Duration,
    /// In all.
    at_most: Duration,
}

/// Every 30 s is what Flinks recommends (S0), and a quarter of an hour is longer than the page takes.
impl Default for Patience {
    fn default() -> Self {
        Self {
            poll: Duration::from_secs(30),
            at_most: Duration::from_secs(15 * 60),
        }
    }
}

/// How many questions in a row may fail for a reason that passes.
const FAILED_POLLS: u32 = 3;

impl Flow<'_> {
    /// Asks again and again, until a person has gone through the hosted page.
    pub(super) async fn wait_for_person(
        &mut self,
        session: &SessionId,
        patience: Patience,
    ) -> Result<StatusSeen, Problem> {
        let Patience { poll, at_most } = patience;
        self.show(Step::Person {
            poll_seconds: poll.as_secs(),
            at_most_seconds: at_most.as_secs(),
        })
        .await;
        self.sink.waiting("waiting for the payor; Ctrl-C gives up");
        let begun = Instant::now();
        let mut failed = 0;
        while begun.elapsed() < at_most && !self.sink.is_unread() {
            sleep(poll).await;
            match self.target.client.status(session).await {
                Ok(status) => {
                    failed = 0;
                    let seen = StatusSeen::of(&status);
                    self.seen(seen.clone()).await;
                    if seen.is_final() {
                        return Ok(seen);
                    }
                }
                Err(error) => {
                    failed += 1;
                    if failed >= FAILED_POLLS || !error.is_retryable() {
                        return Err(self.failed(&error));
                    }
                }
            }
        }
        Err(failure::unfinished(
            self.report,
            "nobody has finished the payment in time",
        ))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::cli::args::{Cli, Command};
    use crate::cli::demo::report::Report;
    use crate::cli::demo::scenario::{Product, Scenario};
    use crate::cli::demo::target::Target;
    use crate::cli::output::Lines;
    use crate::cli::terminal::Look;
    use clap::Parser;
    use flinks_pay::sandbox::Sandbox;
    use flinks_pay::session::Step as Screen;

    const SHORT: Duration = Duration::from_millis(5);

    /// Waits for a payor that `meanwhile` plays. Returns what came of it, and what was printed.
    async fn wait(
        at_most: Duration,
        meanwhile: impl AsyncFnOnce(Sandbox, SessionId),
    ) -> (Result<StatusSeen, Problem>, String) {
        let sandbox = Sandbox::start().await.unwrap();
        let target = Target::stranger(&sandbox).unwrap();
        let request = Scenario::Happy1.request(Product::Guaranteed).unwrap();
        let session = target.client.create(&request).await.unwrap().session_id;
        let Command::Demo(args) = Cli::parse_from(["flinks-pay", "demo"]).command else {
            unreachable!("the command is demo");
        };
        let (mut out, mut errors) = (Vec::new(), Vec::new());
        let mut report = Report::new(Scenario::Happy1, Product::Guaranteed);
        report.session_id = Some(session);
        let mut lines = Lines::new(&mut out, &mut errors, Look::default());
        let mut flow = Flow::new(&target, &args, &mut report, &mut lines);
        let patience = Patience {
            poll: SHORT,
            at_most,
        };
        let (ended, ()) = tokio::join!(
            flow.wait_for_person(&session, patience),
            meanwhile(sandbox, session)
        );
        drop(lines);
        (ended, String::from_utf8(out).unwrap())
    }

    #[tokio::test]
    async fn an_unsigned_agreement_is_waited_for_although_its_status_is_completed() {
        let (ended, printed) = wait(Duration::from_secs(60), async |sandbox, session| {
            sandbox.payor(&session).run_to(&Screen::Pad).unwrap();
            sleep(20 * SHORT).await;
            sandbox.payor(&session).run().unwrap();
            // The server must outlive the last question.
            sleep(40 * SHORT).await;
            assert!(sandbox.violations().is_empty());
        })
        .await;
        assert!(ended.unwrap().is_scheduled());
        assert!(
            printed.contains("Completed (EFT0302)") && printed.contains("Completed (EFT0301)"),
            "{printed}"
        );
    }

    #[tokio::test]
    async fn patience_ends() {
        let (ended, printed) = wait(10 * SHORT, async |sandbox, _| {
            sleep(40 * SHORT).await;
            assert!(sandbox.violations().is_empty());
        })
        .await;
        let said = said(&ended.unwrap_err());
        assert!(
            said.starts_with("error: nobody has finished the payment in time\n"),
            "{said}"
        );
        assert!(printed.contains("Initiated (EFT0101)"), "{printed}");
    }

    #[tokio::test]
    async fn a_server_that_goes_away_ends_the_wait() {
        let (ended, _) = wait(Duration::from_secs(60), async |sandbox, _| {
            sleep(10 * SHORT).await;
            assert!(sandbox.violations().is_empty());
            sandbox.shutdown().await;
        })
        .await;
        let said = said(&ended.unwrap_err());
        assert!(
            said.contains("the session was last seen as Initiated (EFT0101)"),
            "{said}"
        );
    }

    fn said(problem: &Problem) -> String {
        let mut text = Vec::new();
        problem.write(&mut text).unwrap();
        String::from_utf8(text).unwrap()
    }
}
