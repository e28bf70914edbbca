//! One schema flattened: every constraint, under the place in the instance that it binds.
//!
//! `$ref` is followed and `allOf` is merged, so two schemas that are written differently and accept the same values give
//! the same shape. A required member is a constraint of that member.
//!
//! Two things are read as their authors mean them: `nullable` beside `allOf` binds, and of alternatives (`oneOf`,
//! `anyOf`) the one that fits the other side is taken; their number stays as a constraint, so that a schema with alternatives
//! never passes for one without.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use serde_json::Value as Json;

use super::super::{Document, Node, Pointer, SpecError, Value};
use super::Product;
use super::part::{follow, same};

/// Keywords that stand beside a schema's own type and whose value is compared as it is.
const KEYWORDS: &[&str] = &[
    "type",
    "format",
    "enum",
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "nullable",
    "default",
    "readOnly",
    "writeOnly",
    "not",
];

/// Where the flag stands that tells the two products apart in a create body.
const PRODUCT_FLAG: [&str; 3] = ["options", "guarantee", "enable"];

/// Most schemas that one shape may visit, so that references which double at each step end.
const MAX_VISITS: usize = 100_000;

/// A value that a document states, and where.
#[derive(Debug, Clone)]
pub(super) struct Stated {
    pub(super) value: Json,
    pub(super) at: Pointer,
}

/// What binds one place of the instance.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// The schema of the place, behind its references.
    pub(super) at: Pointer,
    pub(super) keywords: BTreeMap<String, Stated>,
}

/// Constraints by instance pointer; items of a list and members without a name stand under `*`.
#[derive(Debug, Clone, Default)]
pub(super) struct Shape {
    pub(super) places: BTreeMap<Pointer, Place>,
}

/// How to choose among alternatives.
#[derive(Debug, Clone, Copy)]
pub(super) struct Choice<'a> {
    /// Takes the alternative whose flag for the guarantee is the constant of this product.
    pub(super) product: Option<Product>,
    /// Otherwise takes the alternative that knows most members of this shape; the first one without it.
    pub(super) like: Option<&'a Shape>,
}

impl Shape {
    /// Flattens the schema at `at`.
    pub(super) fn of(
        document: &Document,
        at: Pointer,
        choice: Choice<'_>,
    ) -> Result<Self, SpecError> {
        let mut walk = Walk {
            document,
            choice,
            shape: Self::default(),
            active: Vec::new(),
            visits: 0,
        };
        walk.schema(at, &Pointer::root())?;
        Ok(walk.shape)
    }

    fn place(&mut self, instance: &Pointer, at: &Pointer) -> &mut Place {
        self.places
            .entry(instance.clone())
            .or_insert_with(|| Place {
                at: at.clone(),
                keywords: BTreeMap::new(),
            })
    }

    fn absorb(&mut self, other: Shape) {
        for (instance, place) in other.places {
            let mine = self.place(&instance, &place.at);
            for (keyword, stated) in place.keywords {
                mine.state(&keyword, stated);
            }
        }
    }

    /// Counts the members directly under `instance` that `other` knows too.
    fn members_shared_with(&self, other: &Shape, instance: &Pointer) -> usize {
        other
            .places
            .keys()
            .filter(|known| {
                known.parent().as_ref() == Some(instance) && self.places.contains_key(known)
            })
            .count()
    }

    fn is_for(&self, product: Product, instance: &Pointer) -> bool {
        let flag = PRODUCT_FLAG
            .iter()
            .fold(instance.clone(), |path, name| path.join(*name));
        self.places
            .get(&flag)
            .and_then(|place| place.keywords.get("enum"))
            .is_some_and(|stated| stated.value == Json::from(vec![product == Product::Guaranteed]))
    }
}

impl Place {
    /// Adds a constraint. Two on the same keyword both bind: the narrower bound, or both values where there is no order.
    fn state(&mut self, keyword: &str, new: Stated) {
        match self.keywords.entry(keyword.to_owned()) {
            Entry::Vacant(free) => {
                free.insert(new);
            }
            Entry::Occupied(mut taken) => {
                let old = taken.get_mut();
                // The outer schema comes first and says what it means for `nullable` and `default`.
                if same(&old.value, &new.value) || matches!(keyword, "nullable" | "default") {
                    return;
                }
                match (keyword, old.value.as_f64(), new.value.as_f64()) {
                    ("minLength" | "minimum" | "minItems" | "minProperties", Some(a), Some(b))
                        if b > a =>
                    {
                        *old = new;
                    }
                    ("maxLength" | "maximum" | "maxItems" | "maxProperties", Some(a), Some(b))
                        if b < a =>
                    {
                        *old = new;
                    }
                    (_, Some(_), Some(_))
                        if keyword.starts_with("min") || keyword.starts_with("max") => {}
                    ("required" | "uniqueItems", ..) => old.value = Json::Bool(true),
                    _ => old.value = Json::Array(vec![old.value.take(), new.value]),
                }
            }
        }
    }
}

