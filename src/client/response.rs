//! A successful answer: the value, what was odd about it, and how it came.

use std::ops::Deref;

use super::{Nonconformance, RawResponse, RequestId};

/// What an operation answered. Dereferences to the value.
#[derive(Debug, Clone)]
pub struct Response<T> {
    pub(crate) value: T,
    pub(crate) nonconformances: Vec<Nonconformance>,
    pub(crate) raw: RawResponse,
    pub(crate) request_id: RequestId,
    pub(crate) attempts: u32,
}

impl<T> Response<T> {
    /// Returns the value alone.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.value
    }

    /// Returns the same answer with another value made of this one.
    #[must_use]
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Response<U> {
        Response {
            value: change(self.value),
            nonconformances: self.nonconformances,
            raw: self.raw,
            request_id: self.request_id,
            attempts: self.attempts,
        }
    }

    /// Returns where the answer departs from the contract. The values themselves are kept in the value. A status that the
    /// operation does not declare, such as 202 for a status report, is a departure, too; its answer is read all the same.
    ///
    /// Not empty means that Flinks has changed something, or that a page was wrong: worth a look, not a failure. A client
    /// tells each such place once, too: see [`ClientBuilder::on_drift`](super::ClientBuilder::on_drift). Members that the
    /// contract does not know are no departure from it, and told there only; unless one had to be left out of the value.
    #[must_use]
    pub fn nonconformances(&self) -> &[Nonconformance] {
        &self.nonconformances
    }

    /// Returns the answer as it came.
    #[must_use]
    pub fn raw(&self) -> &RawResponse {
        &self.raw
    }

    /// Returns the id that this client gave the call. It is not sent.
    #[must_use]
    pub fn request_id(&self) -> RequestId {
        self.request_id
    }

    /// Returns how many requests of the operation were sent for it; more than one where the client retried.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}
