//! Who calls, and for how long.

use std::time::Duration;

use axum::http::{HeaderMap, header};

use super::{Defect, Planted};
use crate::sandbox::http::caller::{Caller, Calling};
use crate::sandbox::settings::ApiClient;
use crate::sandbox::token::Tokens;
use crate::session::Operation;

/// How long a token lives of which so much is said.
pub(in crate::sandbox) fn lifetime(planted: Planted, said: Duration) -> Duration {
    const SECOND: Duration = Duration::from_secs(1);
    match planted.get() {
        Some(Defect::TokensNeverExpire) => Duration::from_secs(100 * 365 * 24 * 60 * 60),
        Some(Defect::TokensExpireAtOnce) => Duration::ZERO,
        Some(Defect::TokensExpireEarly) => said.saturating_sub(SECOND),
        Some(Defect::TokensExpireLate) => said + SECOND,
        _ => said,
    }
}

/// Who the caller is taken for.
pub(in crate::sandbox) fn calling(
    planted: Planted,
    operation: Operation,
    headers: &HeaderMap,
    calling: Calling,
) -> Calling {
    let Some(defect) = planted.get() else {
        return calling;
    };
    let authorization = headers.get(header::AUTHORIZATION);
    let authorization = authorization.and_then(|value| value.to_str().ok());
    let begins = |scheme| authorization.is_some_and(|it| it.starts_with(scheme));
    let first = || {
        Calling::Known(Caller {
            client: 0,
            token: None,
            spent: false,
        })
    };
    match (defect, calling) {
        (Defect::AnyTokenTaken, Calling::Unknown) if begins("Bearer ") => first(),
        (Defect::BasicTakenForToken, Calling::Unknown) if begins("Basic ") => first(),
        (Defect::CreatesWithoutToken, Calling::Nobody) if operation == Operation::CreateSession => {
            first()
        }
        (Defect::ReadsDetailsWithoutToken, Calling::Nobody)
            if operation == Operation::GetSessionDetails =>
        {
            first()
        }
        (Defect::CancelsWithoutToken, Calling::Nobody) if operation == Operation::CancelSession => {
            first()
        }
        (Defect::RefusesLowerCaseScheme, Calling::Known(_)) if begins("bearer ") => {
            Calling::Unknown
        }
        (Defect::ClientsAreOne, Calling::Known(caller)) => Calling::Known(Caller {
            client: 0,
            ..caller
        }),
        (Defect::TokenCreatesTwice, Calling::Known(caller)) => Calling::Known(Caller {
            spent: false,
            ..caller
        }),
        (_, calling) => calling,
    }
}

/// Whether a client of this id and this secret is the one, though it is not.
pub(in crate::sandbox) fn is_taken_for(
    planted: Planted,
    client: &ApiClient,
    id: &str,
    secret: &str,
) -> bool {
    match planted.get() {
        Some(Defect::AnySecretTaken) => client.id.expose() == id,
        Some(Defect::AnyClientTaken) => client.secret.expose() == secret,
        _ => false,
    }
}

/// Before a create of a caller is looked at.
pub(in crate::sandbox) fn admitted(planted: Planted, tokens: &mut Tokens, caller: &Caller) {
    if let (true, Some(token)) = (planted.is(Defect::TokenSpentByRefusal), &caller.token) {
        tokens.spend(token);
    }
}

/// Before a client gets a token.
pub(in crate::sandbox) fn issuing(planted: Planted, tokens: &mut Tokens, client: usize) {
    if planted.is(Defect::NewTokenRevokesOlder) {
        tokens.revoke_all_of(client);
    }
}
