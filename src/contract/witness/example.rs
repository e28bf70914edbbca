//! Values that a schema accepts: the smallest, and the one with every optional part.

use serde_json::{Map, Value, json};

use super::facets::{Branches, Facets};
use super::{number, text};
use crate::contract::{ContractError, Judge};
use crate::spec::translate::Direction;
use crate::spec::{Document, Node, Pointer};

/// How often a schema may stand inside itself.
const MOST_NESTED: usize = 2;

/// How much of what is optional is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fullness {
    Minimal,
    Maximal,
}

/// Makes values of one document's schemas.
pub(super) struct Maker<'a, 'd> {
    pub(super) document: &'d Document,
    pub(super) judge: &'a Judge<'d>,
    pub(super) direction: Direction,
    pub(super) branches: &'a Branches,
}

impl Maker<'_, '_> {
    /// A value that the schema at `at` accepts. Nothing where none was found.
    pub(super) fn example(
        &self,
        at: &Pointer,
        fullness: Fullness,
    ) -> Result<Option<Value>, ContractError> {
        self.value(at, fullness, &mut Vec::new())
    }

    fn value(
        &self,
        at: &Pointer,
        fullness: Fullness,
        trail: &mut Vec<Pointer>,
    ) -> Result<Option<Value>, ContractError> {
        let facets = Facets::of(self.document, at, self.branches)?;
        let Some(first) = facets.parts.first() else {
            return Ok(None);
        };
        if trail.iter().filter(|seen| **seen == first.at).count() >= MOST_NESTED {
            return Ok(None);
        }
        trail.push(first.at.clone());
        let made = self.candidates(&facets, fullness, trail);
        trail.pop();
        let validator = self.judge.validator(at, self.direction)?;
        Ok(made?.into_iter().find(|value| validator.is_valid(value)))
    }

    /// What may be accepted, the likeliest first.
    fn candidates(
        &self,
        facets: &Facets<'_>,
        fullness: Fullness,
        trail: &mut Vec<Pointer>,
    ) -> Result<Vec<Value>, ContractError> {
        let listed = facets.all("enum").filter_map(Node::as_array).flatten();
        let mut listed: Vec<Value> = listed.map(Node::to_json).collect();
        if !listed.is_empty() {
            listed.sort_by_key(Value::is_null);
            return Ok(listed);
        }
        let mut candidates = match facets.kind() {
            Some("object") => self.object(facets, fullness, trail)?,
            Some("array") => self.array(facets, fullness, trail)?,
            Some("number" | "integer") => number::plain(facets),
            Some("boolean") => vec![json!(true), json!(false)],
            _ => {
                let texts = text::plain(facets).into_iter();
                texts.map(Value::String).collect()
            }
        };
        candidates.push(Value::Null);
        Ok(candidates)
    }

    fn object(
        &self,
        facets: &Facets<'_>,
        fullness: Fullness,
        trail: &mut Vec<Pointer>,
    ) -> Result<Vec<Value>, ContractError> {
        let required = facets.required();
        let mut members = Map::new();
        let mut smallest = Map::new();
        for (name, at) in facets.properties() {
            let needed = required.contains(&name);
            if !needed && (fullness == Fullness::Minimal || self.is_excused(&at)?) {
                continue;
            }
            if let Some(value) = self.value(&at, fullness, trail)? {
                if needed {
                    smallest.insert(name.to_owned(), value.clone());
                }
                members.insert(name.to_owned(), value);
            }
        }
        for name in required {
            for members in [&mut members, &mut smallest] {
                members
                    .entry(name.to_owned())
                    .or_insert_with(|| json!("text"));
            }
        }
        if let (Some(at), Fullness::Maximal) = (facets.further(), fullness)
            && let Some(value) = self.value(&at, fullness, trail)?
        {
            members.insert("further".to_owned(), value);
        }
        Ok(vec![Value::Object(members), Value::Object(smallest)])
    }

    /// Whether the member does not travel this way.
    fn is_excused(&self, at: &Pointer) -> Result<bool, ContractError> {
        let flag = match self.direction {
            Direction::Request => "readOnly",
            Direction::Response => "writeOnly",
            Direction::Neutral => return Ok(false),
        };
        let facets = Facets::of(self.document, at, self.branches)?;
        Ok(facets.all(flag).any(|node| node.as_bool() == Some(true)))
    }

    fn array(
        &self,
        facets: &Facets<'_>,
        fullness: Fullness,
        trail: &mut Vec<Pointer>,
    ) -> Result<Vec<Value>, ContractError> {
        let least = facets.counts("minItems").max().unwrap_or_default();
        let wanted = least.max(u64::from(fullness == Fullness::Maximal)).min(64);
        let mut items = Vec::new();
        if let Some(at) = facets.items() {
            for candidate in self.items(&at, fullness, trail)? {
                items.push(candidate);
            }
        } else {
            items.extend((0..wanted).map(|index| json!(format!("item-{index}"))));
        }
        let same = items.first().cloned();
        let wanted = usize::try_from(wanted).unwrap_or_default();
        let different: Vec<Value> = items.iter().take(wanted).cloned().collect();
        let repeated = same.map(|item| vec![item; wanted]).unwrap_or_default();
        Ok(vec![
            Value::Array(different),
            Value::Array(repeated),
            json!([]),
        ])
    }

    /// Items that differ from each other, as far as they can.
    fn items(
        &self,
        at: &Pointer,
        fullness: Fullness,
        trail: &mut Vec<Pointer>,
    ) -> Result<Vec<Value>, ContractError> {
        let Some(first) = self.value(at, fullness, trail)? else {
            return Ok(Vec::new());
        };
        let facets = Facets::of(self.document, at, self.branches)?;
        let validator = self.judge.validator(at, self.direction)?;
        let mut items = vec![first];
        for candidate in self.candidates(&facets, Fullness::Minimal, trail)? {
            if validator.is_valid(&candidate) && !items.contains(&candidate) {
                items.push(candidate);
            }
        }
        Ok(items)
    }
}
