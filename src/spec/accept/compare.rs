//! The walk over both documents, part by part.

use serde_json::Value as Json;

use super::super::{Document, Pointer, SpecError};
use super::part::{self, Named, implied, in_range, same};
use super::shape::{Choice, Place, Shape, Stated};
use super::{Difference, Scope, Side};

/// A schema, parameter or body on both sides.
struct Pair {
    name: String,
    contract: Pointer,
    upstream: Pointer,
}

pub(super) struct Comparison<'a> {
    contract: &'a Document,
    upstream: &'a Document,
    scope: Scope,
    operation: String,
    found: Vec<Difference>,
}

impl<'a> Comparison<'a> {
    pub(super) fn new(contract: &'a Document, upstream: &'a Document) -> Result<Self, SpecError> {
        Ok(Self {
            contract,
            upstream,
            scope: Scope::of(upstream)?,
            operation: String::new(),
            found: Vec::new(),
        })
    }

    pub(super) fn run(mut self) -> Result<Vec<Difference>, SpecError> {
        self.operations()?;
        Ok(self.found)
    }

    fn operations(&mut self) -> Result<(), SpecError> {
        let paths = Pointer::root().join("paths");
        let home = Pair {
            name: String::new(),
            contract: paths.clone(),
            upstream: paths,
        };
        let (ours, theirs) = (
            part::operations(self.contract)?,
            part::operations(self.upstream)?,
        );
        for name in theirs.keys().filter(|name| !ours.contains_key(*name)) {
            name.clone_into(&mut self.operation);
            self.one_sided(
                "",
                &Pointer::root(),
                "operation",
                name,
                (None, theirs.get(name)),
                &home,
            );
        }
        for (name, mine) in &ours {
            name.clone_into(&mut self.operation);
            match theirs.get(name) {
                Some(other) => self.operation(mine, other)?,
                None if self.scope.complete_operations => {
                    self.one_sided(
                        "",
                        &Pointer::root(),
                        "operation",
                        name,
                        (Some(mine), None),
                        &home,
                    );
                }
                None => {}
            }
        }
        Ok(())
    }

    fn operation(&mut self, mine: &Pointer, other: &Pointer) -> Result<(), SpecError> {
        let (contract, upstream) = (self.contract, self.upstream);
        let home = |list: &str| Pair {
            name: String::new(),
            contract: part::list(contract, mine, list),
            upstream: part::list(upstream, other, list),
        };
        let (ours, theirs) = (
            part::servers(contract, mine),
            part::servers(upstream, other),
        );
        self.pairs("", "server", &ours, &theirs, &home("servers"));

        let (ours, theirs) = (
            part::security(contract, mine)?,
            part::security(upstream, other)?,
        );
        let homes = home("security");
        // Silence means that no credential is needed, but a partial document is not heard when it is silent.
        if self.scope.complete || homes.upstream != *other {
            self.pairs("", "security", &ours, &theirs, &homes);
        }

        let (ours, theirs) = (
            part::parameters(contract, mine)?,
            part::parameters(upstream, other)?,
        );
        for pair in self.pairs("", "parameter", &ours, &theirs, &home("parameters")) {
            let part = format!("parameter {}", pair.name);
            self.flag(&part, "required", &pair);
            self.schemas(&part, &pair)?;
        }

        let (ours, theirs) = (
            part::request(contract, mine)?,
            part::request(upstream, other)?,
        );
        for pair in self.pairs("", "request", &ours, &theirs, &home("requestBody")) {
            self.flag("request", "required", &pair);
            self.contents("request", &pair)?;
        }

        let ours = part::responses(contract, mine)?;
        let theirs = spread(&ours, &part::responses(upstream, other)?);
        for pair in self.pairs("", "status", &ours, &theirs, &home("responses")) {
            self.contents(&format!("response {}", pair.name), &pair)?;
        }
        Ok(())
    }

    fn contents(&mut self, part: &str, body: &Pair) -> Result<(), SpecError> {
        let (ours, theirs) = (
            part::contents(self.contract, &body.contract),
            part::contents(self.upstream, &body.upstream),
        );
        for pair in self.pairs(part, "content", &ours, &theirs, body) {
            self.schemas(&format!("{part} {}", pair.name), &pair)?;
        }
        Ok(())
    }

    fn schemas(&mut self, part: &str, holder: &Pair) -> Result<(), SpecError> {
        let (mine, other) = (
            holder.contract.join("schema"),
            holder.upstream.join("schema"),
        );
        let product = self.scope.product;
        let theirs = match self.upstream.at(&other) {
            Some(_) => Shape::of(
                self.upstream,
                other,
                Choice {
                    product,
                    like: None,
                },
            )?,
            None => return Ok(()),
        };
        let ours = match self.contract.at(&mine) {
            Some(_) => Shape::of(
                self.contract,
                mine,
                Choice {
                    product,
                    like: Some(&theirs),
                },
            )?,
            None => Shape::default(),
        };
        self.shapes(part, &ours, &theirs, holder);
        Ok(())
    }

