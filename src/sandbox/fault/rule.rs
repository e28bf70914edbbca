//! Which calls meet a fault.

use serde::{Deserialize, Serialize};

use crate::domain::SessionId;
use crate::session::Operation;

use super::kind::Fault;

/// Which calls meet which fault.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use flinks_pay::client::Operation;
/// use flinks_pay::sandbox::{Fault, FaultRule, RetryAfter, Sandbox};
///
/// let sandbox = Sandbox::start().await?;
/// let busy = Fault::too_many_requests(RetryAfter::Seconds(2));
/// sandbox.fault(FaultRule::next(1, busy).on(Operation::CreateSession))?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct FaultRule {
    /// The operations that it looks at; all of them unless said otherwise. A call of none is never looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operations: Option<Vec<Operation>>,
    /// The session that the path must name; any, or none, unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionId>,
    /// Which of those calls meet a fault.
    pub trigger: Trigger,
}

/// Which of the calls that a rule looks at meet a fault.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(
    rename_all = "camelCase",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
#[non_exhaustive]
pub enum Trigger {
    /// Every one.
    Always(Fault),
    /// The next ones, then no more.
    Next {
        /// How many; at least one.
        calls: u64,
        /// What goes wrong.
        fault: Fault,
    },
    /// Some, by chance.
    Rate {
        /// How many of them: from 0 for none to 1 for all.
        rate: f64,
        /// What goes wrong.
        fault: Fault,
    },
    /// The next ones by a list, then no more.
    Script(Vec<Turn>),
}

/// What becomes of one call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub enum Turn {
    /// Nothing goes wrong.
    Pass,
    /// This goes wrong.
    Fault(Fault),
}

impl FaultRule {
    /// Every call meets the fault.
    #[must_use]
    pub fn always(fault: Fault) -> Self {
        Self::of(Trigger::Always(fault))
    }

    /// The next calls meet the fault.
    #[must_use]
    pub fn next(calls: u64, fault: Fault) -> Self {
        Self::of(Trigger::Next { calls, fault })
    }

    /// Some calls meet the fault, by chance: at 0 none, at 1 all.
    #[must_use]
    pub fn rate(rate: f64, fault: Fault) -> Self {
        Self::of(Trigger::Rate { rate, fault })
    }

    /// The next calls pass or meet a fault by a list.
    #[must_use]
    pub fn script(turns: impl IntoIterator<Item = Turn>) -> Self {
        Self::of(Trigger::Script(turns.into_iter().collect()))
    }

    fn of(trigger: Trigger) -> Self {
        Self {
            operations: None,
            session: None,
            trigger,
        }
    }

    /// Looks at calls of this operation. Called twice, at those of both.
    #[must_use]
    pub fn on(mut self, operation: Operation) -> Self {
        self.operations.get_or_insert_default().push(operation);
        self
    }

    /// Looks at calls about this session only.
    #[must_use]
    pub fn session(mut self, session: SessionId) -> Self {
        self.session = Some(session);
        self
    }

    /// Whether it looks at a call.
    pub(super) fn looks_at(&self, operation: Operation, session: Option<&SessionId>) -> bool {
        let operations = self.operations.as_ref();
        operations.is_none_or(|operations| operations.contains(&operation))
            && self
                .session
                .as_ref()
                .is_none_or(|named| session == Some(named))
    }
}
