//! `authorize`: credentials for a token.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;

use super::answer::Answer;
use super::exchange::Arrived;
use super::media_type;
use crate::clock::Clock;
use crate::domain::rules::CREDENTIALS_IN_ONE_PLACE;
use crate::sandbox::defect::{self, Defect, Planted};
use crate::sandbox::profile::choices::CredentialsTaken;
use crate::sandbox::world::{Core, World};
use crate::session::Operation;

/// The three fields of the form, each at most once.
#[derive(Debug, Default)]
#[expect(clippy::struct_field_names, reason = "the names of the form")]
struct Grant {
    grant_type: Option<String>,
    username: Option<String>,
    password: Option<String>,
}

pub(super) async fn authorize(
    State(core): State<Arc<Core>>,
    headers: HeaderMap,
    Extension(arrived): Extension<Arrived>,
) -> Answer {
    answer(&core, &headers, &arrived).shaped(&core, Operation::Authorize)
}

fn answer(core: &Core, headers: &HeaderMap, arrived: &Arrived) -> Answer {
    let planted = core.settings.planted;
    let invalid = |why| Answer::error(StatusCode::BAD_REQUEST, "invalid_request", why);
    let is_form = media_type::is(headers, media_type::FORM);
    if !defect::admission::media_type(planted, headers, is_form) {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return Answer::error(
            status,
            "invalid_request",
            "application/x-www-form-urlencoded is expected",
        );
    }
    let grant = match Grant::read(&arrived.bytes, planted) {
        Ok(grant) => grant,
        Err(why) => return invalid(why),
    };
    match grant.grant_type.as_deref() {
        Some("client_credentials") => {}
        Some(_) if planted.is(Defect::AnyGrantTaken) => {}
        Some(_) => {
            let why = "grant_type must be client_credentials";
            return Answer::error(StatusCode::BAD_REQUEST, "unsupported_grant_type", why);
        }
        None => return invalid("grant_type is missing"),
    }
    let by_form = grant.username.is_some() || grant.password.is_some();
    if let Some(why) = untaken(core.settings.profile.credentials, headers, by_form) {
        return Answer::error(StatusCode::UNAUTHORIZED, "invalid_client", why);
    }
    let (id, secret) = match (headers.get(header::AUTHORIZATION), by_form) {
        (Some(_), true) if !planted.is(Defect::CredentialsInBothPlaces) => {
            return invalid("credentials by HTTP Basic or in the form, not both")
                .breaks(&CREDENTIALS_IN_ONE_PLACE);
        }
        (Some(value), false) => basic(value.to_str().unwrap_or_default()).unwrap_or_default(),
        (None, _) | (Some(_), true) => (
            grant.username.unwrap_or_default(),
            grant.password.unwrap_or_default(),
        ),
    };
    let client = core.settings.clients.iter().position(|client| {
        (client.id.expose() == id && client.secret.expose() == secret)
            || defect::tokens::is_taken_for(planted, client, &id, &secret)
    });
    let Some(client) = client else {
        return Answer::error(
            StatusCode::UNAUTHORIZED,
            "invalid_client",
            "the credentials are wrong",
        );
    };
    let lifetime = core.settings.token_lifetime;
    let mut world = core.world();
    let World { tokens, chance, .. } = &mut *world;
    defect::tokens::issuing(planted, tokens, client);
    let lives = defect::tokens::lifetime(planted, lifetime);
    let (token, number) = tokens.issue(client, lives, core.clock.now(), chance);
    let body =
        json!({ "access_token": token, "token_type": "bearer", "expires_in": lifetime.as_secs() });
    Answer::of(StatusCode::OK, &body).with(Some(format!("token#{number}")))
}

impl Grant {
    fn read(bytes: &[u8], planted: Planted) -> Result<Self, &'static str> {
        let mut grant = Self::default();
        for (name, value) in url::form_urlencoded::parse(bytes) {
            let field = match name.as_ref() {
                "grant_type" => &mut grant.grant_type,
                "Username" => &mut grant.username,
                "Password" => &mut grant.password,
                _ if planted.is(Defect::UnknownFieldsTaken) => continue,
                _ => return Err("only grant_type, Username and Password are expected"),
            };
            if field.replace(value.into_owned()).is_some() {
                return Err("a field is given twice");
            }
        }
        Ok(grant)
    }
}

/// Why credentials are not taken that come in this way, right as they may be.
fn untaken(taken: CredentialsTaken, headers: &HeaderMap, by_form: bool) -> Option<&'static str> {
    let by_header = headers.contains_key(header::AUTHORIZATION);
    match taken {
        CredentialsTaken::ApiKey => Some("an API key is expected with each call, and no token"),
        CredentialsTaken::Basic if by_form => Some("credentials by HTTP Basic are expected"),
        CredentialsTaken::Form if by_header => Some("credentials in the form are expected"),
        _ => None,
    }
}

/// Id and secret of `Basic <base64>`: the id ends at the first colon (RFC 7617).
fn basic(authorization: &str) -> Option<(String, String)> {
    let (scheme, encoded) = authorization.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = String::from_utf8(BASE64_STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = pair.split_once(':')?;
    Some((id.to_owned(), secret.to_owned()))
}
