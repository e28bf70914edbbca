//! What a create that fails prints as JSON, for every kind of failure.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use flinks_pay::ErrorKind;

use super::*;

/// The kinds that are not brought about here: the client's own tests do, and `errors_client` has what they say.
const NOT_HERE: &[(&str, &str)] = &[
    ("Certificate", "it needs a server with TLS"),
    (
        "ClientCertificate",
        "it needs a certificate that this machine trusts",
    ),
    (
        "Configuration",
        "the command line sets up a client that can make its calls",
    ),
    ("NotSent", "it takes a minute"),
    ("Timeout", "it takes as long as the time for one attempt"),
];

fn json(status: u16, body: &str) -> Reply {
    Reply::Json(status, serde_json::from_str(body).unwrap())
}

fn raw(head: &str, body: &str) -> Reply {
    let length = body.len();
    Reply::Raw(format!(
        "HTTP/1.1 {head}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    ))
}

/// Each kind, and what is answered to a create for it; nothing where nobody is to answer.
fn answers() -> Vec<(ErrorKind, Option<Reply>)> {
    let another = r#"{"sessionId":"5d3c1e0f-7b29-4a86-9c41-d80e6fa2b357","referenceId":"another"}"#;
    let problem = r#"{"title":"marker","status":400,"detail":"marker"}"#;
    let code = r#"{"error":"a_code","error_description":"marker"}"#;
    let answered = [
        (ErrorKind::Interrupted, Reply::Close),
        (
            ErrorKind::Redirect,
            raw("302 Found\r\nLocation: /marker", ""),
        ),
        (
            ErrorKind::TooLarge,
            raw("201 Created", &" ".repeat(2 << 20)),
        ),
        (
            ErrorKind::Encoded,
            raw("201 Created\r\nContent-Encoding: gzip", "marker"),
        ),
        (ErrorKind::Decode, json(201, r#"{"sessionId":5}"#)),
        (ErrorKind::WrongSession, json(201, another)),
        (ErrorKind::Refused, json(400, problem)),
        (ErrorKind::Unauthorized, json(401, code)),
        (ErrorKind::Forbidden, json(403, problem)),
        (ErrorKind::NotFound, json(404, code)),
        (ErrorKind::RequestTimeout, raw("408 Request Timeout", "")),
        (ErrorKind::Conflict, json(409, code)),
        (
            ErrorKind::RateLimited,
            raw("429 Too Many Requests\r\nRetry-After: 17", ""),
        ),
        (ErrorKind::Server, json(500, problem)),
        (ErrorKind::UnexpectedStatus, raw("499 Gone away", "")),
    ];
    let mut all = vec![(ErrorKind::Connect, None)];
    all.extend(answered.map(|(kind, reply)| (kind, Some(reply))));
    all
}

/// A command against a port that nobody listens on.
fn nobody(arguments: &[&str]) -> std::process::Command {
    let unused = TcpListener::bind("127.0.0.1:0").unwrap().local_addr();
    let mut command = command(arguments);
    command
        .env("FLINKS_PAY_BASE_URL", format!("http://{}", unused.unwrap()))
        .env("FLINKS_PAY_CLIENT_ID", "shop")
        .env("FLINKS_PAY_CLIENT_SECRET", "marker-secret");
    command
}

#[test]
fn every_kind_of_failure_has_its_document() {
    let arguments = [CREATE, &["--reference", "invoice-1042", "--format", "json"]].concat();
    let mut text = String::new();
    let mut kinds: BTreeSet<String> = NOT_HERE
        .iter()
        .map(|(kind, _)| (*kind).to_owned())
        .collect();
    for (kind, reply) in answers() {
        let server = reply.map(|reply| {
            Scripted::start(move |call| match call {
                "POST /api/v2/sessions" => reply.clone(),
                _ => Reply::token(),
            })
        });
        let mut command = match &server {
            Some(server) => server.command(&arguments),
            None => nobody(&arguments),
        };
        let ran = finish(command.spawn().unwrap());
        assert_eq!(
            (ran.code, ran.err.as_str()),
            (Some(2), ""),
            "{kind:?}: {ran:?}"
        );
        let document = ran.json();
        let outcome = document["outcome"].as_object().unwrap();
        let why = outcome["why"].as_str().unwrap();
        assert!(why.contains(&kind.to_string()), "{kind:?}: {why}");
        assert!(!ran.out.contains("marker"), "{kind:?}: {}", ran.out);
        assert!(kinds.insert(format!("{kind:?}")), "{kind:?} is there twice");
        writeln!(text, "# {kind:?}\n{}\n", plain(&format!("{document:#}"))).unwrap();
    }
    // Written by a test that does not compile without all of them.
    let every: BTreeSet<String> = include_str!("../../snapshots/errors_client.snap")
        .lines()
        .skip_while(|line| *line != "# Error")
        .skip(1)
        .filter(|line| line.starts_with(|first: char| first.is_ascii_uppercase()))
        .map(str::to_owned)
        .collect();
    assert_eq!(kinds, every, "left: the kinds here; right: all of them");
    assert_snapshot("cli_session_failures_json", &text);
}

/// Without the system's own words for what is behind a failure.
fn plain(document: &str) -> String {
    document
        .lines()
        .map(|line| match line.split_once(" (request ") {
            Some((said, _)) if line.contains("\"why\"") => format!("{said} (request [id])…\""),
            _ => line.to_owned(),
        })
        .collect::<Vec<_>>()
        .join("\n")
}
