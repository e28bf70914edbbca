//! Every schema that has a say in one value: through references and `allOf`, and one alternative of each choice.

use std::collections::BTreeMap;

use crate::contract::ContractError;
use crate::spec::{Document, Node, Object, Pointer};

/// Which alternative of each `oneOf` and `anyOf` is taken; the first where nothing is said.
pub(super) type Branches = BTreeMap<Pointer, usize>;

/// One schema object, and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Facet<'d> {
    pub(super) at: Pointer,
    pub(super) node: &'d Node,
}

/// The schemas that apply to one value.
#[derive(Debug, Clone, Default)]
pub(super) struct Facets<'d> {
    pub(super) parts: Vec<Facet<'d>>,
    /// The choices among them, and how many alternatives each has.
    pub(super) choices: Vec<(Pointer, usize)>,
}

impl<'d> Facets<'d> {
    /// Collects what applies to a value of the schema at `at`.
    pub(super) fn of(
        document: &'d Document,
        at: &Pointer,
        branches: &Branches,
    ) -> Result<Self, ContractError> {
        let mut facets = Self::default();
        if let Some(node) = document.at(at) {
            facets.collect(document, at.clone(), node, branches)?;
        }
        Ok(facets)
    }

    fn collect(
        &mut self,
        document: &'d Document,
        mut at: Pointer,
        mut node: &'d Node,
        branches: &Branches,
    ) -> Result<(), ContractError> {
        // Refuses a circle of references alone.
        document.resolve(node)?;
        while let Some((target, behind)) = document.target(node)? {
            (at, node) = (target, behind);
        }
        // A schema that applies itself to the same value has nothing to add.
        if self.parts.iter().any(|known| known.at == at) {
            return Ok(());
        }
        self.parts.push(Facet {
            at: at.clone(),
            node,
        });
        for (index, part) in list(node, "allOf").iter().enumerate() {
            let place = at.join("allOf").join(index.to_string());
            self.collect(document, place, part, branches)?;
        }
        for keyword in ["oneOf", "anyOf"] {
            let alternatives = list(node, keyword);
            if alternatives.is_empty() {
                continue;
            }
            let place = at.join(keyword);
            self.choices.push((place.clone(), alternatives.len()));
            let chosen = branches.get(&place).copied().unwrap_or_default();
            if let Some(part) = alternatives.get(chosen) {
                let place = place.join(chosen.to_string());
                self.collect(document, place, part, branches)?;
            }
        }
        Ok(())
    }

    /// The first value that one of them gives a keyword.
    pub(super) fn first(&self, keyword: &str) -> Option<&'d Node> {
        self.all(keyword).next()
    }

    /// Every value that they give a keyword.
    pub(super) fn all<'a>(&'a self, keyword: &'a str) -> impl Iterator<Item = &'d Node> + 'a {
        self.parts
            .iter()
            .filter_map(move |part| part.node.get(keyword))
    }

    /// Every value that they give a keyword, as a text.
    pub(super) fn texts<'a>(&'a self, keyword: &'a str) -> impl Iterator<Item = &'d str> + 'a {
        self.all(keyword).filter_map(Node::as_str)
    }

    /// Every value that they give a keyword, as a count.
    pub(super) fn counts<'a>(&'a self, keyword: &'a str) -> impl Iterator<Item = u64> + 'a {
        self.all(keyword)
            .filter_map(|node| node.as_number()?.as_u64())
    }

    /// The names that must be there.
    pub(super) fn required(&self) -> Vec<&'d str> {
        let lists = self.all("required").filter_map(Node::as_array);
        lists.flatten().filter_map(Node::as_str).collect()
    }

    /// The members that have a schema, each with where that stands.
    pub(super) fn properties(&self) -> Vec<(&'d str, Pointer)> {
        let mut found: Vec<(&str, Pointer)> = Vec::new();
        for part in &self.parts {
            let named = part.node.get("properties").and_then(Node::as_object);
            for name in named.into_iter().flat_map(Object::keys) {
                if found.iter().all(|(known, _)| *known != name) {
                    found.push((name, part.at.join("properties").join(name)));
                }
            }
        }
        found
    }

    /// Where the schema of the items stands.
    pub(super) fn items(&self) -> Option<Pointer> {
        self.holder("items")
    }

    /// Where the schema of further members stands, if there is one.
    pub(super) fn further(&self) -> Option<Pointer> {
        self.holder("additionalProperties")
    }

    fn holder(&self, keyword: &str) -> Option<Pointer> {
        let mut holders = self.parts.iter();
        let holder = holders.find(|part| {
            let value = part.node.get(keyword);
            value.is_some_and(|value| value.as_object().is_some())
        });
        holder.map(|part| part.at.join(keyword))
    }

    /// The JSON type, as it is said or as the other keywords let one think.
    pub(super) fn kind(&self) -> Option<&'d str> {
        const TELLING: [(&str, &[&str]); 4] = [
            (
                "object",
                &[
                    "properties",
                    "required",
                    "additionalProperties",
                    "minProperties",
                    "maxProperties",
                ],
            ),
            ("array", &["items", "minItems", "maxItems", "uniqueItems"]),
            ("string", &["pattern", "minLength", "maxLength"]),
            ("number", &["minimum", "maximum", "multipleOf"]),
        ];
        self.texts("type").next().or_else(|| {
            let mut telling = TELLING.iter();
            telling
                .find(|(_, keywords)| keywords.iter().any(|keyword| self.first(keyword).is_some()))
                .map(|(kind, _)| *kind)
        })
    }
}

fn list<'d>(node: &'d Node, keyword: &str) -> &'d [Node] {
    node.get(keyword)
        .and_then(Node::as_array)
        .map(|items| items as &[Node])
        .unwrap_or_default()
}
