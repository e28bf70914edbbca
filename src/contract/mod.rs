//! The contract suite: what a contract accepts, what this crate makes of it, and what a server does.
//!
//! One document says what may travel. Three parties have an opinion on every value: the judge, which is a JSON Schema validator
//! reading the document; the facade, which is this crate's types and decoding; and a server, which is the
//! [sandbox](crate::sandbox) or any other. The suite makes values on the boundary of every constraint, asks all three, and says
//! where they differ.
//!
//! ```
//! use flinks_pay::contract::Suite;
//! use flinks_pay::contract::party::Facade;
//! use flinks_pay::spec::Document;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let contract = Document::read("openapi/flinks-pay.yaml".as_ref())?;
//! let report = Suite::of(&contract, 7)?.ask_facade(&Facade::new()?)?;
//! assert!(report.asked() > 10_000 && report.differences.is_empty());
//! # Ok(())
//! # }
//! ```
//!
//! Entry points: [`Suite`] for all of it, [`Outline`] for what a document offers, [`witness::witnesses`] for values on its
//! boundaries, and [`mutation`] for how much of a contract somebody would notice the change of.

mod compare;
mod error;
mod examine;
mod exchange;
mod judge;
mod line;
pub mod mutation;
mod obligation;
mod outline;
pub mod party;
mod reference;
mod remarks;
pub mod run;
mod suite;
pub mod tour;
pub mod witness;

pub use compare::{Agreement, Rules};
pub use error::ContractError;
pub use examine::Examiner;
pub use examine::finding::{Finding, Part, Side, Verdict};
pub use exchange::{Exchange, Sender};
pub use judge::Judge;
pub use obligation::waiver::{StaleWaiver, Waiver, WaiverError, Waivers};
pub use obligation::{Obligation, Obligations};
pub use outline::{
    AnswerOutline, BodyOutline, OperationOutline, Outline, ParameterOutline, SchemeOutline, Seat,
    SeatPart,
};
pub use suite::{Difference, Report, Suite, SuiteError, Tally};
