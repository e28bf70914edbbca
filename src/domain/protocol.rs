//! Rules on calls, which no single document can break.

use super::limit::Limit;
use super::rule::{Rule, Severity};

pub(crate) static TOKEN_PER_CREATE: Rule = Rule {
    id: "token-per-create",
    fields: &[],
    limit: Limit::Protocol("a token that has created no session yet"),
    severity: Severity::Refuse,
    source: "AUTH",
    contract: "#/paths/~1api~1v2~1sessions/post",
    enforcer: "client::Client, sandbox::Sandbox",
};

pub(crate) static CANCEL_OPEN_ONLY: Rule = Rule {
    id: "cancel-open-only",
    fields: &[],
    limit: Limit::Protocol("a session that has not ended"),
    severity: Severity::Refuse,
    source: "S3",
    contract: "#/paths/~1api~1v2~1sessions~1{sessionId}~1cancel/post",
    enforcer: "the server, sandbox::Sandbox",
};

pub(crate) static GUARANTEE_PENDING_ONLY: Rule = Rule {
    id: "guarantee-pending-only",
    fields: &[],
    limit: Limit::Protocol("a guarantee that waits for the integrator's decision"),
    severity: Severity::Refuse,
    source: "GCON",
    contract: "#/paths/~1api~1v2~1sessions~1{sessionId}~1guarantees~1confirm/post",
    enforcer: "the server, sandbox::Sandbox",
};

pub(crate) static CREDENTIALS_IN_ONE_PLACE: Rule = Rule {
    id: "credentials-in-one-place",
    fields: &[],
    limit: Limit::Protocol("credentials in the form or in the header, not in both"),
    severity: Severity::Refuse,
    source: "contract",
    contract: "#/paths/~1api~1v1~1authorize/post",
    enforcer: "client::Credentials, sandbox::Sandbox",
};

pub(crate) static PAYEE_OR_SETTLEMENT: Rule = Rule {
    id: "payee-or-settlement",
    fields: &["payee"],
    limit: Limit::Protocol("a payee, or a settlement account configured for the client"),
    severity: Severity::Refuse,
    source: "S4",
    contract: "#/paths/~1api~1v2~1sessions/post",
    enforcer: "the server, sandbox::Sandbox",
};

pub(crate) static AMOUNT_WITHIN_CLIENT_LIMITS: Rule = Rule {
    id: "amount-within-client-limits",
    fields: &["amount"],
    limit: Limit::Protocol("an amount inside the minimum and maximum configured for the client"),
    severity: Severity::Refuse,
    source: "S4",
    contract: "#/paths/~1api~1v2~1sessions/post",
    enforcer: "the server",
};
