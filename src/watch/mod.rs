//! Waiting for how sessions come out, on the [`Clock`](crate::clock::Clock) of the client and with nothing else than its
//! reads: no task, no thread, no timer of its own.
//!
//! [`Client::wait`](crate::Client::wait) waits for one session and returns how it [`Settled`].
//! [`Client::watch`](crate::Client::watch) is the same as a stream of [`Progress`], and reads the details as well. Both follow a [`WaitPolicy`]: at once, then
//! every 30 seconds, which is what Flinks asks for (S0).
//!
//! [`Client::reconcile`](crate::Client::reconcile) asks once for each of many sessions. Flinks sends each session event once
//! and sends none for a session that expires (WST), so whoever lives by webhooks needs a job that asks for those that have
//! stayed silent.
//!
//! # What a failed read means
//!
//! | Failure | While waiting |
//! |---|---|
//! | no connection, no answer in time, a broken connection, 408, 429, 5xx | told as [`Progress::Trouble`], the wait goes on |
//! | an answer that cannot be read: not what the contract says, too long, compressed, or with a status that nothing stands for | the same: more often than not it is a proxy's |
//! | 404, 405 or 501 of the status operation | the details are read instead: EFT V2 has no page for the status (EIDX). If they are there, the wait goes on with them |
//! | 404 of both | the end: [`WaitErrorKind::Gone`] |
//! | 401 after a new token, 403, an answer about another session, anything else | the end |
//!
//! A status that has answered before and does not for one look is asked for again at the next one. Details need not have a
//! code (S1), and then the status is asked as well. `Completed` without a code is taken for the end when three looks in a row
//! say no more than that: the code, which may come later, tells whether a debit is scheduled.
//!
//! Each read is one attempt, and a second one with a token after a 401: the next look is what follows a failure, at the pace of
//! the wait. Tokens are fetched as always, by the client's own [table](crate::client::RETRY_TABLE).

mod error;
mod look;
mod one;
mod policy;
mod progress;
mod reconcile;

pub use self::error::{WaitError, WaitErrorKind};
pub use self::one::Watch;
pub use self::policy::WaitPolicy;
pub use self::progress::{Progress, Settled};
pub use self::reconcile::{Found, Reconcile, ReconcilePolicy, Reconciled};
