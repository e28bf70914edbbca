//! What is wrong with a request: every violation at once, each with its place.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use crate::domain::{DomainValue, Found, Invalid, Limit, Rule};

use super::draft::Draft;

/// One rule that a request breaks.
///
/// `Display` is one line: path, what was expected, the shape of what was found, and the rule's id. The value is not in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    path: Cow<'static, str>,
    invalid: Invalid,
}

impl Violation {
    /// The member, as the contract names it: `payor.address.province`. Empty for the request as a whole.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The rule that is broken.
    #[must_use]
    pub fn rule(&self) -> &'static Rule {
        self.invalid.rule()
    }

    /// The shape of what was found, never the value.
    #[must_use]
    pub fn found(&self) -> &Found {
        self.invalid.found()
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.path.is_empty() {
            "the request"
        } else {
            self.path()
        };
        write!(f, "{path}: {}", self.invalid)
    }
}

impl Error for Violation {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.invalid)
    }
}

/// Everything that is wrong with a request, ordered by path.
///
/// `Display` puts all of it on one line; [`report`](Self::report) gives a line to each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violations(Vec<Violation>);

impl Violations {
    /// The violations, ordered by path.
    pub fn iter(&self) -> std::slice::Iter<'_, Violation> {
        self.0.iter()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none. Not so for what a builder returns.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns one line for each violation, without a newline at the end.
    #[must_use]
    pub fn report(&self) -> String {
        self.0
            .iter()
            .map(Violation::to_string)
            .collect::<Vec<_>>()
            .join("\n")
    }
}

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the request breaks ")?;
        match self.0.len() {
            1 => f.write_str("a rule")?,
            n => write!(f, "{n} rules")?,
        }
        let mut separator = ": ";
        for violation in &self.0 {
            write!(f, "{separator}{violation}")?;
            separator = "; ";
        }
        Ok(())
    }
}

impl Error for Violations {}

impl IntoIterator for Violations {
    type Item = Violation;
    type IntoIter = std::vec::IntoIter<Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Violations {
    type Item = &'a Violation;
    type IntoIter = std::slice::Iter<'a, Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// A rule that advises against a value which is accepted all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Warning {
    path: &'static str,
    rule: &'static Rule,
}

impl Warning {
    pub(super) fn new(path: &'static str, rule: &'static Rule) -> Self {
        Self { path, rule }
    }

    /// The member, as the contract names it.
    #[must_use]
    pub fn path(&self) -> &'static str {
        self.path
    }

    /// The rule; its severity is [`Severity::Warn`](crate::domain::Severity::Warn).
    #[must_use]
    pub fn rule(&self) -> &'static Rule {
        self.rule
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, rule } = self;
        // Advice is about every value; any other limit is what the value should keep to.
        let advised = if matches!(rule.limit, Limit::Advice(_)) {
            ""
        } else {
            "advised "
        };
        write!(f, "{path}: {advised}{} (rule {})", rule.limit, rule.id)
    }
}

/// What a check has found so far.
#[derive(Debug, Default)]
pub(super) struct Findings(Vec<Violation>);

impl Findings {
    /// Records a violation.
    pub(super) fn refuse(&mut self, path: impl Into<Cow<'static, str>>, invalid: Invalid) {
        self.0.push(Violation {
            path: path.into(),
            invalid,
        });
    }

    /// Checks a draft; what is wrong with it is recorded at `path`.
    pub(super) fn value<T: DomainValue>(
        &mut self,
        path: &'static str,
        draft: Draft<T>,
    ) -> Option<T> {
        match draft.check()? {
            Ok(value) => Some(value),
            Err(invalid) => {
                self.refuse(path, invalid);
                None
            }
        }
    }

    /// Checks a draft that may be absent. `None` stands for an absent and for a refused value alike: the latter is recorded.
    pub(super) fn optional<T: DomainValue>(
        &mut self,
        path: &'static str,
        draft: Option<Draft<T>>,
    ) -> Option<T> {
        draft.and_then(|draft| self.value(path, draft))
    }

    /// Returns what was built, unless something was found. `built` is `None` only after something was recorded.
    pub(super) fn finish<T>(mut self, built: Option<T>) -> Result<T, Violations> {
        match built {
            Some(built) if self.0.is_empty() => Ok(built),
            _ => {
                // Stable, so that several violations at one path stay in the order in which they were found.
                self.0.sort_by(|a, b| a.path.cmp(&b.path));
                Err(Violations(self.0))
            }
        }
    }
}
