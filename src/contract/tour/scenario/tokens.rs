//! Tokens, and who gets one.

use http::header::AUTHORIZATION;
use http::{HeaderValue, Method};
use serde_json::json;

use super::samples;
use crate::client::Scheme;
use crate::contract::line::{Raw, sensitive};
use crate::contract::tour::report::Basis;
use crate::contract::tour::scene::{self, API_KEY, CLIENT_ID, Course, Scene, Stop, Who};
use crate::sandbox::{CredentialsTaken, TokenUse};
use crate::session::Operation;

const TRANSPORT: Basis = Basis::Deviation("credentials-transport");
const TOKEN: Basis = Basis::Contract("#/components/schemas/Token");
const REFUSED: Basis = Basis::Contract("#/paths/~1api~1v1~1authorize/post/responses/401");
const MALFORMED: Basis = Basis::Contract("#/paths/~1api~1v1~1authorize/post/responses/400");
const AUTHORIZE: Operation = Operation::Authorize;

/// Whether credentials are taken in the form, or in the header.
fn takes(scene: &Scene, by_form: bool) -> bool {
    match scene.profile().credentials {
        CredentialsTaken::Basic => !by_form,
        CredentialsTaken::Form => by_form,
        CredentialsTaken::ApiKey => false,
        _ => true,
    }
}

pub(super) async fn given(scene: &mut Scene) -> Result<(), Stop> {
    let mut before = String::new();
    for by_form in [false, true, false, true] {
        let credentials = scene.course.credentials(false);
        let raw = Course::grant(credentials, by_form).ok_or(Stop::Unmet)?;
        let answer = scene.send(raw).await?;
        let way = if by_form {
            "in the form"
        } else {
            "by HTTP Basic"
        };
        if !takes(scene, by_form) {
            let says = format!("credentials {way} are not taken");
            scene.refused(&answer, AUTHORIZE, 401, says, TRANSPORT);
            continue;
        }
        let says = format!("credentials {way} are taken");
        scene.holds(&answer, says, TRANSPORT, answer.status() == 200);
        let token = answer.text("/access_token").to_owned();
        scene.holds(
            &answer,
            "an access token is given",
            TOKEN,
            !token.is_empty(),
        );
        scene.holds(&answer, "each token is another one", TOKEN, token != before);
        let kind = answer.text("/token_type").eq_ignore_ascii_case("bearer");
        scene.holds(&answer, "a token is a bearer token", TOKEN, kind);
        let seconds = scene.profile().token_lifetime.duration().as_secs();
        let says = format!("a token lives {seconds} seconds");
        let lifetime = Basis::Deviation("token-lifetime");
        scene.is(&answer, "/expires_in", seconds, says, lifetime);
        before = token;
    }
    spelled_otherwise(scene, &before).await
}

/// What HTTP has no letter case for, and what it lets stand behind a media type.
async fn spelled_otherwise(scene: &mut Scene, token: &str) -> Result<(), Stop> {
    if token.is_empty() {
        return Ok(());
    }
    let credentials = scene.course.credentials(false);
    let by_form = !takes(scene, false);
    let raw = Course::grant(credentials, by_form).ok_or(Stop::Unmet)?;
    let form = raw.body.clone();
    let raw = raw.body("Application/X-WWW-Form-Urlencoded; charset=utf-8", form);
    let answer = scene.send(raw).await?;
    let says = "a media type is taken in any letter case and with a parameter";
    scene.holds(&answer, says, Basis::Http, answer.status() == 200);
    let bearer = sensitive(&format!("bearer {token}")).map_err(|_| Stop::Unmet)?;
    let raw = scene::raw(Operation::GetSessionStatus, NONE).header(AUTHORIZATION, bearer);
    let answer = scene.send(raw).await?;
    let says = "the scheme of a token is taken in any letter case";
    scene.holds(&answer, says, Basis::Http, answer.status() == 404);
    Ok(())
}

/// An id that no server has drawn: nothing in it is random.
const NONE: &str = "00000000-0000-4000-8000-000000000000";

