//! What an unquoted word means: the core schema of YAML 1.2.2, section 10.3.2.
//!
//! It knows fewer words than YAML 1.1: `yes`, `no`, `on`, `off` and `ON` (Ontario) are texts.

use serde_json::Number;

use super::Value;

/// Why a word has no value here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ScalarFault {
    /// Infinity or not-a-number, in YAML's spelling or in that of JavaScript and Python.
    NotFinite,
    /// A number beyond the range of a double.
    TooLarge,
    /// The text does not fit the tag that stands before it.
    WrongForTag,
}

/// The tags that a scalar may carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ScalarTag {
    Str,
    Int,
    Float,
    Bool,
    Null,
}

/// Returns the value of an unquoted word without a tag.
pub(super) fn plain(text: &str) -> Result<Value, ScalarFault> {
    if let Some(value) = null(text).or_else(|| boolean(text)) {
        return Ok(value);
    }
    if is_not_finite(text) {
        return Err(ScalarFault::NotFinite);
    }
    match integer(text)? {
        Some(number) => Ok(Value::Number(number)),
        None => match float(text)? {
            Some(number) => Ok(Value::Number(number)),
            None => Ok(Value::String(text.to_owned())),
        },
    }
}

/// Returns the value of a scalar with a tag; here quotes play no part.
pub(super) fn tagged(text: &str, tag: ScalarTag) -> Result<Value, ScalarFault> {
    match tag {
        ScalarTag::Str => Some(Value::String(text.to_owned())),
        ScalarTag::Null => null(text),
        ScalarTag::Bool => boolean(text),
        ScalarTag::Int => integer(text)?.map(Value::Number),
        ScalarTag::Float if is_not_finite(text) => return Err(ScalarFault::NotFinite),
        ScalarTag::Float => float(text)?.map(Value::Number),
    }
    .ok_or(ScalarFault::WrongForTag)
}

fn null(text: &str) -> Option<Value> {
    matches!(text, "" | "~" | "null" | "Null" | "NULL").then_some(Value::Null)
}

fn boolean(text: &str) -> Option<Value> {
    match text {
        "true" | "True" | "TRUE" => Some(Value::Bool(true)),
        "false" | "False" | "FALSE" => Some(Value::Bool(false)),
        _ => None,
    }
}

fn is_not_finite(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    matches!(
        unsigned,
        ".inf" | ".Inf" | ".INF" | ".nan" | ".NaN" | ".NAN" | "NaN" | "Infinity"
    )
}

/// `[-+]?[0-9]+`, `0o[0-7]+` or `0x[0-9a-fA-F]+`.
fn integer(text: &str) -> Result<Option<Number>, ScalarFault> {
    for (prefix, radix) in [("0o", 8), ("0x", 16)] {
        if let Some(digits) = text.strip_prefix(prefix) {
            if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
                return Ok(None);
            }
            return match u64::from_str_radix(digits, radix) {
                Ok(value) => Ok(Some(value.into())),
                Err(_) => Err(ScalarFault::TooLarge),
            };
        }
    }
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(None);
    }
    if let Ok(value) = text.parse::<i64>() {
        return Ok(Some(value.into()));
    }
    if let Ok(value) = text.parse::<u64>() {
        return Ok(Some(value.into()));
    }
    double(text).map(Some)
}

/// `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`
fn float(text: &str) -> Result<Option<Number>, ScalarFault> {
    fn digits(text: &str) -> (&str, &str) {
        let end = text
            .find(|character: char| !character.is_ascii_digit())
            .unwrap_or(text.len());
        text.split_at(end)
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, rest) = digits(unsigned);
    let (fraction, rest) = match rest.strip_prefix('.') {
        Some(rest) => digits(rest),
        None => ("", rest),
    };
    if whole.is_empty() && fraction.is_empty() {
        return Ok(None);
    }
    if let Some(exponent) = rest.strip_prefix(['e', 'E']) {
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        let (power, rest) = digits(exponent);
        if power.is_empty() || !rest.is_empty() {
            return Ok(None);
        }
    } else if !rest.is_empty() {
        return Ok(None);
    }
    double(text).map(Some)
}

fn double(text: &str) -> Result<Number, ScalarFault> {
    text.parse::<f64>()
        .ok()
        .and_then(Number::from_f64)
        .ok_or(ScalarFault::TooLarge)
}
