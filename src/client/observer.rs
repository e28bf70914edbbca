//! Tells, once, what Flinks answers or sends otherwise than the contract says.
//!
//! One odd answer is the business of who asked, and is in [`Response::nonconformances`](super::Response::nonconformances) or
//! [`Error::nonconformances`](super::Error::nonconformances); one odd webhook is that of who receives it. That they *have
//! become* odd is the business of who runs the program, and is told here: to a callback and as an event of `tracing`, once for
//! each place and not once for each body.

use std::collections::HashSet;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use super::conformance::Finding;
use super::{Operation, RequestId};

/// How many different drifts one client or verifier and its clones tell. After that one more says that there are more
/// ([`DriftKind::More`]), and nothing is told or kept any longer: what comes from outside must not fill the memory.
pub const MAX_DRIFTS: usize = 1000;

/// A way in which answers or webhooks depart from the contract, met for the first time by a client or a
/// [`WebhookVerifier`](crate::webhook::WebhookVerifier) and its clones.
///
/// It has no value of any body, so it can be logged and sent to whoever keeps the integration alive.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Drift {
    source: DriftSource,
    status: Option<u16>,
    kind: DriftKind,
    pointer: String,
    keyword: &'static str,
    contract: &'static str,
}

/// What it is that departs from the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DriftSource {
    /// The answers of an operation.
    Answer(Operation),
    /// The webhooks that tell how sessions come out.
    Webhook,
}

impl DriftSource {
    /// Returns the `operationId` of the contract; that of a webhook stands under `x-webhooks`.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Answer(operation) => operation.id(),
            Self::Webhook => WEBHOOK,
        }
    }
}

impl fmt::Display for DriftSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// The `operationId` of the one webhook that is published.
pub(crate) const WEBHOOK: &str = "sessionSetupStatusChanged";

/// What kind of drift it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DriftKind {
    /// A member that the contract does not know. Not a departure: it is kept in
    /// [`Extra`](crate::session::Extra), and Flinks has grown. Not told of failed answers, both of whose shapes are open.
    UnknownMember,
    /// Such a member with a value that cannot be held: nested too deep, or a number out of range. It is not in
    /// [`Extra`](crate::session::Extra), only in the raw answer.
    MemberLeftOut,
    /// A text that is none of a list, such as a new status or code.
    UnknownValue,
    /// Any other constraint that does not hold: a format, a bound, a null. Of a failed answer and of a webhook also a member
    /// that is missing or of another JSON type.
    Constraint,
    /// A status beside the code of another one, such as `Failed` with EFT0301.
    Contradiction,
    /// A member that is missing, or of another JSON type, so that the answer could not be read: the call failed with
    /// [`ErrorKind::Decode`](super::ErrorKind::Decode).
    Unreadable,
    /// A status that the operation does not declare: see [`Error::nonconformances`](super::Error::nonconformances) for which
    /// ones count.
    UndeclaredStatus,
    /// A webhook that names another kind of event than the one that is published. Not a departure: the contract is not about
    /// it. It is [`Event::Other`](crate::webhook::Event::Other).
    UnknownEvent,
    /// More than [`MAX_DRIFTS`] were met, and from here on nothing more is told. It is about no place.
    More,
}

impl DriftKind {
    /// Returns the kind as logs have it, such as `unknown-value`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UnknownMember => "unknown-member",
            Self::MemberLeftOut => "member-left-out",
            Self::UnknownValue => "unknown-value",
            Self::Constraint => "constraint",
            Self::Contradiction => "contradiction",
            Self::Unreadable => "unreadable",
            Self::UndeclaredStatus => "undeclared-status",
            Self::UnknownEvent => "unknown-event",
            Self::More => "more",
        }
    }
}

impl fmt::Display for DriftKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Drift {
    /// Returns what departs: the answers of an operation, or webhooks.
    #[must_use]
    pub fn source(&self) -> DriftSource {
        self.source
    }

