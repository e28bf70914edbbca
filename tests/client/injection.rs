//! Nothing that is put into a head becomes another line of it: it is refused before a connection is made, or arrives as the one
//! thing that it is. Looked at are the bytes that the server received.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use flinks_pay::client::BuildError;

use super::*;

/// What has no place in a line of a head.
const STRAYS: [&str; 13] = [
    "\r\nx-odd: 1",
    "\r\n\r\nGET /odd HTTP/1.1\r\n",
    "\n",
    "\r",
    "\0",
    "\u{1}",
    "\u{1b}[31m",
    "\u{7f}",
    "\u{85}",
    "\u{2028}",
    "é",
    "漢",
    "\u{10a}\u{10d}",
];

/// Each in the middle, at the start and at the end of a text.
fn odd(text: &str) -> impl Iterator<Item = String> {
    let (start, end) = text.split_at(text.len() / 2);
    STRAYS.into_iter().flat_map(move |stray| {
        [
            format!("{start}{stray}{end}"),
            format!("{stray}{text}"),
            format!("{text}{stray}"),
        ]
    })
}

async fn server() -> Scripted {
    Scripted::start(|_: &Asked| fine()).await
}

fn fine() -> Reply {
    let body =
        format!(r#"{{"sessionId":"{SESSION}","status":"Canceled","referenceId":"invoice-1042"}}"#);
    Reply::json(200, &body)
}

/// Makes every call but `authorize`, which is made for them where it is needed.
async fn call_all(client: &Client) {
    for operation in Operation::ALL.iter().copied() {
        if operation != Operation::Authorize {
            call(client, operation).await.unwrap();
        }
    }
}

/// The line and the names of the headers of each request; and that no byte of a head could be taken for anything else.
fn shape(server: &Scripted) -> Vec<(String, Vec<String>)> {
    let line = |asked: &Asked| {
        let text = std::str::from_utf8(&asked.head).expect("ASCII");
        let lines: Vec<&str> = text.split("\r\n").collect();
        for line in &lines {
            assert!(
                line.bytes().all(|byte| matches!(byte, b'\t' | b' '..=b'~')),
                "{line:?}"
            );
        }
        let names = lines[1..].iter().map(|line| line.split_once(": ").unwrap());
        let names = names.map(|(name, _)| name.to_owned()).collect();
        assert!(lines[0].ends_with(" HTTP/1.1") && lines[0].matches(' ').count() == 2);
        (asked.line.clone(), names)
    };
    server.asked().iter().map(line).collect()
}

/// The shape of all calls with nothing odd in them.
async fn plain(credentials: Credentials) -> Vec<(String, Vec<String>)> {
    let server = server().await;
    call_all(&client_with(&server, credentials)).await;
    shape(&server)
}

#[test]
fn credentials_of_odd_characters_are_refused_where_they_would_be_a_header() {
    for odd in odd("key-1042") {
        assert!(Credentials::api_key(&odd, "shop").is_err(), "{odd:?}");
        assert!(Credentials::api_key("key-1", &odd).is_err(), "{odd:?}");
    }
    for odd in ["", " ", "a b", "a\tb"] {
        assert!(Credentials::api_key(odd, "shop").is_err(), "{odd:?}");
        assert!(Credentials::api_key("key-1", odd).is_err(), "{odd:?}");
    }
}

#[tokio::test]
async fn credentials_that_are_taken_arrive_as_one_header_or_one_body() {
    let (basic, form) = (
        plain(Credentials::basic("shop", "hush").unwrap()).await,
        plain(Credentials::form("shop", "hush").unwrap()).await,
    );
    let mut taken = 0;
    for odd in odd("shop-1042") {
        let control = odd.bytes().any(|byte| byte < b' ' || byte == 0x7f);
        for (id, secret) in [(&*odd, "hush"), ("shop", &*odd)] {
            // A colon in an id is refused for a reason of its own.
            let pairs = [
                Credentials::basic(id, secret),
                Credentials::form(id, secret),
            ];
            let [Ok(by_basic), Ok(by_form)] = pairs else {
                assert!(control, "{odd:?}");
                continue;
            };
            assert!(!control, "{odd:?}");
            taken += 1;
            let server = server().await;
            call_all(&client_with(&server, by_basic)).await;
            assert_eq!(shape(&server), basic, "{odd:?}");
            let sent = BASE64_STANDARD.encode(format!("{id}:{secret}"));
            let asked = server.asked();
            assert_eq!(asked[0].header("authorization"), [format!("Basic {sent}")]);
            let server = self::server().await;
            call_all(&client_with(&server, by_form)).await;
            assert_eq!(shape(&server), form, "{odd:?}");
            assert!(server.asked()[0].body.is_ascii(), "{odd:?}");
        }
    }
    assert_eq!(taken, 2 * 3 * 5, "all that have no control character");
}

#[tokio::test]
async fn an_api_key_of_harmless_characters_is_one_header() {
    let (key, id) = ("\"k\",a:b", "shop:;=%0d%0a");
    let server = server().await;
    call_all(&client_with(
        &server,
        Credentials::api_key(key, id).unwrap(),
    ))
    .await;
    let keys = plain(Credentials::api_key("key-1", "shop").unwrap()).await;
    assert_eq!(shape(&server), keys);
    for asked in server.asked() {
        let sent = (asked.header("x-api-key"), asked.header("x-client-id"));
        assert_eq!(sent, (vec![key], vec![id]));
    }
}

#[tokio::test]
async fn a_token_from_a_server_is_one_header_or_is_not_used() {
    let expected = plain(Credentials::basic("shop", "hush").unwrap()).await;
    let harmless = [
        "a b",
        "a: b",
        "\"a\", Basic b",
        "a%0d%0ax-odd: 1",
        "a\\r\\nb",
        "{~}",
    ];
    for token in odd("token-1").chain(harmless.map(str::to_owned)) {
        let is_harmless = harmless.contains(&&*token);
        let said = token.clone();
        let server = Scripted::bare(move |asked: &Asked| {
            if asked.line.contains("/authorize") {
                let body = serde_json::json!({ "access_token": said, "expires_in": 599 });
                Reply::json(200, &body.to_string())
            } else {
                fine()
            }
        })
        .await;
        let client = client_with(&server, Credentials::basic("shop", "hush").unwrap());
        if is_harmless {
            call_all(&client).await;
            assert_eq!(shape(&server), expected, "{token:?}");
            for asked in server.calls() {
                assert_eq!(asked.header("authorization"), [format!("Bearer {token}")]);
            }
        } else {
            for operation in Operation::ALL.iter().copied() {
                let outcome = call(&client, operation).await;
                let error = outcome.unwrap_err();
                assert_eq!(error.operation(), Operation::Authorize, "{token:?}");
            }
            assert!(server.calls().is_empty(), "{token:?}");
            shape(&server);
        }
    }
}

#[tokio::test]
async fn a_session_id_is_a_uuid_or_none_wherever_it_comes_from() {
    let strays = [
        "/", "/../", "?", "#", "%2f", "%0d%0a", " ", "\t", "0", "{", "-",
    ];
    for odd in odd(SESSION).chain(strays.map(|stray| format!("{SESSION}{stray}"))) {
        assert!(SessionId::new(&odd).is_err(), "{odd:?}");
        let said = serde_json::json!({ "sessionId": odd, "referenceId": "invoice-1042" });
        let server = Scripted::start(move |_: &Asked| Reply::json(201, &said.to_string())).await;
        let error = call(&client(&server), Operation::CreateSession).await;
        let error = error.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{odd:?}");
        assert_eq!(error.session_id(), None, "{odd:?}");
    }
    // What is taken is written in one way.
    let server = server().await;
    let loud = SessionId::new(&SESSION.to_uppercase()).unwrap();
    client(&server).status(&loud).await.unwrap();
    let line = format!("GET /api/v2/sessions/{SESSION}/status HTTP/1.1\r\n");
    assert!(server.calls()[0].head.starts_with(line.as_bytes()));
}

#[tokio::test]
async fn a_product_in_the_user_agent_and_a_base_url_are_one_line_or_refused() {
    let expected = plain(Credentials::api_key("key-1", "shop").unwrap()).await;
    let server = server().await;
    let with = |base: &str, product: &str| {
        let base = Environment::custom(base).unwrap();
        Client::builder(base, Credentials::api_key("key-1", "shop").unwrap())
            .retries(Retries::off())
            .user_agent(product)
            .build()
    };
    for odd in odd("shop/1.0") {
        let refused = with(server.base(), &odd).map(drop);
        assert_eq!(
            refused.unwrap_err().to_string(),
            BuildError::UserAgent.to_string(),
            "{odd:?}"
        );
    }
    assert!(server.asked().is_empty());
    call_all(&with(server.base(), "shop/1.0 (a: b, \"c\"\t%0d%0a)").unwrap()).await;
    assert_eq!(shape(&server), expected);
    let mut taken = 0;
    for odd in odd("/some/path") {
        let server = self::server().await;
        let base = format!("{}/x{odd}", server.base());
        let Ok(base) = Environment::custom(&base) else {
            continue;
        };
        taken += 1;
        let client = Client::builder(base, Credentials::api_key("key-1", "shop").unwrap())
            .retries(Retries::off())
            .build()
            .unwrap();
        call_all(&client).await;
        let shape = shape(&server);
        assert_eq!(shape.len(), expected.len(), "{odd:?}");
        for ((line, names), (plain, expected)) in shape.iter().zip(&expected) {
            let (method, path) = plain.split_once(' ').unwrap();
            assert!(
                line.starts_with(&format!("{method} /x")) && line.ends_with(path),
                "{line}"
            );
            assert_eq!(names, expected);
        }
    }
    assert!(
        taken > 0,
        "a URL takes most characters, and writes them otherwise"
    );
}
