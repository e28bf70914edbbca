//! A request for either product.

use serde::Serialize;
use serde_json::Value;

use super::guaranteed::GuaranteedEft;
use super::parse::{deserialize_checked, wrong_type};
use super::regular::RegularEft;
use super::violation::{Findings, Violations, Warning};
use crate::domain::rules::MISSING_MEMBER;
use crate::domain::{Found, JsonKind};

/// A request for one of the two products.
///
/// Read from JSON, `options.guarantee.enable` says which it is, and the violations are those of that product. Without a
/// usable flag that one violation is all there is to say: nothing is guessed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(untagged)]
pub enum SessionRequest {
    /// With a guarantee.
    Guaranteed(GuaranteedEft),
    /// Without one.
    Regular(RegularEft),
}

impl SessionRequest {
    /// Reads a request for either product from JSON.
    ///
    /// # Errors
    ///
    /// Every violation of the product that `options.guarantee.enable` names; only the one of that flag, if it is missing or
    /// not a boolean, or of what it should stand in.
    pub fn from_json(json: &Value) -> Result<Self, Violations> {
        let mut findings = Findings::default();
        match enable(json, &mut findings) {
            Some(true) => GuaranteedEft::from_json(json).map(Self::Guaranteed),
            Some(false) => RegularEft::from_json(json).map(Self::Regular),
            None => findings.finish(None),
        }
    }

    /// Returns what the rules advise against; none of it keeps the request from being sent.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        match self {
            Self::Guaranteed(request) => request.warnings(),
            Self::Regular(request) => request.warnings(),
        }
    }
}

deserialize_checked!(SessionRequest);

impl From<GuaranteedEft> for SessionRequest {
    fn from(request: GuaranteedEft) -> Self {
        Self::Guaranteed(request)
    }
}

impl From<RegularEft> for SessionRequest {
    fn from(request: RegularEft) -> Self {
        Self::Regular(request)
    }
}

/// Which product the request is for; otherwise the reason why that cannot be told is recorded: where something else stands in
/// the way, or that nothing says it.
fn enable(json: &Value, findings: &mut Findings) -> Option<bool> {
    const WAY: [(&str, &str); 3] = [
        ("", "options"),
        ("options", "guarantee"),
        ("options.guarantee", "enable"),
    ];
    const PATH: &str = "options.guarantee.enable";
    let mut value = json;
    for (at, name) in WAY {
        let Value::Object(members) = value else {
            wrong_type(at, value, JsonKind::Object, findings);
            return None;
        };
        let Some(member) = members.get(name) else {
            findings.refuse(PATH, MISSING_MEMBER.refuse(Found::Nothing));
            return None;
        };
        value = member;
    }
    let flag = value.as_bool();
    if flag.is_none() {
        wrong_type(PATH, value, JsonKind::Boolean, findings);
    }
    flag
}