    /// Returns the HTTP status of the answers, if they failed or it is the status itself that is not declared.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.status
    }

    /// Returns the kind.
    #[must_use]
    pub fn kind(&self) -> DriftKind {
        self.kind
    }

    /// Returns where in the body, as a JSON pointer with `*` for any index; empty for the whole of it, and for a status. A name
    /// that the contract does not know is `?` where it is no plain name: letters, digits and underscores, at most 64, at most
    /// three of them digits.
    #[must_use]
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// Returns the keyword of the contract, or the id of the rule, that does not hold: see
    /// [`Nonconformance::keyword`](super::Nonconformance::keyword).
    #[must_use]
    pub fn keyword(&self) -> &'static str {
        self.keyword
    }

    /// Returns the place in the contract that says otherwise, as a fragment.
    #[must_use]
    pub fn contract(&self) -> &'static str {
        self.contract
    }
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            source,
            status,
            kind,
            pointer,
            keyword,
            contract,
        } = self;
        write!(f, "{source}: ")?;
        if *kind == DriftKind::More {
            return f.write_str("more drift than is told");
        }
        write!(f, "{kind}")?;
        if !pointer.is_empty() {
            write!(f, " at {pointer}")?;
        }
        if let Some(status) = status {
            write!(f, ", status {status}")?;
        }
        write!(f, ", `{keyword}`")?;
        if *kind == DriftKind::Unreadable {
            return Ok(());
        }
        write!(f, " of {contract}")
    }
}

type Callback = dyn Fn(&Drift) + Send + Sync;

/// The callback of a client or a verifier.
#[derive(Clone, Default)]
pub(crate) struct OnDrift(Option<Arc<Callback>>);

impl OnDrift {
    pub(crate) fn call(callback: impl Fn(&Drift) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(callback)))
    }
}

impl fmt::Debug for OnDrift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "set" } else { "none" })
    }
}

/// What has been told already, and to whom.
#[derive(Debug, Default)]
pub(crate) struct Observer {
    told: Mutex<HashSet<Drift>>,
    on_drift: OnDrift,
}

impl Observer {
    pub(crate) fn new(on_drift: OnDrift) -> Self {
        Self {
            told: Mutex::default(),
            on_drift,
        }
    }

    /// Tells what of this has not been told yet.
    pub(crate) fn observe(
        &self,
        source: DriftSource,
        request: Option<RequestId>,
        findings: &[Finding],
    ) {
        for Finding {
            kind,
            odd,
            place,
            status,
        } in findings
        {
            let drift = Drift {
                source,
                status: *status,
                kind: *kind,
                pointer: place.clone(),
                keyword: odd.keyword(),
                contract: odd.contract(),
            };
            if let Some(drift) = self.first(drift) {
                self.tell(&drift, request);
            }
        }
    }

    /// Returns the drift, or that there are more, if that is to be told now.
    fn first(&self, drift: Drift) -> Option<Drift> {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        // One more than the limit, for having told that there are more.
        if told.len() > MAX_DRIFTS || told.contains(&drift) {
            return None;
        }
        let drift = if told.len() < MAX_DRIFTS {
            drift
        } else {
            Drift {
                status: None,
                kind: DriftKind::More,
                pointer: String::new(),
                keyword: "",
                contract: "",
                ..drift
            }
        };
        told.insert(drift.clone());
        Some(drift)
    }

