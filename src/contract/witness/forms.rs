//! The forms that a valid value may take: the smallest and the largest, and each of both with one member null, gone, of another
//! listed value, or unheard of.
//!
//! Whether a form is accepted is the judge's to say: a null or a missing member may be one that the contract does not allow.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::example::{Fullness, Maker};
use super::facets::{Branches, Facets};
use super::vary::{Edit, UNKNOWN};
use super::walk::{DEEPEST, changed};
use crate::contract::{ContractError, Judge, Seat};
use crate::spec::{Document, Node, Pointer};

/// A value that is listed nowhere.
const UNLISTED: &str = "unheard-of";

/// A valid value with at most one change.
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    /// What is changed.
    pub kind: FormKind,
    /// The part of the value that is changed; the root where none is.
    pub at: Pointer,
    /// The value.
    pub value: Value,
}

/// What makes a [`Form`] different.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FormKind {
    /// Nothing but what is required.
    Minimal,
    /// Every member.
    Maximal,
    /// One part is null.
    Null,
    /// One member is gone.
    Absent,
    /// One part has another of the values that are listed for it.
    Listed,
    /// One part has a value that is not listed for it.
    Unlisted,
    /// An object has a member of a name that nobody knows.
    Further,
}

/// Makes the forms of the values that travel at one place, in an order that depends on the document alone.
///
/// # Errors
///
/// A schema cannot be translated or compiled.
pub fn forms<'d>(
    document: &'d Document,
    judge: &Judge<'d>,
    seat: &Seat,
) -> Result<Vec<Form>, ContractError> {
    let mut shapes = Shapes {
        document,
        base: Value::Null,
        choices: Vec::new(),
        seen: HashSet::new(),
        forms: Vec::new(),
    };
    let mut done: Vec<Branches> = Vec::new();
    let mut waiting = vec![Branches::new()];
    // As for witnesses: each alternative of each choice once.
    while let Some(branches) = waiting.pop() {
        if done.contains(&branches) {
            continue;
        }
        let maker = Maker {
            document,
            judge,
            direction: seat.direction(),
            branches: &branches,
        };
        for (kind, fullness) in [
            (FormKind::Minimal, Fullness::Minimal),
            (FormKind::Maximal, Fullness::Maximal),
        ] {
            let Some(base) = maker.example(&seat.schema, fullness)? else {
                continue;
            };
            shapes.base = base.clone();
            shapes.push(kind, &Pointer::root(), base.clone());
            shapes.part(&maker, &seat.schema, &Pointer::root(), &base)?;
        }
        for (choice, count) in std::mem::take(&mut shapes.choices) {
            for branch in 1..count {
                let mut other = branches.clone();
                if !other.contains_key(&choice) {
                    other.insert(choice.clone(), branch);
                    waiting.push(other);
                }
            }
        }
        done.push(branches);
    }
    Ok(shapes.forms)
}

struct Shapes<'d> {
    document: &'d Document,
    base: Value,
    choices: Vec<(Pointer, usize)>,
    seen: HashSet<String>,
    forms: Vec<Form>,
}

impl Shapes<'_> {
    fn push(&mut self, kind: FormKind, at: &Pointer, value: Value) {
        if self.seen.insert(value.to_string()) {
            let at = at.clone();
            self.forms.push(Form { kind, at, value });
        }
    }

    fn edit(&mut self, kind: FormKind, at: &Pointer, on: &Pointer, edit: &Edit) {
        if let Some(value) = changed(&self.base, on, edit) {
            self.push(kind, at, value);
        }
    }

    fn part(
        &mut self,
        maker: &Maker<'_, '_>,
        schema: &Pointer,
        at: &Pointer,
        value: &Value,
    ) -> Result<(), ContractError> {
        let facets = Facets::of(self.document, schema, maker.branches)?;
        for choice in &facets.choices {
            if !self.choices.contains(choice) {
                self.choices.push(choice.clone());
            }
        }
        self.edit(FormKind::Null, at, at, &Edit::Put(Value::Null));
        let listed = facets.all("enum").filter_map(Node::as_array).flatten();
        let listed: Vec<Value> = listed.map(Node::to_json).collect();
        if listed.iter().any(Value::is_string) {
            self.edit(FormKind::Unlisted, at, at, &Edit::Put(json!(UNLISTED)));
        }
        for value in listed {
            self.edit(FormKind::Listed, at, at, &Edit::Put(value));
        }
        if at.tokens().len() >= DEEPEST {
            return Ok(());
        }
        match value {
            Value::Object(members) => {
                for value in [
                    json!("text"),
                    json!({ "inner": [1.5, null, "a"] }),
                    Value::Null,
                ] {
                    let with = Edit::With(UNKNOWN.to_owned(), value);
                    self.edit(FormKind::Further, &at.join(UNKNOWN), at, &with);
                }
                for (name, place) in facets.properties() {
                    let Some(value) = members.get(name) else {
                        continue;
                    };
                    let inner = at.join(name);
                    let without = Edit::Without(name.to_owned());
                    self.edit(FormKind::Absent, &inner, at, &without);
                    self.part(maker, &place, &inner, value)?;
                }
            }
            Value::Array(items) => {
                if let (Some(place), Some(item)) = (facets.items(), items.first()) {
                    self.part(maker, &place, &at.join("0"), item)?;
                }
            }
            _ => {}
        }
        Ok(())
    }
}
