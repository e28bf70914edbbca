//! Bearer tokens: issued, checked, spent on a create.

use std::collections::HashMap;
use std::fmt;
use std::time::{Duration, Instant};

use super::chance::Chance;
use super::state::form::{Moments, TokenForm, TokensForm};

/// A token that has been issued. What it looks like is the key of the map that it stands in.
struct Token {
    /// Counts from 1, in the order of issue.
    number: u64,
    client: usize,
    expires: Instant,
    spent: bool,
    revoked: bool,
}

/// What is known of a token that is live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Live {
    /// The index of the client that it was issued to.
    pub(super) client: usize,
    /// Whether it has created a session already.
    pub(super) spent: bool,
}

/// Every token that may still be live.
#[derive(Default)]
pub(super) struct Tokens {
    by_text: HashMap<String, Token>,
    issued: u64,
    /// Counts what has become of them.
    changes: u64,
    /// How many there may be before those that have expired are dropped.
    room: usize,
}

/// The fewest tokens that are kept before anything is dropped.
const LEAST_ROOM: usize = 1024;

impl Tokens {
    /// Issues a token; returns its text and its number.
    pub(super) fn issue(
        &mut self,
        client: usize,
        lifetime: Duration,
        now: Instant,
        chance: &mut Chance,
    ) -> (String, u64) {
        if self.by_text.len() >= self.room.max(LEAST_ROOM) {
            self.by_text.retain(|_, token| now < token.expires);
            self.room = 2 * self.by_text.len();
        }
        self.issued += 1;
        self.changes += 1;
        let text = chance.uuid().simple().to_string();
        let token = Token {
            number: self.issued,
            client,
            expires: now.checked_add(lifetime).unwrap_or(now),
            spent: false,
            revoked: false,
        };
        self.by_text.insert(text.clone(), token);
        (text, self.issued)
    }

    /// Returns what is known of a token, unless it is unknown, was revoked or has expired. In the second in which its lifetime is over it
    /// has expired.
    pub(super) fn live(&self, text: &str, now: Instant) -> Option<Live> {
        let token = self
            .by_text
            .get(text)
            .filter(|token| now < token.expires && !token.revoked)?;
        Some(Live {
            client: token.client,
            spent: token.spent,
        })
    }

    /// Notes that a token has created a session.
    pub(super) fn spend(&mut self, text: &str) {
        if let Some(token) = self.by_text.get_mut(text) {
            token.spent = true;
            self.changes += 1;
        }
    }

    /// Revokes a token: it is live no more. Returns whether there is such a token.
    pub(super) fn revoke(&mut self, text: &str) -> bool {
        let token = self.by_text.get_mut(text);
        let known = token.is_some();
        if let Some(token) = token {
            token.revoked = true;
            self.changes += 1;
        }
        known
    }

    /// Revokes every token of a client: a [defect](super::defect).
    pub(super) fn revoke_all_of(&mut self, client: usize) {
        let tokens = self.by_text.values_mut();
        for token in tokens.filter(|token| token.client == client) {
            token.revoked = true;
            self.changes += 1;
        }
    }

    /// A number that is another one after every change.
    pub(super) fn changes(&self) -> u64 {
        self.changes
    }

    /// What a state file says of them.
    pub(super) fn kept(&self, moments: &Moments) -> TokensForm<'_> {
        let mut tokens: Vec<TokenForm> = self
            .by_text
            .iter()
            .map(|(text, token)| TokenForm {
                number: token.number,
                text: text.into(),
                client: token.client,
                expires: moments.number(token.expires),
                spent: token.spent,
                revoked: token.revoked,
            })
            .collect();
        tokens.sort_unstable_by_key(|token| token.number);
        TokensForm {
            issued: self.issued,
            tokens,
        }
    }

    /// Those of a state file. `client` finds who a client of that file is here.
    pub(super) fn resumed(
        form: TokensForm<'_>,
        moments: &Moments,
        client: impl Fn(usize) -> Option<usize>,
    ) -> Option<Self> {
        let mut tokens = Self {
            issued: form.issued,
            ..Self::default()
        };
        for it in form.tokens {
            let token = Token {
                number: it.number,
                client: client(it.client)?,
                expires: moments.instant(it.expires)?,
                spent: it.spent,
                revoked: it.revoked,
            };
            tokens.by_text.insert(it.text.into_owned(), token);
        }
        Some(tokens)
    }

    /// How many there are, revoked and expired ones included.
    pub(super) fn count(&self) -> usize {
        self.by_text.len()
    }

    /// Returns the number of a token, also after it has expired, for the journal.
    pub(super) fn number(&self, text: &str) -> Option<u64> {
        self.by_text.get(text).map(|token| token.number)
    }
}

/// The texts stay out of it.
impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens")
            .field("issued", &self.issued)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn expired_tokens_are_dropped_so_that_issuing_them_for_ever_takes_no_memory() {
        let mut tokens = Tokens::default();
        let mut chance = Chance::new(None);
        let start = Instant::now();
        for second in 0..10 * LEAST_ROOM as u64 {
            tokens.issue(
                0,
                Duration::from_secs(1),
                start + Duration::from_secs(second),
                &mut chance,
            );
        }
        assert!(
            tokens.by_text.len() <= LEAST_ROOM,
            "{}",
            tokens.by_text.len()
        );
        assert_eq!(tokens.issued, 10 * LEAST_ROOM as u64);
    }

    #[test]
    fn live_tokens_are_kept_however_many_there_are() {
        let mut tokens = Tokens::default();
        let mut chance = Chance::new(None);
        let now = Instant::now();
        let texts: Vec<String> = (0..3 * LEAST_ROOM)
            .map(|_| tokens.issue(7, Duration::from_secs(1), now, &mut chance).0)
            .collect();
        assert!(
            texts
                .iter()
                .all(|text| tokens.live(text, now).unwrap().client == 7)
        );
    }
}
