//! What is held against an exchange.

use std::fmt;

use crate::contract::Agreement;
use crate::spec::Pointer;

/// What a contract says of an exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The operation that was asked for, by its id; nothing where the contract has none for the method and the path.
    pub operation: Option<String>,
    /// The status of the answer.
    pub status: u16,
    /// What is held against it: the request first, then the answer.
    pub findings: Vec<Finding>,
    /// Whether what became of the request is what the contract says of it. Nothing where the answer is about something else:
    /// who asks, the state of things, or the server's own trouble. Nothing of a webhook either.
    pub agreement: Option<Agreement>,
}

impl Verdict {
    /// Whether nothing breaks the contract, on neither side, and server and contract do not differ about the request.
    ///
    /// A request that is refused as the contract refuses it is not held against the server, and counts as kept.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        let refused = self.agreement == Some(Agreement::Agrees) && self.status >= 400;
        let respelled = self.agreement == Some(Agreement::Respelled);
        self.agreement != Some(Agreement::Differs)
            && self.findings.iter().all(|finding| {
                !finding.breaks() || (finding.side == Side::Request && (refused || respelled))
            })
    }

    /// Whether two verdicts come to the same, wherever in the contract it stands what they rest on.
    #[must_use]
    pub fn comes_to(&self, other: &Self) -> bool {
        let agrees = |verdict: &Self| match &verdict.agreement {
            // By which of its rules is the contract's own affair.
            Some(Agreement::ByRule(_)) => {
                Some(Agreement::ByRule(std::collections::BTreeSet::new()))
            }
            other => other.clone(),
        };
        let alike = |one: &Finding, other: &Finding| {
            (one.side, &one.part, &one.instance, &one.keyword)
                == (other.side, &other.part, &other.instance, &other.keyword)
        };
        agrees(self) == agrees(other)
            && self.findings.len() == other.findings.len()
            && self
                .findings
                .iter()
                .zip(&other.findings)
                .all(|(one, other)| alike(one, other))
    }
}

/// One thing that is held against an exchange. There is no value in it.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Finding {
    /// Which half of the exchange.
    pub side: Side,
    /// Which part of that half.
    pub part: Part,
    /// Where the contract says otherwise.
    pub at: Pointer,
    /// The place in the value of the part; the root for the whole of it.
    pub instance: Pointer,
    /// A keyword of the schema, the id of a rule of `x-rules`, or one of these.
    ///
    /// | Word | Meaning |
    /// |---|---|
    /// | `path`, `method` | the contract has no such path, or none of its methods is this one |
    /// | `security` | none of the declared ways to say who calls is presented |
    /// | `content-type` | the body is of no declared type |
    /// | `json` | the body is no JSON, though it is said to be |
    /// | `body` | there is no body, and the contract has one |
    /// | `status` | the contract does not have this answer |
    /// | `default` | the answer tells of something that was left out, and the contract has no default for it |
    /// | `undeclared` | something that the contract does not have, where it leaves room for more |
    pub keyword: String,
}

/// The keyword of what the contract neither has nor refuses.
pub(super) const UNDECLARED: &str = "undeclared";

impl Finding {
    /// Whether the contract refuses it. What is only `undeclared` it does not.
    #[must_use]
    pub fn breaks(&self) -> bool {
        self.keyword != UNDECLARED
    }
}

/// Half of an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    /// What was sent.
    Request,
    /// What was answered.
    Answer,
}

/// A part of half an exchange.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// Method and path.
    Target,
    /// What says who calls.
    Security,
    /// A parameter.
    Parameter {
        /// `path`, `query`, `header` or `cookie`.
        location: String,
        /// Its name.
        name: String,
    },
    /// The status.
    Status,
    /// A header of the answer.
    Header(String),
    /// The body.
    Body,
}

impl fmt::Debug for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Finding({self})")
    }
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Part({self})")
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Target => f.write_str("target"),
            Self::Security => f.write_str("credentials"),
            Self::Parameter { location, name } => write!(f, "{location} {}", told(name)),
            Self::Status => f.write_str("status"),
            Self::Header(name) => write!(f, "header {}", told(name)),
            Self::Body => f.write_str("body"),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = match self.side {
            Side::Request => "request",
            Side::Answer => "answer",
        };
        write!(f, "{side} {}", self.part)?;
        if !self.instance.is_root() {
            f.write_str(" at ")?;
            for token in self.instance.tokens() {
                write!(f, "/{}", told(token))?;
            }
        }
        write!(f, ": {} ({})", self.keyword, self.at.fragment())
    }
}

/// A name, if it is one: whoever sends something may have made it of anything.
fn told(name: &str) -> &str {
    const LONGEST: usize = 40;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    // An index is short, and an account number is not.
    let number = name.len() > 4 && name.bytes().all(|byte| byte.is_ascii_digit());
    if name.len() <= LONGEST && name.bytes().all(plain) && !number {
        name
    } else {
        "*"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_may_be_a_value_is_not_shown() {
        let finding = |name: &str| Finding {
            side: Side::Request,
            part: Part::Parameter {
                location: "query".to_owned(),
                name: name.to_owned(),
            },
            at: Pointer::root().join("paths"),
            instance: Pointer::root().join(name),
            keyword: UNDECLARED.to_owned(),
        };
        assert_eq!(
            finding("robin@shop.example").to_string(),
            "request query * at /*: undeclared (#/paths)"
        );
        assert_eq!(
            finding("1234567").to_string(),
            "request query * at /*: undeclared (#/paths)"
        );
        assert!(!format!("{:?}", finding("robin@shop.example")).contains("robin"));
        assert_eq!(
            finding("page").to_string(),
            "request query page at /page: undeclared (#/paths)"
        );
    }
}