    fn tell(&self, drift: &Drift, request: Option<RequestId>) {
        let operation = drift.source.id();
        let request = request.map(tracing::field::display);
        let what = match drift.source {
            DriftSource::Answer(_) => "answers",
            DriftSource::Webhook => "webhooks",
        };
        tracing::warn!(
            target: "flinks_pay",
            operation,
            request_id = request.as_ref(),
            status = drift.status,
            kind = drift.kind.as_str(),
            pointer = drift.pointer(),
            keyword = drift.keyword,
            contract = drift.contract,
            "{what} drift from the contract",
        );
        let Some(callback) = &self.on_drift.0 else {
            return;
        };
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| callback(drift))) {
            // Somebody else's value: what it says is not ours to repeat, and it may panic once more when it is dropped.
            std::mem::forget(payload);
            tracing::error!(
                target: "flinks_pay",
                operation,
                request_id = request.as_ref(),
                "the callback for drift panicked; all else goes on",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic, clippy::unwrap_used)]
    use super::*;
    use crate::client::conformance::inspect;
    use crate::client::json::Json;
    use serde_json::{Map, Value, json};

    fn recorded() -> (Observer, Arc<Mutex<Vec<Drift>>>) {
        let told = Arc::new(Mutex::new(Vec::new()));
        let keeper = Arc::clone(&told);
        let on_drift =
            OnDrift::call(move |drift: &Drift| keeper.lock().unwrap().push(drift.clone()));
        (Observer::new(on_drift), told)
    }

    fn observe(observer: &Observer, operation: Operation, answer: &Value) {
        let findings = inspect(operation.id(), &Json::from(answer));
        let source = DriftSource::Answer(operation);
        observer.observe(source, Some(RequestId::another()), &findings);
    }

    #[test]
    fn each_drift_is_told_once_for_each_operation() {
        let (observer, told) = recorded();
        for value in ["Paused", "Frozen"] {
            for operation in [Operation::GetSessionStatus, Operation::GetSessionDetails] {
                observe(&observer, operation, &json!({ "status": value }));
            }
        }
        let lines: Vec<String> = told.lock().unwrap().iter().map(Drift::to_string).collect();
        assert_eq!(
            lines,
            [
                "getSessionStatus: unknown-value at /status, `enum` of #/components/schemas/SessionStatus/enum",
                "getSessionDetails: unknown-value at /status, `enum` of #/components/schemas/SessionStatus/enum",
            ]
        );
    }

    #[test]
    fn what_is_kept_and_told_is_bounded_and_the_end_is_told_once() {
        let (observer, told) = recorded();
        let letters = |mut number: usize| {
            let mut name = String::from("m");
            while number > 0 {
                name.push(char::from(b'a' + u8::try_from(number % 26).unwrap()));
                number /= 26;
            }
            name
        };
        for _ in 0..2 {
            let members: Map<String, Value> = (0..MAX_DRIFTS * 2)
                .map(|number| (letters(number), Value::Null))
                .collect();
            observe(&observer, Operation::CreateSession, &Value::Object(members));
        }
        observe(
            &observer,
            Operation::GetSessionStatus,
            &json!({ "status": "Paused" }),
        );
        let told = told.lock().unwrap();
        assert_eq!(told.len(), MAX_DRIFTS + 1);
        let kinds = |kind| told.iter().filter(|drift| drift.kind() == kind).count();
        assert_eq!(kinds(DriftKind::UnknownMember), MAX_DRIFTS);
        assert_eq!(
            told.last().map(ToString::to_string).as_deref(),
            Some("createSession: more drift than is told")
        );
        assert_eq!(observer.told.lock().unwrap().len(), MAX_DRIFTS + 1);
    }

    #[test]
    fn a_callback_that_panics_is_called_again_for_the_next_drift() {
        let calls = Arc::new(Mutex::new(0));
        let counter = Arc::clone(&calls);
        let observer = Observer::new(OnDrift::call(move |_: &Drift| {
            *counter.lock().unwrap_or_else(PoisonError::into_inner) += 1;
            panic!("a fault of the callback");
        }));
        let answer = json!({ "status": "Paused", "statusDetails": "EFT9999" });
        observe(&observer, Operation::GetSessionStatus, &answer);
        observe(&observer, Operation::GetSessionStatus, &answer);
        assert_eq!(
            *calls.lock().unwrap_or_else(PoisonError::into_inner),
            2,
            "once for the status and once for the code"
        );
    }

    #[test]
    fn a_callback_may_make_the_observer_look_again() {
        let again: Arc<Mutex<Option<Arc<Observer>>>> = Arc::default();
        let inner = Arc::clone(&again);
        let observer = Arc::new(Observer::new(OnDrift::call(move |_: &Drift| {
            let observer = inner.lock().unwrap().clone().unwrap();
            observe(
                &observer,
                Operation::GetSessionStatus,
                &json!({ "status": "Paused" }),
            );
        })));
        *again.lock().unwrap() = Some(Arc::clone(&observer));
        // It would never return if the callback were called while what has been told is locked.
        observe(
            &observer,
            Operation::GetSessionStatus,
            &json!({ "status": "Paused" }),
        );
        *again.lock().unwrap() = None;
    }
}
