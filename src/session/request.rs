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
    /// not a boolean.
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

/// Which product the request is for; otherwise the reason why that cannot be told is recorded.
fn enable(json: &Value, findings: &mut Findings) -> Option<bool> {
    const PATH: &str = "options.guarantee.enable";
    let flag = json
        .get("options")
        .and_then(|options| options.get("guarantee"))
        .and_then(|it| it.get("enable"));
    match flag {
        _ if !json.is_object() => wrong_type("", json, JsonKind::Object, findings),
        None => findings.refuse(PATH, MISSING_MEMBER.refuse(Found::Nothing)),
        Some(Value::Bool(enable)) => return Some(*enable),
        Some(other) => wrong_type(PATH, other, JsonKind::Boolean, findings),
    }
    None
}
