//! JSON written member by member, for what is written with every call: a tree of values takes ten times as long.

use std::fmt::Write as _;

use crate::domain::Amount;

/// An object in the making.
pub(super) struct Object(String);

impl Object {
    pub(super) fn with_capacity(bytes: usize) -> Self {
        let mut text = String::with_capacity(bytes);
        text.push('{');
        Self(text)
    }

    pub(super) fn text(&mut self, name: &str, value: Option<&str>) {
        self.name(name);
        text_or_null(value, &mut self.0);
    }

    /// Dollars with as many decimals as there are.
    pub(super) fn amount(&mut self, name: &str, value: Option<Amount>) {
        self.name(name);
        let Some(cents) = value.map(Amount::cents) else {
            return self.0.push_str("null");
        };
        number(cents / 100, &mut self.0);
        match cents % 100 {
            0 => {}
            tenths if tenths % 10 == 0 => {
                self.0.push('.');
                number(tenths / 10, &mut self.0);
            }
            rest => {
                self.0.push('.');
                number(rest / 10, &mut self.0);
                number(rest % 10, &mut self.0);
            }
        }
    }

    pub(super) fn end(mut self) -> String {
        self.0.push('}');
        self.0
    }

    fn name(&mut self, name: &str) {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        text(name, &mut self.0);
        self.0.push(':');
    }
}

pub(super) fn text_or_null(value: Option<&str>, out: &mut String) {
    match value {
        Some(value) => text(value, out),
        None => out.push_str("null"),
    }
}

pub(super) fn text(value: &str, out: &mut String) {
    let plain = |byte: u8| byte >= b' ' && byte != b'"' && byte != b'\\';
    if value.bytes().all(plain) {
        out.push('"');
        out.push_str(value);
        out.push('"');
    } else {
        out.push_str(&serde_json::Value::from(value).to_string());
    }
}

pub(super) fn number(value: u64, out: &mut String) {
    // A `String` takes everything.
    let _ = write!(out, "{value}");
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn it_is_what_a_tree_of_values_says() {
        for cents in [1, 7, 10, 70, 99, 100, 101, 110, 12_050, 100_025, 10_000_000] {
            let amount = Amount::from_cents(cents).unwrap();
            for said in ["", "order", "a \"b\" \\ \n é \u{7f}"] {
                let mut object = Object::with_capacity(0);
                object.amount("amount", Some(amount));
                object.text("said", Some(said));
                object.text("nothing", None);
                object.amount("none", None);
                let text = object.end();
                let read: Value = serde_json::from_str(&text).unwrap();
                let expected =
                    json!({ "amount": amount, "said": said, "nothing": null, "none": null });
                assert_eq!(read, expected, "{text}");
            }
        }
        assert_eq!(Object::with_capacity(2).end(), "{}");
    }
}
