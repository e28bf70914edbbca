//! Any value of a body, before it is known what it is for.

use std::borrow::Cow;
use std::fmt;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value};

use super::When;

/// Any JSON value; a text stays where it is.
pub(super) enum Loose<'b> {
    Text(Cow<'b, str>),
    Other(Value),
}

impl Loose<'_> {
    pub(super) fn when(&self) -> When {
        match self {
            Self::Text(text) => When::of_text(text),
            Self::Other(value) => When::of_value(value),
        }
    }
}

impl From<Loose<'_>> for Value {
    fn from(value: Loose<'_>) -> Self {
        match value {
            Loose::Text(text) => Self::String(text.into_owned()),
            Loose::Other(value) => value,
        }
    }
}

impl From<Value> for Loose<'_> {
    fn from(value: Value) -> Self {
        match value {
            Value::String(text) => Self::Text(text.into()),
            value => Self::Other(value),
        }
    }
}

impl<'de> Deserialize<'de> for Loose<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LooseVisitor)
    }
}

struct LooseVisitor;

impl<'de> Visitor<'de> for LooseVisitor {
    type Value = Loose<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Loose<'de>, E> {
        Ok(Loose::Text(text.into()))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Loose<'de>, E> {
        Ok(Loose::Text(text.to_owned().into()))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Loose<'de>, E> {
        Ok(Loose::Other(Value::Null))
    }

    fn visit_bool<E: de::Error>(self, flag: bool) -> Result<Loose<'de>, E> {
        Ok(Loose::Other(flag.into()))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Loose<'de>, E> {
        Ok(Loose::Other(number.into()))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Loose<'de>, E> {
        Ok(Loose::Other(number.into()))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Loose<'de>, E> {
        // JSON has no number that is not finite.
        Ok(Loose::Other(Number::from_f64(number).into()))
    }

    // Also the shape of a number under `serde_json/arbitrary_precision`.
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Loose<'de>, A::Error> {
        Value::deserialize(MapAccessDeserializer::new(map)).map(Loose::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Loose<'de>, A::Error> {
        Value::deserialize(SeqAccessDeserializer::new(items)).map(Loose::Other)
    }
}
