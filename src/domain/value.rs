//! What every validated value has in common.

use std::str::FromStr;

use super::found::Invalid;
use super::rule::Rule;

/// A validated value of the contract: parsed from a text, and known by its rules.
///
/// Implemented by the types of this module only.
pub trait DomainValue: FromStr<Err = Invalid> + Sized + sealed::Sealed {
    /// The rules that refuse a value, in the order in which they are checked; the first is the value's own.
    const RULES: &'static [&'static Rule];

    /// The rules that only warn.
    const WARNINGS: &'static [&'static Rule] = &[];

    /// Whether a warning of [`WARNINGS`](Self::WARNINGS) applies to this value.
    #[doc(hidden)]
    fn warns(&self, warning: &'static Rule) -> bool;

    /// Returns the warnings that apply to this value.
    fn warnings(&self) -> impl Iterator<Item = &'static Rule> {
        Self::WARNINGS
            .iter()
            .copied()
            .filter(|warning| self.warns(warning))
    }
}

pub(super) mod sealed {
    /// Keeps [`DomainValue`](super::DomainValue) for the types of this module.
    pub trait Sealed {}
}

/// Checks a text against rules in order.
pub(super) fn check(rules: &[&'static Rule], text: &str) -> Result<(), Invalid> {
    rules.iter().try_for_each(|rule| rule.check(text))
}

/// The JSON Schema of a type that these rules describe.
#[cfg(feature = "schemars")]
pub(super) fn schema(rules: &[&'static Rule]) -> schemars::Schema {
    rules
        .iter()
        .flat_map(|rule| rule.limit.keywords())
        .collect::<serde_json::Map<_, _>>()
        .into()
}
