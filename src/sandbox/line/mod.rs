//! The lines that callers come by: the listener, which can refuse them, and each connection, which can be broken.

mod connection;
mod door;

pub(super) use connection::{Ending, Wire};
pub(super) use door::{Door, Porter};