pub(super) async fn withheld(scene: &mut Scene) -> Result<(), Stop> {
    let (Scheme::Basic { id, secret } | Scheme::Form { id, secret }) =
        scene.course.credentials(false).0.clone()
    else {
        return Err(Stop::Unmet);
    };
    let (id, secret) = (id.expose(), secret.expose());
    let wrong = [
        ("a wrong secret", id.to_owned(), "not-the-secret".to_owned()),
        ("a secret that goes on", id.to_owned(), format!("{secret}x")),
        (
            "a secret that ends early",
            id.to_owned(),
            secret.chars().take(secret.chars().count() - 1).collect(),
        ),
        ("a secret in another case", id.to_owned(), swapped(secret)),
        ("a wrong id", "nobody".to_owned(), secret.to_owned()),
        ("an id that goes on", format!("{id}x"), secret.to_owned()),
        (
            "id and secret the wrong way round",
            secret.to_owned(),
            id.to_owned(),
        ),
    ];
    for (what, id, secret) in wrong {
        let form = Course::form(&[
            ("grant_type", "client_credentials"),
            ("Username", &id),
            ("Password", &secret),
        ]);
        let answer = scene.send(form).await?;
        let says = format!("{what} in the form is refused");
        scene.refused(&answer, AUTHORIZE, 401, says, REFUSED);
        let grant = Course::form(&[("grant_type", "client_credentials")]);
        if let Some(value) = scene::basic(&id, &secret) {
            let answer = scene.send(grant.header(AUTHORIZATION, value)).await?;
            let says = format!("{what} by HTTP Basic is refused");
            scene.refused(&answer, AUTHORIZE, 401, says, REFUSED);
        }
    }
    let grant = || Course::form(&[("grant_type", "client_credentials")]);
    let nobody = scene.send(grant()).await?;
    let says = "no credentials are refused";
    scene.refused(&nobody, AUTHORIZE, 401, says, REFUSED);
    for value in ["Basic", "Basic !!!", "Basic bm9jb2xvbg==", "Bearer abc"] {
        let raw = grant().header(AUTHORIZATION, HeaderValue::from_static(value));
        let answer = scene.send(raw).await?;
        let says = format!("`{value}` is refused for a token");
        scene.refused(&answer, AUTHORIZE, 401, says, REFUSED);
    }
    Ok(())
}

fn swapped(text: &str) -> String {
    let swap = |c: char| {
        if c.is_ascii_lowercase() {
            c.to_ascii_uppercase()
        } else {
            c.to_ascii_lowercase()
        }
    };
    let swapped: String = text.chars().map(swap).collect();
    if swapped == text {
        format!("{text}a")
    } else {
        swapped
    }
}

pub(super) async fn malformed(scene: &mut Scene) -> Result<(), Stop> {
    let (Scheme::Basic { id, secret } | Scheme::Form { id, secret }) =
        scene.course.credentials(false).0.clone()
    else {
        return Err(Stop::Unmet);
    };
    let (id, secret) = (id.expose(), secret.expose());
    let whole = [
        ("grant_type", "client_credentials"),
        ("Username", id),
        ("Password", secret),
    ];
    let grants: [(&str, Vec<(&str, &str)>); 6] = [
        (
            "another grant",
            [[("grant_type", "password")].as_slice(), &whole[1..]].concat(),
        ),
        (
            "an empty grant",
            [[("grant_type", "")].as_slice(), &whole[1..]].concat(),
        ),
        ("no grant", whole[1..].to_vec()),
        (
            "an unknown field",
            [whole.as_slice(), &[("scope", "all")]].concat(),
        ),
        (
            "a grant that is given twice",
            [&whole[..1], whole.as_slice()].concat(),
        ),
        (
            "names in another case",
            vec![
                ("grant_type", "client_credentials"),
                ("username", id),
                ("password", secret),
            ],
        ),
    ];
    for (what, fields) in grants {
        let answer = scene.send(Course::form(&fields)).await?;
        let says = format!("{what} is refused");
        let at = Basis::Contract("#/components/schemas/AuthorizeRequest");
        scene.refused(&answer, AUTHORIZE, 400, says, at);
    }
    let both = Course::form(&whole);
    if let Some(value) = scene::basic(id, secret)
        && scene.profile().credentials == CredentialsTaken::All
    {
        let answer = scene.send(both.header(AUTHORIZATION, value)).await?;
        let says = "credentials in both places are refused";
        let rule = Basis::Rule("credentials-in-one-place");
        scene.refused(&answer, AUTHORIZE, 400, says, rule);
    }
    for half in [&whole[..2], &[whole[0], whole[2]]] {
        let answer = scene.send(Course::form(half)).await?;
        let says = "half of the credentials is refused";
        let rule = Basis::Rule("credentials-paired");
        let refused = [400, 401].contains(&answer.status());
        scene.holds(&answer, says, rule, refused);
    }
    let answer = scene.send(Course::form(&[])).await?;
    scene.holds(
        &answer,
        "no form at all is refused",
        MALFORMED,
        [400, 415].contains(&answer.status()),
    );
    let body = json!({ "grant_type": "client_credentials", "Username": id, "Password": secret });
    let raw = Raw::new(Method::POST, AUTHORIZE.path());
    let answer = scene
        .send(raw.body("application/json", body.to_string()))
        .await?;
    let says = "a grant as JSON is refused";
    scene.refused(&answer, AUTHORIZE, 415, says, Basis::Http);
    Ok(())
}

