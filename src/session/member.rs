//! Reading one optional member of a reply, without echoing it.
//!
//! serde's own message for a wrong type has the value in it, and a reply is full of names and account numbers. These readers
//! name the kind of what they found instead, and take `null` for an absent member. Objects are read in place, so that whoever
//! tracks the path of an error still sees the way down.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::{Number, Value};

use crate::domain::rules::WRONG_TYPE;
use crate::domain::{Found, JsonKind};

/// An object, or nothing.
pub(super) fn object<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    deserializer.deserialize_any(Object(PhantomData))
}

/// A boolean, or nothing.
pub(super) fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        Value::Bool(flag) => Ok(Some(flag)),
        other => Err(wrong(JsonKind::of(&other), JsonKind::Boolean)),
    }
}

/// A number, or nothing.
pub(super) fn number<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Number>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        Value::Number(number) => Ok(Some(number)),
        other => Err(wrong(JsonKind::of(&other), JsonKind::Number)),
    }
}

/// A text, or nothing.
pub(super) fn optional_text<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        other => Err(wrong(JsonKind::of(&other), JsonKind::String)),
    }
}

/// A text.
pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    optional_text(deserializer)?.ok_or_else(|| wrong(JsonKind::Null, JsonKind::String))
}

fn wrong<E: Error>(found: JsonKind, wanted: JsonKind) -> E {
    E::custom(WRONG_TYPE.refuse(Found::Json { found, wanted }))
}

struct Object<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Object<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(members)).map(Some)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    // The kinds whose default message would have the value in it.

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
        Err(wrong(JsonKind::Boolean, JsonKind::Object))
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
        Err(wrong(JsonKind::Number, JsonKind::Object))
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
        Err(wrong(JsonKind::Number, JsonKind::Object))
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
        Err(wrong(JsonKind::Number, JsonKind::Object))
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Self::Value, E> {
        Err(wrong(JsonKind::String, JsonKind::Object))
    }
}
