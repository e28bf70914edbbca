//! The payor's steps, done to the simulator and to the model.

use flinks_pay::Amount;
use flinks_pay::sandbox::{Behaviour, Played, SandboxError};
use serde_json::json;

use super::check::{Checked, Outcome, same};
use super::model::Session;
use super::ops::{Departs, Which};

impl Checked<'_> {
    /// One step; whether there was one.
    pub(super) fn step(&mut self, which: Which, departs: &Departs) -> Result<bool, String> {
        let (number, id, _) = self.meant(which);
        let payor = self
            .site
            .sandbox
            .payor(&id)
            .with_behaviour(behaviour(departs));
        let played = payor.step();
        let Some(number) = number else {
            self.note("step 404");
            return match played {
                Err(SandboxError::UnknownSession) => Ok(false),
                other => Err(format!("{other:?}, expected no session")),
            };
        };
        let session = &mut self.sessions[number];
        let expected = session.course.step(departs);
        match (played, expected) {
            (Ok(played), Ok(posts)) => {
                session.posted.extend(&posts);
                agree(&played, session, &posts)?;
                let events = payor.events().map_err(|error| error.to_string())?;
                let events: Vec<&str> = events.iter().map(|it| it.as_str()).collect();
                if events != session.posted {
                    return Err(format!("posted {events:?}, expected {:?}", session.posted));
                }
                self.note("step 200");
                Ok(true)
            }
            (Err(error), Err(why)) if refusal(&error) == why => {
                self.note(format!("step {why}"));
                Ok(false)
            }
            (played, expected) => Err(format!("{played:?}, expected {expected:?}")),
        }
    }
}

fn agree(played: &Played, session: &Session, posts: &[&str]) -> Outcome {
    let course = &session.course;
    let events: Vec<&str> = played.events.iter().map(|it| it.as_str()).collect();
    let found = json!([
        played.step,
        played.status.as_str().replace("Canceled", "Cancelled"),
        played.status_details,
        events,
        played.question,
        played.over
    ]);
    let (status, code) = course.state();
    let expected = json!([
        course.screen(),
        status,
        code,
        posts,
        course.question,
        course.over()
    ]);
    same("step", &found, &expected)
}

fn refusal(error: &SandboxError) -> &'static str {
    match error {
        SandboxError::SessionEnded { .. } => "session_ended",
        SandboxError::PayorLeft => "payor_left",
        SandboxError::DecisionPending => "decision_pending",
        SandboxError::AmountRefused { .. } => "amount_refused",
        _ => "something else",
    }
}

fn behaviour(departs: &Departs) -> Behaviour {
    let mut behaviour = Behaviour::default();
    behaviour.fail_login = departs.fail_login;
    behaviour.mfa = departs.mfa;
    behaviour.wrong_name = departs.wrong_name;
    behaviour.low_balance = departs.low_balance;
    behaviour.decline_offer = departs.decline_offer;
    behaviour.other_funding = departs.other_funding;
    behaviour.refuse_agreement = departs.refuse_agreement;
    behaviour.enter_amount = departs
        .enter
        .map(|cents| Amount::from_cents(cents).unwrap());
    behaviour
}
