//! What a state file says of webhooks: who was registered while the sandbox ran, and what is still to be told.
//!
//! Who was named at the start is named again at the next one, and neither address nor secret is kept.

use std::sync::Arc;

use super::letter::Letter;
use super::queue::Job;
use super::webhook::Webhook;
use super::{Hooks, Registered};
use crate::sandbox::state::form::{HooksForm, JobForm, Moments, ReceiverForm, RegisteredForm};
use crate::webhook::WebhookSecret;

/// Receivers, each once.
#[derive(Default)]
struct Receivers(Vec<ReceiverForm>);

impl Receivers {
    /// The place of one; nothing for one that was named at the start.
    fn place(&mut self, webhook: &Webhook) -> Option<usize> {
        let form = webhook.kept()?;
        let known = self.0.iter().position(|it| *it == form);
        Some(known.unwrap_or_else(|| {
            self.0.push(form);
            self.0.len() - 1
        }))
    }
}

impl Hooks {
    /// What a state file says of them.
    pub(in crate::sandbox) fn kept(&self, moments: &Moments) -> HooksForm {
        let state = self.state();
        let mut receivers = Receivers::default();
        let registered = &state.registered;
        let registered = registered.while_running.then(|| RegisteredForm {
            session: registered
                .session
                .as_deref()
                .and_then(|it| receivers.place(it)),
            guarantee: registered
                .guarantee
                .as_deref()
                .and_then(|it| receivers.place(it)),
        });
        // What is under way is told again: whether it has arrived is not known.
        let mut under_way: Vec<&Job> = state.under_way.values().collect();
        under_way.sort_unstable_by_key(|job| job.lane());
        let owed = under_way
            .into_iter()
            .chain(state.queue.waiting())
            .chain(&state.left);
        let owed = owed.map(|job| JobForm {
            webhook: job.letter.kind,
            session: job.letter.session,
            code: job.letter.code.clone(),
            body: String::from_utf8_lossy(&job.letter.body).into_owned(),
            attempt: job.attempt,
            not_before: job.not_before.map(|moment| moments.number(moment)),
            gives_way: job.gives_way.map(|moment| moments.number(moment)),
            to: receivers.place(&job.to),
        });
        HooksForm {
            registered,
            owed: owed.collect(),
            receivers: receivers.0,
            dropped: state.dropped_before + state.queue.dropped(),
            given_up: state.given_up.iter().copied().collect(),
        }
    }

    /// Goes on from what a state file says; nothing if it cannot be. What is owed to a receiver that was named at the start goes to
    /// the one that is named now, and is dropped if there is none.
    pub(in crate::sandbox) fn resume(&self, form: HooksForm, moments: &Moments) -> Option<()> {
        let receivers: Option<Vec<Arc<Webhook>>> =
            form.receivers.into_iter().map(receiver).collect();
        let receivers = receivers?;
        let find = |place: usize| receivers.get(place).map(Arc::clone);
        // Absent is nobody, and a place where nobody is cannot be.
        let find_any =
            |place: Option<usize>| place.map_or(Some(None), |place| find(place).map(Some));
        let moment = |number: Option<u64>| match number {
            None => Some(None),
            Some(number) => moments.instant(number).map(Some),
        };
        let mut state = self.state();
        state.given_up = form.given_up.into();
        let named = std::mem::take(&mut state.registered);
        state.dropped_before = form.dropped;
        for job in form.owed {
            let to = match job.to {
                Some(place) => Some(find(place)?),
                None => named.receiver(job.webhook).map(Arc::clone),
            };
            let Some(to) = to else {
                state.dropped_before += 1;
                state.lose(job.webhook, job.session);
                continue;
            };
            // What was under way, waited and was left may be more than there is room for.
            let oldest = state.queue.push(Job {
                letter: Letter {
                    kind: job.webhook,
                    session: job.session,
                    code: job.code,
                    body: job.body.into(),
                },
                to,
                attempt: job.attempt,
                not_before: moment(job.not_before)?,
                gives_way: moment(job.gives_way)?,
            });
            if let Some(oldest) = oldest {
                state.lose(oldest.letter.kind, oldest.letter.session);
            }
        }
        state.registered = match form.registered {
            None => named,
            Some(RegisteredForm { session, guarantee }) => Registered {
                session: find_any(session)?,
                guarantee: find_any(guarantee)?,
                while_running: true,
            },
        };
        Some(())
    }
}

fn receiver(form: ReceiverForm) -> Option<Arc<Webhook>> {
    let secret = WebhookSecret::try_from(form.secret).ok()?;
    let webhook = Webhook::new(&form.url, secret).ok()?;
    Some(Arc::new(webhook.with_faults(form.faults).registered()))
}
