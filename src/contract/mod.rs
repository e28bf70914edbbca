//! The contract suite: what a contract accepts, what this crate makes of it, and what a server does.
//!
//! One document says what may travel. Three parties have an opinion on every value: the judge, which is a JSON Schema validator
//! reading the document; the facade, which is this crate's types and decoding; and a server, which is the
//! [sandbox](crate::sandbox) or any other. The suite makes values on the boundary of every constraint, asks all three, and says
//! where they differ.
//!
//! Entry points: [`Outline`] for what a document offers, [`witness::witnesses`] for values on its boundaries.

mod compare;
mod error;
mod judge;
pub mod mutation;
mod outline;
pub mod party;
mod suite;
pub mod witness;

pub use compare::{Agreement, Rules};
pub use error::ContractError;
pub use judge::Judge;
pub use outline::{
    AnswerOutline, BodyOutline, OperationOutline, Outline, ParameterOutline, SchemeOutline, Seat,
    SeatPart,
};
pub use suite::{Difference, Report, Suite, SuiteError, Tally};
