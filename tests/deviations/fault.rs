//! What the check of the register reports, and how.

use std::fmt;

use flinks_pay::spec::Pointer;
use flinks_pay::spec::accept::{Difference, Side};
use serde_json::Value as Json;

/// What is wrong with a register.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Fault {
    /// Two entries have this id.
    SameId(String),
    /// An entry leaves out what every entry has to say.
    Empty { id: String, field: &'static str },
    /// A pointer of an entry resolves to nothing.
    Nowhere { id: String, pointer: String },
    /// A side states something else than is there.
    Misstated {
        id: String,
        at: String,
        states: String,
        found: String,
    },
    /// A source key that the README does not explain, or that is not the one of the document pointed into.
    Source {
        id: String,
        source: String,
        at: String,
    },
    /// `enforced_by` names no rule and no item of this crate.
    Enforcer { id: String, name: String },
    /// The entry covers no difference, and its sides no longer disagree.
    Stale(String),
    /// A difference that no entry covers, with an entry to paste and fill in.
    Unexplained {
        file: String,
        difference: Difference,
        skeleton: String,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SameId(id) => write!(f, "{id}: two entries have this id; rename one"),
            Self::Empty { id, field } => write!(f, "{id}: `{field}` is empty; every entry says it"),
            Self::Nowhere { id, pointer } => {
                write!(f, "{id}: {pointer} points at nothing; correct the pointer")
            }
            Self::Misstated {
                id,
                at,
                states,
                found,
            } => {
                write!(
                    f,
                    "{id}: {at} is {found}, the entry states {states}; correct it, or review the choice"
                )
            }
            Self::Source { id, source, at } => {
                write!(
                    f,
                    "{id}: {at} is not of source `{source}`, or openapi/README.md does not explain the key"
                )
            }
            Self::Enforcer { id, name } => {
                write!(
                    f,
                    "{id}: `{name}` is no rule id, no item of this crate and not `tolerant reading`"
                )
            }
            Self::Stale(id) => {
                write!(
                    f,
                    "{id}: covers no difference and its sides agree; remove the entry"
                )
            }
            Self::Unexplained {
                file,
                difference,
                skeleton,
            } => {
                writeln!(f, "unexplained: {}", place_of(difference))?;
                writeln!(
                    f,
                    "  contract {} is {}",
                    difference.contract.at.fragment(),
                    shown(&difference.contract)
                )?;
                writeln!(
                    f,
                    "  {file}{} is {}",
                    difference.upstream.at.fragment(),
                    shown(&difference.upstream)
                )?;
                f.write_str(skeleton)
            }
        }
    }
}

/// Where in an operation a difference lies.
pub(crate) fn place_of(difference: &Difference) -> String {
    let part = if difference.part.is_empty() {
        "-"
    } else {
        &difference.part
    };
    let instance = if difference.instance.is_root() {
        "-".to_owned()
    } else {
        difference.instance.to_string()
    };
    format!(
        "{} | {part} | {instance} | {}",
        difference.operation, difference.keyword
    )
}

/// The value of a side as JSON, or `absent`.
pub(crate) fn shown(side: &Side) -> String {
    side.value
        .as_ref()
        .map_or_else(|| "absent".to_owned(), Json::to_string)
}

/// The pointer as a fragment with its braces left readable.
pub(crate) fn unescaped(pointer: &Pointer) -> String {
    format!("#{pointer}")
}
