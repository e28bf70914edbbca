//! What became of what was sent: a bounded record, without secrets, bodies and addresses.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::domain::SessionId;
use crate::session::StatusDetails;

/// What a webhook is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum WebhookKind {
    /// A session completed, failed or was cancelled.
    Session,
    /// A guarantee is on offer, and the integrator decides about it.
    Guarantee,
}

/// One try to deliver an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Delivery {
    /// Counts from 1, in the order in which the tries were over.
    pub sequence: u64,
    /// When it was begun: milliseconds since the start, by the sandbox's clock.
    pub at_millis: u64,
    /// Which of the two receivers it went to.
    pub webhook: WebhookKind,
    /// The name of the event: `SessionSetupStatusChanged`, or `GuaranteeOffered`.
    pub event: String,
    /// The session that it is about.
    pub session_id: SessionId,
    /// The code that it told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_details: Option<StatusDetails>,
    /// Which try it was, from 1. One that was [sent twice](crate::sandbox::WebhookFaults::twice) is there twice.
    pub attempt: u8,
    /// What came of it.
    pub outcome: DeliveryOutcome,
}

/// What came of a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[non_exhaustive]
pub enum DeliveryOutcome {
    /// The receiver answered.
    Answered {
        /// With this status.
        status: u16,
    },
    /// There was no connection.
    NotConnected,
    /// There was no answer within ten seconds of the machine's time.
    TimedOut,
    /// The connection broke, or what was answered is no HTTP.
    Broken,
    /// It was [lost](crate::sandbox::WebhookFaults::lost) on purpose.
    Lost,
    /// It was a further try for a guarantee about which nobody had to decide any more, and nothing was sent.
    NotNeeded,
    /// It made room for others, as too many waited, and nothing was sent. There is no further try: of a guarantee, this is as
    /// much as the last one.
    Dropped,
}

impl DeliveryOutcome {
    /// Returns whether the receiver has taken the event: it answered with 2xx.
    #[must_use]
    pub fn is_taken(self) -> bool {
        matches!(self, Self::Answered { status: 200..=299 })
    }
}

/// The most recent deliveries.
pub(super) struct Deliveries {
    kept: VecDeque<Delivery>,
    capacity: usize,
    made: u64,
}

impl Deliveries {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            kept: VecDeque::new(),
            capacity,
            made: 0,
        }
    }

    /// Adds one, which gets the next sequence number; the oldest makes room.
    pub(super) fn push(&mut self, mut delivery: Delivery) {
        self.made += 1;
        delivery.sequence = self.made;
        if self.kept.len() >= self.capacity {
            self.kept.pop_front();
        }
        self.kept.push_back(delivery);
    }

    pub(super) fn all(&self) -> Vec<Delivery> {
        self.kept.iter().cloned().collect()
    }

    /// How many have made room.
    pub(super) fn dropped(&self) -> u64 {
        self.made
            .saturating_sub(u64::try_from(self.kept.len()).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_makes_room_and_is_counted() {
        let mut deliveries = Deliveries::new(2);
        for attempt in 1..=3 {
            deliveries.push(Delivery {
                sequence: 0,
                at_millis: 0,
                webhook: WebhookKind::Guarantee,
                event: "GuaranteeOffered".to_owned(),
                session_id: SessionId::new("6f1d0c3a-52b7-4e98-8a41-c07d95e2b613").unwrap(),
                status_details: None,
                attempt,
                outcome: DeliveryOutcome::Lost,
            });
        }
        let kept: Vec<_> = deliveries
            .all()
            .iter()
            .map(|it| (it.sequence, it.attempt))
            .collect();
        assert_eq!((kept, deliveries.dropped()), (vec![(2, 2), (3, 3)], 1));
    }

    #[test]
    fn two_hundred_and_something_is_taken() {
        for (status, taken) in [(199, false), (200, true), (299, true), (300, false)] {
            assert_eq!(DeliveryOutcome::Answered { status }.is_taken(), taken);
        }
        assert!(!DeliveryOutcome::Lost.is_taken());
    }
}
