//! The YAML tags that have a meaning here: those of the core schema, and `!`, which makes a text of any scalar.

use saphyr_parser::Tag;

use super::scalar::ScalarTag;

/// What the tag of a node says about its kind.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    /// Nothing: there is no tag, or only `!`.
    Unsaid,
    Scalar(ScalarTag),
    List,
    Mapping,
}

impl Kind {
    /// Reads a tag; gives an unknown one back as the error.
    pub(super) fn of(tag: Option<&Tag>) -> Result<Self, String> {
        let Some(tag) = tag else {
            return Ok(Self::Unsaid);
        };
        let full = format!("{}{}", tag.handle, tag.suffix);
        match full.strip_prefix("tag:yaml.org,2002:") {
            Some("str") => Ok(Self::Scalar(ScalarTag::Str)),
            Some("int") => Ok(Self::Scalar(ScalarTag::Int)),
            Some("float") => Ok(Self::Scalar(ScalarTag::Float)),
            Some("bool") => Ok(Self::Scalar(ScalarTag::Bool)),
            Some("null") => Ok(Self::Scalar(ScalarTag::Null)),
            Some("seq") => Ok(Self::List),
            Some("map") => Ok(Self::Mapping),
            _ if full == "!" => Ok(Self::Unsaid),
            _ => Err(full),
        }
    }
}
