//! What goes wrong on demand: rules that say which call meets which fault.
//!
//! A [`FaultRule`] names the calls that it looks at (operations, one session), a [`Trigger`] that says which of those meet a
//! fault, and the [`Fault`] itself. Rules are asked in the order in which they were added, and the first that has a fault for
//! a call has the last word: those behind it do not see the call.
//!
//! The rules are the documents of the control API as well, so what another process sends is what a Rust test builds.

mod bomb;
mod change;
mod check;
pub(super) mod kind;
pub(super) mod ledger;
pub(super) mod rule;

pub(super) use bomb::Bomb;
pub(super) use change::Change;
pub(super) use check::Flaw;
pub(super) use kind::{Fault, RefusalShape, RetryAfter};
pub(super) use ledger::{FaultList, FaultMet, FaultStanding, Faults, Hit};
pub(super) use rule::FaultRule;
