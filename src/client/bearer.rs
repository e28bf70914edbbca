//! The header that a token is sent in, made once for the calls that share it.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::HeaderValue;
use http::header::InvalidHeaderValue;

use crate::domain::AccessToken;

/// The token that was sent last, and its header: until another one is sent, or this one is refused.
#[derive(Default)]
pub(crate) struct Bearer(Mutex<Option<(AccessToken, HeaderValue)>>);

impl Bearer {
    /// Returns the token's header, which is marked sensitive.
    pub(crate) fn of(&self, token: &AccessToken) -> Result<HeaderValue, InvalidHeaderValue> {
        if let Some((held, header)) = &*self.last()
            && is_same(held.expose(), token.expose())
        {
            return Ok(header.clone());
        }
        let mut header = HeaderValue::try_from(format!("Bearer {}", token.expose()))?;
        header.set_sensitive(true);
        *self.last() = Some((token.clone(), header.clone()));
        Ok(header)
    }

    /// Gives up the header of a token that the server does not accept.
    pub(crate) fn forget(&self, token: &AccessToken) {
        let mut last = self.last();
        if last
            .as_ref()
            .is_some_and(|(held, _)| held.expose() == token.expose())
        {
            *last = None;
        }
    }

    fn last(&self) -> MutexGuard<'_, Option<(AccessToken, HeaderValue)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Mostly it is the very same text, and then it need not be read.
fn is_same(one: &str, other: &str) -> bool {
    std::ptr::eq(one, other) || one == other
}

impl fmt::Debug for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bearer")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn token(text: &str) -> AccessToken {
        AccessToken::new(text).unwrap()
    }

    #[test]
    fn every_token_has_its_own_header_whichever_came_before() {
        let bearer = Bearer::default();
        for text in ["one", "one", "other", "one"] {
            let header = bearer.of(&token(text)).unwrap();
            assert_eq!(header.as_bytes(), format!("Bearer {text}").as_bytes());
            assert!(header.is_sensitive());
        }
        assert_eq!(format!("{bearer:?}"), "Bearer");
    }

    #[test]
    fn a_header_is_given_up_with_its_token_and_with_no_other() {
        let bearer = Bearer::default();
        bearer.of(&token("one")).unwrap();
        bearer.forget(&token("other"));
        assert!(bearer.last().is_some());
        bearer.forget(&token("one"));
        assert!(bearer.last().is_none());
    }
}
