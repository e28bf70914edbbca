//! Money as an answer states it: kept as it came.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use serde_json::Number;

use super::amount::Amount;
use super::found::JsonKind;
use super::number;
use super::text::wrong_kind;

/// An amount of Canadian dollars in an answer: any JSON number, neither checked nor rounded.
///
/// [`cents`](Self::cents) gives it exactly, where it is a whole number of cents. Two values are equal when they are the same
/// JSON number; `500` and `500.0` are not, though both are 50,000 cents.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ReportedAmount(Number);

impl ReportedAmount {
    /// Keeps a JSON number.
    #[must_use]
    pub const fn new(number: Number) -> Self {
        Self(number)
    }

    /// Returns the whole number of cents; `None` with more than two decimals, and where 64 bits are too few.
    #[must_use]
    pub fn cents(&self) -> Option<i64> {
        if let Some(dollars) = self.0.as_i64() {
            return dollars.checked_mul(100);
        }
        if self.0.is_u64() {
            return None;
        }
        let decimal = number::parse_f64(self.0.as_f64()?).ok()?;
        let cents = i64::try_from(decimal.cents?).ok()?;
        Some(if decimal.negative { -cents } else { cents })
    }

    /// Returns the number as it came.
    #[must_use]
    pub fn to_number(&self) -> Number {
        self.0.clone()
    }
}

impl From<Amount> for ReportedAmount {
    fn from(amount: Amount) -> Self {
        match super::amount::dollars(amount.cents()) {
            serde_json::Value::Number(number) => Self(number),
            // `dollars` makes nothing but numbers.
            _ => Self(Number::from(0)),
        }
    }
}

/// The number as it came.
impl fmt::Display for ReportedAmount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for ReportedAmount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for ReportedAmount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumberVisitor)
    }
}

/// `Number`'s own visitor would do, but its errors have the value in them.
struct NumberVisitor;

impl<'de> Visitor<'de> for NumberVisitor {
    type Value = ReportedAmount;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<ReportedAmount, E> {
        Ok(ReportedAmount(number.into()))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<ReportedAmount, E> {
        Ok(ReportedAmount(number.into()))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<ReportedAmount, E> {
        Number::from_f64(number)
            .map(ReportedAmount)
            .ok_or_else(|| E::custom("expected a number, found one that is not finite"))
    }

    // As for `Amount`: the shape of a number under `serde_json/arbitrary_precision`.
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ReportedAmount, A::Error> {
        Number::deserialize(MapAccessDeserializer::new(map))
            .map(ReportedAmount)
            .map_err(|_| wrong_kind(JsonKind::Object, JsonKind::Number))
    }

    wrong_kinds!(JsonKind::Number: bool string unit seq);
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for ReportedAmount {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ReportedAmount".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "number" })
    }
}
