//! One constraint of the domain as data: what is expected, who says so, and which type enforces it.

use super::found::{Found, Invalid};
use super::limit::Limit;

/// One domain constraint.
///
/// Rules are statics, defined next to the type that checks them; [`RULES`](super::RULES) collects them all.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rule {
    /// Stable name, lower case with hyphens, such as `account-number`.
    pub id: &'static str,
    /// The members it applies to, of a request or an answer, such as `payor.address.province`; empty for a rule about a call.
    pub fields: &'static [&'static str],
    /// What is accepted.
    pub limit: Limit,
    /// Whether a value that breaks the rule is refused, or accepted with a warning.
    pub severity: Severity,
    /// Keys of the pages that state it, as `openapi/README.md` lists them; `contract` where the contract alone does.
    pub source: &'static str,
    /// The place in the contract that it belongs to, as a fragment with a JSON pointer.
    pub contract: &'static str,
    /// The type or function that enforces it.
    pub enforcer: &'static str,
}

/// What happens to a value that breaks a [`Rule`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Severity {
    /// The value is refused.
    Refuse,
    /// The value is accepted, and the caller can ask for the warning.
    Warn,
}

impl Severity {
    /// Returns `refuse` or `warn`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Refuse => "refuse",
            Self::Warn => "warn",
        }
    }
}

impl Rule {
    /// Returns what the rule expects, as a phrase that can follow "expected": `7 to 12 digits`.
    #[must_use]
    pub fn expectation(&self) -> String {
        self.limit.to_string()
    }

    /// Checks one text against the rule.
    ///
    /// A rule that is not about one text (two members of a request, a sequence of calls) accepts every text here; the
    /// enforcer that it names checks it.
    ///
    /// # Errors
    ///
    /// [`Invalid`] with the rule and the shape of what was found, never the text itself.
    pub fn check(&'static self, text: &str) -> Result<(), Invalid> {
        self.limit.check(text).map_err(|found| self.refuse(found))
    }

    /// Returns the refusal of a value by this rule, for an enforcer that has found the shape of the value itself.
    #[must_use]
    pub fn refuse(&'static self, found: Found) -> Invalid {
        Invalid::new(self, found)
    }
}