struct Walk<'a> {
    document: &'a Document,
    choice: Choice<'a>,
    shape: Shape,
    /// The schemas being visited, to end a circle: what is inside it has been said above.
    active: Vec<Pointer>,
    visits: usize,
}

impl Walk<'_> {
    fn schema(&mut self, at: Pointer, instance: &Pointer) -> Result<(), SpecError> {
        let (at, node) = follow(self.document, at)?;
        self.visits += 1;
        if self.visits > MAX_VISITS {
            return Err(self.document.error_at(
                node.at,
                &at,
                format!("comparing meets more than {MAX_VISITS} schemas below one body"),
                "refer less often to schemas that refer to many others",
            ));
        }
        self.shape.place(instance, &at);
        if self.active.contains(&at) {
            return Ok(());
        }
        self.active.push(at.clone());
        self.own_keywords(node, &at, instance);
        self.members(node, &at, instance)?;
        for index in 0..length(node.get("allOf")) {
            self.schema(at.join("allOf").join(index.to_string()), instance)?;
        }
        for keyword in ["oneOf", "anyOf"] {
            self.alternatives(node, keyword, &at, instance)?;
        }
        self.active.pop();
        Ok(())
    }

    fn own_keywords(&mut self, node: &Node, at: &Pointer, instance: &Pointer) {
        for keyword in KEYWORDS {
            if let Some(found) = node.get(keyword) {
                let mut value = found.to_json();
                if let (&"enum", Json::Array(values)) = (keyword, &mut value) {
                    values.sort_by_cached_key(Json::to_string);
                }
                self.state(instance, at, keyword, value, at.join(*keyword));
            }
        }
    }

    fn members(&mut self, node: &Node, at: &Pointer, instance: &Pointer) -> Result<(), SpecError> {
        for (keyword, required) in [("required", true), ("x-optional", false)] {
            for (index, name) in node
                .get(keyword)
                .and_then(Node::as_array)
                .unwrap_or_default()
                .iter()
                .enumerate()
            {
                if let Some(name) = name.as_str() {
                    let member = instance.join(name);
                    // The place of a member is its schema, which `required` does not know.
                    let schema = at.join("properties").join(name);
                    let home = if self.document.at(&schema).is_some() {
                        schema
                    } else {
                        at.clone()
                    };
                    let (home, _) = follow(self.document, home)?;
                    let place = at.join(keyword).join(index.to_string());
                    self.state(&member, &home, "required", Json::Bool(required), place);
                }
            }
        }
        if let Some(properties) = node.get("properties").and_then(Node::as_object) {
            for name in properties.keys() {
                self.schema(at.join("properties").join(name), &instance.join(name))?;
            }
        }
        if node.get("items").is_some() {
            self.schema(at.join("items"), &instance.join("*"))?;
        }
        if let Some(additional) = node.get("additionalProperties") {
            let place = at.join("additionalProperties");
            let open = additional.as_bool().unwrap_or(true);
            self.state(
                instance,
                at,
                "additionalProperties",
                Json::Bool(open),
                place.clone(),
            );
            if matches!(additional.value, Value::Object(_)) {
                self.schema(place, &instance.join("*"))?;
            }
        }
        Ok(())
    }

    /// Takes one alternative and keeps their number.
    fn alternatives(
        &mut self,
        node: &Node,
        keyword: &str,
        at: &Pointer,
        instance: &Pointer,
    ) -> Result<(), SpecError> {
        let count = length(node.get(keyword));
        if count == 0 {
            return Ok(());
        }
        let mut shapes = Vec::new();
        for index in 0..count {
            let mut walk = Walk {
                document: self.document,
                choice: self.choice,
                shape: Shape::default(),
                active: self.active.clone(),
                visits: self.visits,
            };
            walk.schema(at.join(keyword).join(index.to_string()), instance)?;
            self.visits = walk.visits;
            shapes.push(walk.shape);
        }
        let by_product = self.choice.product.and_then(|product| {
            shapes
                .iter()
                .position(|shape| shape.is_for(product, instance))
        });
        let chosen = by_product.unwrap_or_else(|| {
            let shared = |shape: &Shape| {
                self.choice
                    .like
                    .map_or(0, |like| shape.members_shared_with(like, instance))
            };
            let most = shapes.iter().map(shared).max();
            shapes
                .iter()
                .position(|shape| Some(shared(shape)) == most)
                .unwrap_or_default()
        });
        self.state(instance, at, keyword, Json::from(count), at.join(keyword));
        if chosen < shapes.len() {
            self.shape.absorb(shapes.swap_remove(chosen));
        }
        Ok(())
    }

    fn state(
        &mut self,
        instance: &Pointer,
        home: &Pointer,
        keyword: &str,
        value: Json,
        at: Pointer,
    ) {
        self.shape
            .place(instance, home)
            .state(keyword, Stated { value, at });
    }
}

fn length(list: Option<&Node>) -> usize {
    list.and_then(Node::as_array).map_or(0, <[Node]>::len)
}
