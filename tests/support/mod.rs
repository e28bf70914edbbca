//! Shared by the test programs; each uses a part.
#![allow(dead_code, missing_docs, unreachable_pub)]

pub mod calls;
pub mod http1;
pub mod moved;
pub mod reset;
pub mod scripted;
pub mod table;
pub mod trace;