    fn shapes(&mut self, part: &str, ours: &Shape, theirs: &Shape, holder: &Pair) {
        let mut instances: Vec<_> = ours.places.keys().chain(theirs.places.keys()).collect();
        instances.sort_unstable();
        instances.dedup();
        for instance in instances {
            match (ours.places.get(instance), theirs.places.get(instance)) {
                (Some(mine), Some(other)) => self.keywords(part, instance, mine, other),
                (mine, other) => {
                    let around = instance.parent().unwrap_or_default();
                    let at =
                        |shape: &Shape| shape.places.get(&around).map(|place| place.at.clone());
                    let (our_home, their_home) = (at(ours), at(theirs));
                    // Below a member that one side lacks there is nothing more to say.
                    let said = !instance.is_root() && (our_home.is_none() || their_home.is_none());
                    if said || (other.is_none() && !self.scope.complete) {
                        continue;
                    }
                    let home = Pair {
                        name: String::new(),
                        contract: our_home.unwrap_or_else(|| holder.contract.clone()),
                        upstream: their_home.unwrap_or_else(|| holder.upstream.clone()),
                    };
                    let name = instance.tokens().last().map_or("", String::as_str);
                    let sides = (mine.map(|place| &place.at), other.map(|place| &place.at));
                    self.one_sided(part, instance, "member", name, sides, &home);
                }
            }
        }
    }

    fn keywords(&mut self, part: &str, instance: &Pointer, mine: &Place, other: &Place) {
        let mut keywords: Vec<_> = mine.keywords.keys().chain(other.keywords.keys()).collect();
        keywords.sort_unstable();
        keywords.dedup();
        for keyword in keywords {
            let (ours, theirs) = (mine.keywords.get(keyword), other.keywords.get(keyword));
            let implied = implied(keyword);
            let effective = |stated: Option<&Stated>| {
                stated
                    .map(|stated| stated.value.clone())
                    .or(implied.clone())
            };
            let equal = match (effective(ours), effective(theirs)) {
                (Some(a), Some(b)) => same(&a, &b),
                (a, b) => a.is_none() && b.is_none(),
            };
            if equal || (theirs.is_none() && !self.scope.complete) {
                continue;
            }
            let side = |stated: Option<&Stated>, place: &Place| Side {
                value: stated.map(|stated| stated.value.clone()),
                at: stated.map_or(&place.at, |stated| &stated.at).clone(),
            };
            self.report(
                part,
                instance,
                keyword,
                side(ours, mine),
                side(theirs, other),
            );
        }
    }

    /// Compares a flag that is false when it is not given.
    fn flag(&mut self, part: &str, keyword: &str, holder: &Pair) {
        let side = |document: &Document, at: &Pointer| {
            let place = at.join(keyword);
            match document.at(&place) {
                Some(node) => Side {
                    value: Some(node.to_json()),
                    at: place,
                },
                None => Side {
                    value: None,
                    at: at.clone(),
                },
            }
        };
        let (ours, theirs) = (
            side(self.contract, &holder.contract),
            side(self.upstream, &holder.upstream),
        );
        let set = |side: &Side| side.value.as_ref().and_then(Json::as_bool).unwrap_or(false);
        if set(&ours) != set(&theirs) && (theirs.value.is_some() || self.scope.complete) {
            self.report(part, &Pointer::root(), keyword, ours, theirs);
        }
    }

    /// Reports what only one side has, as far as the upstream document speaks of it, and returns what both have.
    fn pairs(
        &mut self,
        part: &str,
        keyword: &str,
        ours: &Named,
        theirs: &Named,
        home: &Pair,
    ) -> Vec<Pair> {
        let mut both = Vec::new();
        for (name, mine) in ours {
            match theirs.get(name) {
                Some(other) => {
                    both.push(Pair {
                        name: name.clone(),
                        contract: mine.clone(),
                        upstream: other.clone(),
                    });
                }
                None if self.scope.complete => {
                    self.one_sided(
                        part,
                        &Pointer::root(),
                        keyword,
                        name,
                        (Some(mine), None),
                        home,
                    );
                }
                None => {}
            }
        }
        for (name, other) in theirs.iter().filter(|(name, _)| !ours.contains_key(*name)) {
            self.one_sided(
                part,
                &Pointer::root(),
                keyword,
                name,
                (None, Some(other)),
                home,
            );
        }
        both
    }

    /// Reports what stands on one side only; the other side's place is that of what would hold it.
    fn one_sided(
        &mut self,
        part: &str,
        instance: &Pointer,
        keyword: &str,
        name: &str,
        (mine, other): (Option<&Pointer>, Option<&Pointer>),
        home: &Pair,
    ) {
        let side = |at: Option<&Pointer>, home: &Pointer| Side {
            value: at.map(|_| Json::from(name)),
            at: at.unwrap_or(home).clone(),
        };
        let (ours, theirs) = (side(mine, &home.contract), side(other, &home.upstream));
        self.report(part, instance, keyword, ours, theirs);
    }

    fn report(
        &mut self,
        part: &str,
        instance: &Pointer,
        keyword: &str,
        contract: Side,
        upstream: Side,
    ) {
        self.found.push(Difference {
            operation: self.operation.clone(),
            part: part.to_owned(),
            instance: instance.clone(),
            keyword: keyword.to_owned(),
            contract,
            upstream,
        });
    }
}

/// Lets a range such as `2XX` speak of every status in it that the other side names and this side does not.
fn spread(ours: &Named, theirs: &Named) -> Named {
    let mut spread = Named::new();
    for (status, at) in theirs {
        let mut named = ours.keys().filter(|mine| in_range(status, mine)).peekable();
        if named.peek().is_none() {
            spread.insert(status.clone(), at.clone());
        }
        for name in named.filter(|name| *name == status || !theirs.contains_key(*name)) {
            spread.insert(name.clone(), at.clone());
        }
    }
    spread
}
