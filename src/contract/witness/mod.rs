//! Witnesses: values on the boundary of everything that a contract says.
//!
//! For each place where a value travels, a valid value with every optional part is made, and one with none. Then every keyword
//! that has a say in any part of it is looked at, and the part is changed to come just inside, onto and just outside what the
//! keyword says. Whether such a value is accepted is not asked here: that is the judge's to say, and the same value may be
//! inside one contract and outside the next. At last, where few of them are valid, valid ones are joined to more of the kind.
//!
//! Works on any OpenAPI 3.0 document, and gives the same witnesses each time for one document and seed.

mod decimal;
mod example;
mod facets;
mod fill;
mod forms;
mod grammar;
mod number;
mod text;
mod vary;
mod walk;

pub(super) use decimal::Decimal;
pub use forms::{Form, FormKind, forms};
use serde_json::Value;
pub(super) use text::lengths;

use super::{ContractError, Judge, Outline, Seat};
use crate::spec::{Document, Pointer};

/// A value on the boundary of something that a contract says.
#[derive(Debug, Clone, PartialEq)]
pub struct Witness {
    /// The number of its [`Seat`] in [`Witnesses::seats`].
    pub seat: usize,
    /// The place in the contract that it is about.
    pub about: Pointer,
    /// The part of the value that was changed; the root for a value as it was made.
    pub instance: Pointer,
    /// The value.
    pub value: Value,
}

/// The witnesses of one document.
#[derive(Debug, Clone, Default)]
pub struct Witnesses {
    /// Where values travel.
    pub seats: Vec<Seat>,
    /// Those of the first place first; no two of one place have the same value.
    pub all: Vec<Witness>,
    /// The places for which no valid value was found, by their number. Nothing is said of these.
    pub unmade: Vec<usize>,
}

/// How many values with several changes are made for each place, at most.
const MOST_MIXED: usize = 200;

/// Makes the witnesses of a document.
///
/// ```
/// use flinks_pay::contract::{Judge, witness};
/// use flinks_pay::spec::Document;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let text = r#"
/// openapi: 3.0.3
/// paths:
///   /orders:
///     post:
///       operationId: order
///       requestBody:
///         content:
///           application/json:
///             schema: { type: integer, minimum: 1, maximum: 9 }
///       responses: {}
/// "#;
/// let document = Document::parse("orders.yaml", text)?;
/// let judge = Judge::new(&document);
/// let witnesses = witness::witnesses(&document, &judge, 7)?;
/// let taken = |wanted: i64| -> Result<bool, Box<dyn std::error::Error>> {
///     let found = witnesses.all.iter().find(|witness| witness.value == wanted);
///     Ok(judge.accepts(&witnesses.seats[0], &found.ok_or("no such witness")?.value)?)
/// };
/// assert_eq!((taken(0)?, taken(1)?, taken(9)?, taken(10)?), (false, true, true, false));
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// The document is not OpenAPI 3.0, or a schema in it cannot be translated or compiled.
pub fn witnesses<'d>(
    document: &'d Document,
    judge: &Judge<'d>,
    seed: u64,
) -> Result<Witnesses, ContractError> {
    judged(document, judge, seed).map(|(witnesses, _)| witnesses)
}

/// The same, and which of them the judge accepts.
pub(super) fn judged<'d>(
    document: &'d Document,
    judge: &Judge<'d>,
    seed: u64,
) -> Result<(Witnesses, Vec<bool>), ContractError> {
    let seats = Outline::of(document)?.seats();
    let mut witnesses = Witnesses::default();
    let mut accepted = Vec::new();
    for (index, seat) in seats.iter().enumerate() {
        let (walked, mut made) = of_place(document, judge, seat, index, seed)?;
        if made.is_empty() {
            witnesses.unmade.push(index);
        }
        accepted.extend(fill::fill(judge, seat, seed, walked, &mut made)?);
        witnesses.all.extend(made);
    }
    witnesses.seats = seats;
    Ok((witnesses, accepted))
}

/// Makes the witnesses of one place. Their `seat` says nothing.
pub(super) fn of_seat<'d>(
    document: &'d Document,
    judge: &Judge<'d>,
    seat: &Seat,
    seed: u64,
) -> Result<Vec<Witness>, ContractError> {
    Ok(of_place(document, judge, seat, 0, seed)?.1)
}

/// And how many of them have one change.
fn of_place<'d>(
    document: &'d Document,
    judge: &Judge<'d>,
    seat: &Seat,
    index: usize,
    seed: u64,
) -> Result<(usize, Vec<Witness>), ContractError> {
    let mut made = Vec::new();
    walk::seat(document, judge, seat, index, &mut made)?;
    let walked = made.len();
    let mixed = walk::mixed(&made, index, seed, MOST_MIXED);
    made.extend(mixed);
    Ok((walked, made))
}
