//! Rules on the JSON of a request as such: its members and their kinds. The request parser of `session` checks them.

use super::limit::Limit;
use super::rule::{Rule, Severity};

pub(crate) static UNKNOWN_MEMBER: Rule = Rule {
    id: "unknown-member",
    fields: &["*"],
    limit: Limit::JsonShape("only members that the contract names"),
    severity: Severity::Refuse,
    source: "contract",
    contract: "#/components/schemas/CreateSessionRequest",
    enforcer: "session::SessionRequest",
};

pub(crate) static WRONG_TYPE: Rule = Rule {
    id: "wrong-type",
    fields: &["*"],
    limit: Limit::JsonShape("the JSON type that the contract states"),
    severity: Severity::Refuse,
    source: "contract",
    contract: "#/components/schemas/CreateSessionRequest",
    enforcer: "session::SessionRequest",
};

pub(crate) static MISSING_MEMBER: Rule = Rule {
    id: "missing-member",
    fields: &["*"],
    limit: Limit::JsonShape("a value"),
    severity: Severity::Refuse,
    source: "contract",
    contract: "#/components/schemas/CreateSessionRequest",
    enforcer: "session::SessionRequest",
};
