//! The judge: what a contract accepts at each of its places, by a JSON Schema validator.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jsonschema::{Draft, Validator};
use serde_json::Value;

use super::examine::undeclared;
use super::{ContractError, Seat};
use crate::spec::translate::{self, Direction};
use crate::spec::{Document, Node, Pointer};

/// A schema, which way its values travel, and whether it is closed.
type Key = (Pointer, Direction, bool);

/// Compiled schemas of one document, each made when it is first asked for.
#[derive(Debug)]
pub struct Judge<'d> {
    document: &'d Document,
    compiled: Mutex<HashMap<Key, Arc<Validator>>>,
}

impl<'d> Judge<'d> {
    /// A judge of nothing yet.
    #[must_use]
    pub fn new(document: &'d Document) -> Self {
        Self {
            document,
            compiled: Mutex::default(),
        }
    }

    /// Returns whether a value may travel there.
    ///
    /// # Errors
    ///
    /// The schema cannot be translated or compiled.
    pub fn accepts(&self, seat: &Seat, value: &Value) -> Result<bool, ContractError> {
        Ok(self
            .validator(&seat.schema, seat.direction())?
            .is_valid(value))
    }

    /// Returns the validator of the schema at a place, formats asserted.
    ///
    /// # Errors
    ///
    /// The schema cannot be translated or compiled.
    pub fn validator(
        &self,
        at: &Pointer,
        direction: Direction,
    ) -> Result<Arc<Validator>, ContractError> {
        self.compiled(at, direction, false)
    }

    /// Takes what another has compiled of the components, which have to be the same in its document.
    pub(super) fn sharing(self, other: &Judge<'_>) -> Self {
        let components = Pointer::root().join("components").join("schemas");
        let known = other.known();
        let shared = known
            .iter()
            .filter(|((at, ..), _)| components.is_prefix_of(at));
        let shared = shared.map(|(key, compiled)| (key.clone(), Arc::clone(compiled)));
        self.known().extend(shared);
        drop(known);
        self
    }

    /// The validator of the schema at a place, in which every object that has members takes no others.
    pub(super) fn closed(
        &self,
        at: &Pointer,
        direction: Direction,
    ) -> Result<Arc<Validator>, ContractError> {
        self.compiled(at, direction, true)
    }

    fn compiled(
        &self,
        at: &Pointer,
        direction: Direction,
        closed: bool,
    ) -> Result<Arc<Validator>, ContractError> {
        // Many places refer to one component, and share what is compiled for it.
        let target = match self.document.at(at).map(|node| self.target(node)) {
            Some(target) => target?.unwrap_or_else(|| at.clone()),
            None => at.clone(),
        };
        let key = (target, direction, closed);
        if let Some(known) = self.known().get(&key) {
            return Ok(Arc::clone(known));
        }
        let mut schema = translate::schema(self.document, &key.0, direction)?;
        if closed {
            undeclared::close(&mut schema);
        }
        let validator = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .should_validate_formats(true)
            .build(&schema)
            .map_err(|error| ContractError::Schema {
                at: key.0.fragment(),
                source: Box::new(error.to_owned()),
            })?;
        let validator = Arc::new(validator);
        self.known().insert(key, Arc::clone(&validator));
        Ok(validator)
    }

    fn known(&self) -> MutexGuard<'_, HashMap<Key, Arc<Validator>>> {
        self.compiled.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn target(&self, node: &Node) -> Result<Option<Pointer>, ContractError> {
        Ok(self.document.target(node)?.map(|(pointer, _)| pointer))
    }
}
