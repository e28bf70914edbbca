//! The JSON of an answer as it lies in the body: without a type, and without a copy of what it says.
//!
//! Every answer is looked at in this form, and nearly always there is nothing to find; so it costs one list for each object.

use std::borrow::Cow;
use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value};

/// One value. It holds personal data, and cannot be printed.
pub(crate) enum Json<'a> {
    Null,
    Boolean,
    Number(Number),
    Text(Cow<'a, str>),
    Array(Vec<Json<'a>>),
    /// The members as they came. A name may come twice: the last one counts, as it does in a [`Value`].
    Object(Vec<(Cow<'a, str>, Json<'a>)>),
}

impl Json<'_> {
    /// The member of that name, if this is an object that has it.
    pub(crate) fn member(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else {
            return None;
        };
        let mut from_last = members.iter().rev();
        from_last.find_map(|(its, value)| (its == name).then_some(value))
    }

    pub(crate) fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl<'a> From<&'a Value> for Json<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(_) => Self::Boolean,
            Value::Number(number) => Self::Number(number.clone()),
            Value::String(text) => Self::Text(Cow::Borrowed(text)),
            Value::Array(items) => Self::Array(items.iter().map(Self::from).collect()),
            Value::Object(members) => Self::Object(
                members
                    .iter()
                    .map(|(name, value)| (Cow::Borrowed(&**name), Self::from(value)))
                    .collect(),
            ),
        }
    }
}

impl<'de> Deserialize<'de> for Json<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

/// What `serde_json` calls the members of values that are none of JSON: where a dependent turns on `arbitrary_precision`, every
/// number comes as an object with such a member. [`Value`] knows what they mean, and they are left to it.
const INTERNAL: &str = "$serde_json::private::";

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Json::Boolean)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Json::Number(number.into()))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Json::Number(number.into()))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Number::from_f64(number).map_or(Json::Null, Json::Number))
    }

    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Json::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Json::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Json::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(Name(name)) = map.next_key()? {
            if name.starts_with(INTERNAL) {
                return Err(de::Error::custom(
                    "a name that the decoder keeps for itself",
                ));
            }
            members.push((name, map.next_value()?));
        }
        Ok(Json::Object(members))
    }
}

/// The name of a member; `Cow` itself would always copy.
struct Name<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(NameVisitor)
    }
}

struct NameVisitor;

impl<'de> Visitor<'de> for NameVisitor {
    type Value = Name<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_str<E: de::Error>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(Name(Cow::Borrowed(name)))
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Name(Cow::Owned(name.to_owned())))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn value(json: &Json<'_>) -> Value {
        match json {
            Json::Null => Value::Null,
            Json::Boolean => Value::Bool(true),
            Json::Number(number) => Value::Number(number.clone()),
            Json::Text(text) => Value::String(text.to_string()),
            Json::Array(items) => items.iter().map(value).collect(),
            Json::Object(members) => members
                .iter()
                .map(|(name, member)| (name.to_string(), value(member)))
                .collect(),
        }
    }

    /// Truth is not told from falsehood here.
    fn without_false(value: Value) -> Value {
        match value {
            Value::Bool(_) => Value::Bool(true),
            Value::Array(items) => items.into_iter().map(without_false).collect(),
            Value::Object(members) => members
                .into_iter()
                .map(|(name, member)| (name, without_false(member)))
                .collect(),
            other => other,
        }
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            ".{0,6}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((".{0,3}", inner), 0..4)
                    .prop_map(|members| members.into_iter().collect()),
            ]
        })
    }

    proptest! {
        #[test]
        fn it_is_read_as_a_value_is(given in any_json()) {
            let text = given.to_string();
            let read: Json = serde_json::from_str(&text).unwrap();
            let expected = without_false(serde_json::from_str::<Value>(&text).unwrap());
            prop_assert_eq!(value(&read), expected);
            prop_assert_eq!(value(&Json::from(&given)), without_false(given));
        }

        #[test]
        fn what_is_no_value_is_not_read(text in r#"[\[\]{}":,0-9a-z\\ue.+-]{0,12}"#) {
            let value = serde_json::from_str::<Value>(&text);
            prop_assert_eq!(serde_json::from_str::<Json>(&text).is_ok(), value.is_ok(), "{}", text);
        }
    }

    #[test]
    fn what_a_value_cannot_hold_is_not_read() {
        let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        for (text, read) in [
            ("1e400", false),
            (r#""\ud800""#, false),
            (&*deep(127), true),
            (&*deep(128), false),
            (r#"{"$serde_json::private::RawValue":"{"}"#, false),
        ] {
            assert_eq!(serde_json::from_str::<Value>(text).is_ok(), read, "{text}");
            assert_eq!(serde_json::from_str::<Json>(text).is_ok(), read, "{text}");
        }
    }

    #[test]
    fn of_two_members_of_one_name_the_last_one_counts() {
        let json: Json = serde_json::from_str(r#"{"a":"1","b":"2","\u0061":"3"}"#).unwrap();
        assert_eq!(json.member("a").and_then(Json::as_str), Some("3"));
        assert!(json.member("c").is_none());
    }

    #[test]
    fn texts_lie_in_the_body() {
        let json: Json = serde_json::from_str(r#"{"name":["text"]}"#).unwrap();
        let Json::Object(members) = json else {
            unreachable!()
        };
        assert!(
            members
                .iter()
                .all(|(name, _)| matches!(name, Cow::Borrowed(_)))
        );
    }
}
