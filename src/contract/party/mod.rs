//! What this crate makes of a value.

mod answers;
mod requests;
mod server;
mod webhooks;

use serde_json::Value;

use answers::Answers;
pub use server::{Server, ServerError};

use super::{ContractError, Seat, SeatPart};
use crate::client::Nonconformance;

/// What this crate makes of a value.
#[derive(Debug, Clone, PartialEq)]
pub enum Opinion {
    /// It is one that the crate sends, or reads without a remark.
    Takes,
    /// It is taken for another one that means the same, and that one is sent.
    Writes(Value),
    /// It is read, and these places are told to be odd.
    Remarks(Vec<Remark>),
    /// It is not sent, or not read.
    Refuses(Vec<Remark>),
}

/// What is held against a value, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Remark {
    /// The part of the value: a path such as `payor.email`, or a JSON pointer in an answer.
    pub at: String,
    /// The id of the rule, or the keyword.
    pub rule: String,
}

impl Remark {
    /// What a client or a verifier of webhooks says.
    fn of(odd: &Nonconformance) -> Self {
        Self {
            at: odd.pointer().to_owned(),
            rule: odd.keyword().to_owned(),
        }
    }
}

impl Opinion {
    /// Of what was read.
    fn of(odd: &[Nonconformance]) -> Self {
        if odd.is_empty() {
            Self::Takes
        } else {
            Self::Remarks(odd.iter().map(Remark::of).collect())
        }
    }

    /// Whether nothing is held against the value.
    #[must_use]
    pub fn takes(&self) -> bool {
        matches!(self, Self::Takes)
    }
}

/// One that is asked for its opinion of values.
pub trait Party {
    /// What it makes of a value that would travel there. Nothing where it has no opinion.
    fn opinion(&self, seat: &Seat, value: &Value) -> Option<Opinion>;
}

impl Party for Facade {
    fn opinion(&self, seat: &Seat, value: &Value) -> Option<Opinion> {
        Facade::opinion(self, seat, value)
    }
}

/// An error of whatever a party is made of.
pub(in crate::contract) type Cause = Box<dyn std::error::Error + Send + Sync>;

/// This crate, as one that is asked for its opinion.
#[derive(Debug)]
pub struct Facade {
    answers: Answers,
}

impl Facade {
    /// The crate as it is built.
    ///
    /// # Errors
    ///
    /// Its client cannot be built.
    pub fn new() -> Result<Self, ContractError> {
        Ok(Self {
            answers: Answers::new().map_err(ContractError::Setup)?,
        })
    }

    /// Asks for its opinion of a value that would travel there. Nothing where the crate has none: it knows neither the
    /// operation nor the part.
    #[must_use]
    pub fn opinion(&self, seat: &Seat, value: &Value) -> Option<Opinion> {
        match &seat.part {
            SeatPart::Body { .. } if !seat.written => webhooks::body(&seat.operation, value),
            SeatPart::Body { .. } => requests::body(&seat.operation, value),
            SeatPart::Parameter { name, .. } if !seat.written => webhooks::parameter(name, value),
            SeatPart::Parameter { name, .. } => requests::parameter(name, value),
            SeatPart::Answer { status, .. } => {
                self.answers
                    .opinion(&seat.operation, status.parse().ok()?, value)
            }
        }
    }
}