pub(super) async fn api_key(scene: &mut Scene) -> Result<(), Stop> {
    let course = std::sync::Arc::clone(&scene.course);
    let Some(credentials) = &course.tour.key else {
        return Err(Stop::Unmet);
    };
    let scheme = Basis::Deviation("credential-schemes");
    let taken = matches!(
        scene.profile().credentials,
        CredentialsTaken::All | CredentialsTaken::ApiKey
    );
    let body = samples::payment(12.5, "tour-key");
    let create =
        || scene::raw(Operation::CreateSession, "").body("application/json", body.to_string());
    let answer = scene.send(scene::with_key(create(), credentials)?).await?;
    if !taken {
        scene.refused(
            &answer,
            Operation::CreateSession,
            401,
            "an API key is not taken",
            scheme,
        );
        return Ok(());
    }
    let session = scene.created(&answer, &body)?;
    for operation in [Operation::GetSessionStatus, Operation::GetSessionDetails] {
        let raw = scene::with_key(scene::raw(operation, &session), credentials)?;
        let answer = scene.send(raw).await?;
        let says = format!("an API key is enough for {operation}");
        scene.holds(&answer, says, scheme, answer.status() == 200);
    }
    if let Scheme::ApiKey { key, id } = &credentials.0 {
        let value = |text: &str| HeaderValue::from_str(text).map_err(|_| Stop::Unmet);
        let raw = || scene::raw(Operation::GetSessionDetails, &session);
        let odd = [
            (
                "an API key alone",
                raw().header(API_KEY, value(key.expose())?),
            ),
            (
                "a client id alone",
                raw().header(CLIENT_ID, value(id.expose())?),
            ),
            (
                "a wrong API key",
                raw()
                    .header(API_KEY, value(&format!("{}x", key.expose()))?)
                    .header(CLIENT_ID, value(id.expose())?),
            ),
            (
                "an API key of another client",
                raw()
                    .header(API_KEY, value(key.expose())?)
                    .header(CLIENT_ID, HeaderValue::from_static("nobody")),
            ),
        ];
        for (what, raw) in odd {
            let answer = scene.send(raw).await?;
            let says = format!("{what} is refused");
            let at = Basis::Contract("#/components/securitySchemes/ApiClientId");
            scene.refused(&answer, Operation::GetSessionDetails, 401, says, at);
        }
    }
    let raw = scene::with_key(scene::raw(Operation::CancelSession, &session), credentials)?;
    let answer = scene.send(raw).await?;
    scene.ok(&answer, "an API key is enough to cancel", scheme);
    Ok(())
}

pub(super) async fn spent(scene: &mut Scene) -> Result<(), Stop> {
    let body = samples::payment(20.0, "tour-token");
    let token = scene.course.fresh(false).await?;
    let who = || Who::Bearer(token.clone());
    // A create that is refused does not spend it.
    let bad = samples::with(body.clone(), "/amount", json!(-1));
    let refused = scene
        .call(Operation::CreateSession, "", who(), Some(&bad))
        .await?;
    let at = Basis::Contract("#/components/schemas/Amount");
    scene.refused(
        &refused,
        Operation::CreateSession,
        400,
        "a negative amount is refused",
        at,
    );
    let first = scene
        .call(Operation::CreateSession, "", who(), Some(&body))
        .await?;
    let session = scene.created(&first, &body)?;
    let second = scene
        .call(Operation::CreateSession, "", who(), Some(&body))
        .await?;
    if scene.profile().token_use == TokenUse::Single {
        let says = "a token creates one session";
        let rule = Basis::Rule("token-per-create");
        scene.refused(&second, Operation::CreateSession, 401, says, rule);
    } else {
        let says = "a token creates more than one session";
        let basis = Basis::Deviation("token-reuse");
        scene.holds(&second, says, basis, second.status() < 300);
        let other = second.text("/sessionId") != session;
        scene.holds(&second, "each session has an id of its own", basis, other);
    }
    for operation in [
        Operation::GetSessionStatus,
        Operation::GetSessionDetails,
        Operation::CancelSession,
    ] {
        let answer = scene.call(operation, &session, who(), None).await?;
        let says = format!("a token that has created a session is good for {operation}");
        let basis = Basis::Deviation("token-reuse");
        scene.holds(&answer, says, basis, answer.status() == 200);
    }
    Ok(())
}
