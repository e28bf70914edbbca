//! Shared by the test programs; each uses a part.
#![allow(dead_code, missing_docs, unreachable_pub)]

pub mod scripted;
