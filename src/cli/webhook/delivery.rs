//! What a receiver makes of one delivery: the line, and the document.

use flinks_pay::webhook::{Event, Freshness, Refusal, STATUS_CHANGED, Verified, WebhookError};
use serde_json::{Value, json};

use crate::cli::SCHEMA_VERSION;
use crate::cli::mask::masked;
use crate::cli::output::merged;
use crate::cli::seen::StatusSeen;

/// One delivery, as it was answered.
#[derive(Debug)]
pub(super) enum Delivery {
    /// The signature holds.
    Accepted {
        verified: Box<Verified>,
        /// An event that says the same came before.
        duplicate: bool,
        /// How many secrets there are to choose from.
        secrets: usize,
    },
    /// It was refused, and why.
    Refused(WebhookError),
    /// It was no POST.
    NotAPost,
    /// The body broke off.
    Interrupted,
}

impl Delivery {
    /// The HTTP status that answers it.
    pub(super) fn answer(&self) -> u16 {
        match self {
            Self::Accepted { .. } => 200,
            Self::Refused(error) => error.status(),
            Self::NotAPost => 405,
            Self::Interrupted => 400,
        }
    }

    /// Whether its signature holds.
    pub(super) fn is_accepted(&self) -> bool {
        matches!(self, Self::Accepted { .. })
    }

    fn reason(&self) -> Option<String> {
        match self {
            Self::Accepted { .. } => None,
            Self::Refused(error) => Some(error.reason().to_string()),
            Self::NotAPost => Some("it is no POST".to_owned()),
            Self::Interrupted => Some("the body broke off".to_owned()),
        }
    }

    /// One line for a person, in which control characters are yet to be escaped.
    pub(super) fn line(&self) -> String {
        let answer = self.answer();
        let Self::Accepted {
            verified,
            duplicate,
            secrets,
        } = self
        else {
            return format!("{answer}  refused: {}", self.reason().unwrap_or_default());
        };
        let event = &verified.event;
        let mut parts = vec![match event {
            Event::StatusChanged(event) => StatusSeen::of(event.report()).name(),
            _ => "an event that is not understood".to_owned(),
        }];
        match event.kind() {
            Some(STATUS_CHANGED) | None => {}
            Some(kind) => parts.push(format!("unknown kind {kind}")),
        }
        parts.extend(
            event
                .session_id()
                .map(|id| format!("session {}", id.expose())),
        );
        if let Event::StatusChanged(event) = event {
            let reference = event.report().reference_id.as_ref();
            parts.extend(reference.map(|reference| format!("reference {}", reference.expose())));
            if event.contradicts_itself() {
                parts.push("status and code contradict each other".to_owned());
            }
        }
        parts.extend(age(event.freshness()));
        if *duplicate {
            parts.push("duplicate".to_owned());
        }
        if *secrets > 1 {
            parts.push(format!("secret {} of {secrets}", verified.secret + 1));
        }
        format!("{answer}  accepted: {}", parts.join(", "))
    }

    /// The document.
    pub(super) fn document(&self) -> Value {
        let document = json!({
            "schema_version": SCHEMA_VERSION,
            "answer": self.answer(),
            "accepted": self.is_accepted(),
        });
        match self {
            Self::Accepted {
                verified,
                duplicate,
                ..
            } => merged(
                merged(document, accepted(verified)),
                json!({ "duplicate": duplicate }),
            ),
            Self::Refused(error) => {
                let refusal = refusal(error.reason());
                merged(
                    document,
                    json!({ "refusal": refusal, "reason": self.reason() }),
                )
            }
            Self::NotAPost | Self::Interrupted => {
                merged(document, json!({ "reason": self.reason() }))
            }
        }
    }
}

fn accepted(verified: &Verified) -> Value {
    let event = &verified.event;
    let (freshness, seconds) = freshness(event.freshness());
    let document = json!({
        "kind": event.kind(),
        "session_id": event.session_id(),
        "freshness": freshness,
        "off_by_seconds": seconds,
        "secret": verified.secret,
    });
    match event {
        Event::StatusChanged(event) => merged(
            document,
            json!({
                "session": masked(event.report()),
                "contradicts_itself": event.contradicts_itself(),
                "key": event.key().to_string(),
            }),
        ),
        _ => document,
    }
}

fn age(freshness: Freshness) -> Option<String> {
    Some(match freshness {
        Freshness::Fresh => return None,
        Freshness::Stale(age) => format!("stale by {} s", age.as_secs()),
        Freshness::Future(ahead) => format!("{} s ahead of this clock", ahead.as_secs()),
        Freshness::Unreadable => "its time is not readable".to_owned(),
        _ => "without a time".to_owned(),
    })
}

fn freshness(freshness: Freshness) -> (&'static str, Option<u64>) {
    match freshness {
        Freshness::Fresh => ("fresh", None),
        Freshness::Stale(age) => ("stale", Some(age.as_secs())),
        Freshness::Future(ahead) => ("future", Some(ahead.as_secs())),
        Freshness::Unreadable => ("unreadable", None),
        _ => ("missing", None),
    }
}

fn refusal(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::NoSignature => "no_signature",
        Refusal::SeveralSignatures => "several_signatures",
        Refusal::MalformedSignature => "malformed_signature",
        Refusal::WrongSignature => "wrong_signature",
        Refusal::NotFresh(_) => "not_fresh",
        Refusal::TooLarge { .. } => "too_large",
        _ => "other",
    }
}
