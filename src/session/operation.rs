//! The six operations: where each is, and what may happen to money in it.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// One operation of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// `POST /api/v1/authorize`
    Authorize,
    /// `POST /api/v2/sessions`
    CreateSession,
    /// `GET /api/v2/sessions/{sessionId}/status`
    GetSessionStatus,
    /// `GET /api/v2/sessions/{sessionId}/details`
    GetSessionDetails,
    /// `POST /api/v2/sessions/{sessionId}/cancel`
    CancelSession,
    /// `POST /api/v2/sessions/{sessionId}/guarantees/confirm`
    ConfirmGuarantee,
}

impl Operation {
    /// Every operation.
    pub const ALL: &'static [Operation] = &[
        Operation::Authorize,
        Operation::CreateSession,
        Operation::GetSessionStatus,
        Operation::GetSessionDetails,
        Operation::CancelSession,
        Operation::ConfirmGuarantee,
    ];

    /// Returns the `operationId` of the contract.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Operation::Authorize => "authorize",
            Operation::CreateSession => "createSession",
            Operation::GetSessionStatus => "getSessionStatus",
            Operation::GetSessionDetails => "getSessionDetails",
            Operation::CancelSession => "cancelSession",
            Operation::ConfirmGuarantee => "confirmGuarantee",
        }
    }

    /// Returns the method, in capitals.
    #[must_use]
    pub fn method(self) -> &'static str {
        match self {
            Operation::GetSessionStatus | Operation::GetSessionDetails => "GET",
            Operation::Authorize
            | Operation::CreateSession
            | Operation::CancelSession
            | Operation::ConfirmGuarantee => "POST",
        }
    }

    /// Returns the path, as the contract writes it: with `{sessionId}` where the session goes.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Operation::Authorize => "/api/v1/authorize",
            Operation::CreateSession => "/api/v2/sessions",
            Operation::GetSessionStatus => "/api/v2/sessions/{sessionId}/status",
            Operation::GetSessionDetails => "/api/v2/sessions/{sessionId}/details",
            Operation::CancelSession => "/api/v2/sessions/{sessionId}/cancel",
            Operation::ConfirmGuarantee => "/api/v2/sessions/{sessionId}/guarantees/confirm",
        }
    }

    /// Returns whether Flinks changes something when it carries the operation out, so that an answer that got lost
    /// leaves the caller not knowing. A token changes nothing that matters.
    #[must_use]
    pub fn changes_state(self) -> bool {
        match self {
            Operation::CreateSession | Operation::CancelSession | Operation::ConfirmGuarantee => {
                true
            }
            Operation::Authorize | Operation::GetSessionStatus | Operation::GetSessionDetails => {
                false
            }
        }
    }

    /// Returns whether carrying it out twice is the same as once. A second create is a second session.
    #[must_use]
    pub fn is_repeatable(self) -> bool {
        match self {
            Operation::CreateSession | Operation::ConfirmGuarantee => false,
            Operation::Authorize
            | Operation::GetSessionStatus
            | Operation::GetSessionDetails
            | Operation::CancelSession => true,
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// As its [`id`](Operation::id).
impl Serialize for Operation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

/// From its [`id`](Operation::id).
impl<'de> Deserialize<'de> for Operation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        let named = |operation: &&Self| operation.id() == text;
        Self::ALL.iter().find(named).copied().ok_or_else(|| {
            let ids: Vec<&str> = Self::ALL.iter().map(|operation| operation.id()).collect();
            de::Error::custom(format_args!("expected one of {}", ids.join(", ")))
        })
    }
}
