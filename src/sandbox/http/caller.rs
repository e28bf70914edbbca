//! Who calls: a bearer token, an API key, or nobody.

use axum::http::{HeaderMap, HeaderName, header};

use crate::clock::Clock;
use crate::domain::ApiKey;
use crate::sandbox::defect;
use crate::sandbox::profile::choices::CredentialsTaken;
use crate::sandbox::world::{Core, World};
use crate::session::Operation;

const API_KEY: HeaderName = HeaderName::from_static("x-api-key");
const CLIENT_ID: HeaderName = HeaderName::from_static("x-client-id");

/// A caller that the sandbox knows.
#[derive(Debug)]
pub(in crate::sandbox) struct Caller {
    /// The index of the client.
    pub(in crate::sandbox) client: usize,
    /// The token that the call was made with; none with an API key.
    pub(in crate::sandbox) token: Option<String>,
    /// Whether that token has created a session.
    pub(in crate::sandbox) spent: bool,
}

/// Who the caller turned out to be.
#[derive(Debug)]
pub(in crate::sandbox) enum Calling {
    Known(Caller),
    /// Credentials that are wrong, expired, or not of a kind that is taken here.
    Unknown,
    /// None were given.
    Nobody,
}

/// Who makes a call of an operation, and what the journal calls the credentials.
pub(super) fn calling(
    core: &Core,
    world: &World,
    operation: Operation,
    headers: &HeaderMap,
) -> (Calling, Option<String>) {
    let (calling, credential) = read(core, world, headers);
    let planted = core.settings.planted;
    (
        defect::tokens::calling(planted, operation, headers, calling),
        credential,
    )
}

fn read(core: &Core, world: &World, headers: &HeaderMap) -> (Calling, Option<String>) {
    let text = |name: &HeaderName| {
        headers
            .get(name)
            .map(|value| value.to_str().unwrap_or_default())
    };
    let unknown = || (Calling::Unknown, Some("unknown".to_owned()));
    if let Some(authorization) = text(&header::AUTHORIZATION) {
        let Some(token) = bearer(authorization) else {
            return unknown();
        };
        let number = world
            .tokens
            .number(token)
            .map(|number| format!("token#{number}"));
        return match world.tokens.live(token, core.clock.now()) {
            Some(live) => {
                let caller = Caller {
                    client: live.client,
                    token: Some(token.to_owned()),
                    spent: live.spent,
                };
                (Calling::Known(caller), number)
            }
            None => (
                Calling::Unknown,
                number.or_else(|| Some("unknown".to_owned())),
            ),
        };
    }
    let (key, id) = (text(&API_KEY), text(&CLIENT_ID));
    if key.is_none() && id.is_none() {
        return (Calling::Nobody, None);
    }
    let taken = core.settings.profile.credentials;
    if !matches!(taken, CredentialsTaken::All | CredentialsTaken::ApiKey) {
        return unknown();
    }
    let client = core.settings.clients.iter().position(|client| {
        client.api_key.as_ref().map(ApiKey::expose) == key
            && key.is_some()
            && Some(client.id.expose()) == id
    });
    match client {
        Some(client) => {
            let caller = Caller {
                client,
                token: None,
                spent: false,
            };
            (Calling::Known(caller), Some("api-key".to_owned()))
        }
        None => unknown(),
    }
}

/// The token that a call is made with, right or wrong.
pub(super) fn token(headers: &HeaderMap) -> Option<&str> {
    bearer(headers.get(header::AUTHORIZATION)?.to_str().ok()?)
}

/// The token of `Bearer <token>`; the scheme in either case (RFC 9110, section 11.1).
fn bearer(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}
