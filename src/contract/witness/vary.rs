//! What can be changed in one value to come to the boundary of each keyword that has a say in it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::facets::{Branches, Facets};
use super::{number, text};
use crate::contract::ContractError;
use crate::spec::{Document, Node, Pointer};

/// The name of a member that no contract has.
pub(super) const UNKNOWN: &str = "unheardOf";

/// One change of a value, and the place in the contract that it is about.
#[derive(Debug, Clone)]
pub(super) struct Variation {
    pub(super) about: Pointer,
    pub(super) edit: Edit,
}

/// One change of a value.
#[derive(Debug, Clone)]
pub(super) enum Edit {
    /// Another value in its place.
    Put(Value),
    /// An object without this member.
    Without(String),
    /// An object with this member, in place of the one it may have.
    With(String, Value),
}

/// Returns every change of `value`, to which `facets` apply.
pub(super) fn variations(
    document: &Document,
    facets: &Facets<'_>,
    value: &Value,
) -> Result<Vec<Variation>, ContractError> {
    let mut made = Made {
        facets,
        variations: Vec::new(),
    };
    made.types(value);
    made.listed();
    made.of_rules(document);
    match value {
        Value::String(valid) => made.put(text::boundaries(facets, valid)),
        Value::Number(_) => made.put(number::boundaries(facets)),
        Value::Array(items) => made.items(items),
        Value::Object(_) => {
            made.members();
            made.of_other_branches(document)?;
        }
        Value::Null | Value::Bool(_) => {}
    }
    Ok(made.variations)
}

struct Made<'a, 'd> {
    facets: &'a Facets<'d>,
    variations: Vec<Variation>,
}

impl Made<'_, '_> {
    /// Where a keyword stands; without it, the schema that would have it.
    fn place(&self, keyword: &str) -> Pointer {
        let mut parts = self.facets.parts.iter();
        let holder = parts.find(|part| part.node.get(keyword).is_some());
        match (holder, self.facets.parts.first()) {
            (Some(holder), _) => holder.at.join(keyword),
            (None, Some(first)) => first.at.clone(),
            (None, None) => Pointer::root(),
        }
    }

    fn push(&mut self, keyword: &str, edit: Edit) {
        let about = self.place(keyword);
        self.variations.push(Variation { about, edit });
    }

    fn put<T: Into<Value>>(&mut self, values: Vec<(&'static str, T)>) {
        for (keyword, value) in values {
            self.push(keyword, Edit::Put(value.into()));
        }
    }

    /// A value of every JSON type.
    fn types(&mut self, value: &Value) {
        let mut others = vec![
            json!(true),
            json!(false),
            json!(0),
            json!(1),
            json!(1.5),
            json!(-1),
            json!(""),
            json!("text"),
            json!("true"),
            json!([]),
            json!({}),
            json!([value]),
            json!({ "value": value }),
        ];
        match value {
            // The same in words, and the words as a number.
            Value::Number(number) => others.push(json!(number.to_string())),
            Value::String(text) => others.extend(text.parse::<i64>().ok().map(Value::from)),
            _ => {}
        }
        for other in others {
            self.push("type", Edit::Put(other));
        }
        self.push("nullable", Edit::Put(Value::Null));
    }

    fn listed(&mut self) {
        let facets = self.facets;
        for listed in facets.all("enum").filter_map(Node::as_array) {
            for value in listed {
                self.push("enum", Edit::Put(value.to_json()));
                let Some(text) = value.as_str() else { continue };
                for edited in text::edits(text) {
                    self.push("enum", Edit::Put(json!(edited)));
                }
            }
        }
        if let Some(default) = facets.first("default") {
            self.push("default", Edit::Put(default.to_json()));
        }
    }

    /// What the rules of the contract that no schema can say give as examples.
    fn of_rules(&mut self, document: &Document) {
        let place = Pointer::root().join("x-rules");
        let rules = document.at(&place).and_then(Node::as_array);
        for (index, rule) in rules.unwrap_or_default().iter().enumerate() {
            let on: Option<Pointer> = rule
                .get("applies-to")
                .and_then(Node::as_str)
                .and_then(|on| on.parse().ok());
            let Some(witness) = rule.get("witness").filter(|_| {
                let mut parts = self.facets.parts.iter();
                parts.any(|part| Some(&part.at) == on.as_ref())
            }) else {
                continue;
            };
            let one = ["accepts", "refuses"].map(|name| witness.get(name));
            let more = witness.get("also-refuses").and_then(Node::as_array);
            let examples = one.into_iter().flatten().chain(more.into_iter().flatten());
            for example in examples {
                self.variations.push(Variation {
                    about: place.join(index.to_string()),
                    edit: Edit::Put(example.to_json()),
                });
            }
        }
    }

    fn items(&mut self, items: &[Value]) {
        let item = items.first().cloned().unwrap_or_else(|| json!("item"));
        for keyword in ["minItems", "maxItems"] {
            let bounds: Vec<u64> = self.facets.counts(keyword).collect();
            for bound in bounds.into_iter().filter(|bound| *bound <= 1_000) {
                for count in bound.saturating_sub(1)..=bound + 1 {
                    let count = usize::try_from(count).unwrap_or_default();
                    // The items there are, as they may have to differ, and the first of them again and again.
                    let longer = items.iter().cloned().chain(std::iter::repeat(item.clone()));
                    let longer: Vec<Value> = longer.take(count).collect();
                    self.push(keyword, Edit::Put(Value::Array(longer)));
                }
            }
        }
        let twice = items.iter().cloned().chain([item.clone()]).collect();
        self.push("uniqueItems", Edit::Put(Value::Array(twice)));
        let mixed = items
            .iter()
            .cloned()
            .chain([json!({ "value": 1 })])
            .collect();
        self.push("items", Edit::Put(Value::Array(mixed)));
    }

    fn members(&mut self) {
        let required: BTreeSet<&str> = self.facets.required().into_iter().collect();
        let known: Vec<&str> = self
            .facets
            .properties()
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        for &name in &required {
            self.push("required", Edit::Without(name.to_owned()));
        }
        for name in known.into_iter().filter(|name| !required.contains(name)) {
            self.push("properties", Edit::Without(name.to_owned()));
            // A name is not read without regard to case.
            self.push(
                "additionalProperties",
                Edit::With(name.to_uppercase(), json!("text")),
            );
        }
        for value in [
            json!("text"),
            json!(1),
            Value::Null,
            json!({ "inner": [true] }),
        ] {
            self.push(
                "additionalProperties",
                Edit::With(UNKNOWN.to_owned(), value),
            );
        }
        self.push("additionalProperties", Edit::With(String::new(), json!(1)));
    }

    /// Members that another alternative of a choice has.
    fn of_other_branches(&mut self, document: &Document) -> Result<(), ContractError> {
        let facets = self.facets;
        let known: Vec<&str> = facets
            .properties()
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        for (choice, count) in &facets.choices {
            for branch in 0..*count {
                let branches = Branches::from([(choice.clone(), branch)]);
                let other = Facets::of(document, &choice.join(branch.to_string()), &branches)?;
                for (name, _) in other.properties() {
                    if !known.contains(&name) {
                        let edit = Edit::With(name.to_owned(), json!({}));
                        let about = choice.clone();
                        self.variations.push(Variation { about, edit });
                    }
                }
            }
        }
        Ok(())
    }
}
