//! Every fault on every operation: how the call ends, and how many requests the server has seen.
//!
//! The numbers are the server's. What must not happen twice is held to by the test itself, whatever the table in the
//! crate says.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use flinks_pay::clock::ManualClock;

use super::support::moved::{LONGEST_PAUSE, moved};
use super::support::scripted::nobody;
use super::support::table::Table;
use super::*;

/// What goes wrong.
#[derive(Clone)]
enum Fault {
    /// Nobody listens.
    Refused,
    /// A request comes, and this comes of it.
    Answer(Reply),
}

/// Every fault, in the order of how far the request came.
fn faults() -> Vec<(String, Fault)> {
    let bytes = |text: &str| Fault::Answer(Reply::Bytes(text.as_bytes().to_vec()));
    let stall = |text: &str| Fault::Answer(Reply::Stall(text.as_bytes().to_vec()));
    let mut list = vec![
        ("nobody listens", Fault::Refused),
        ("closed", Fault::Answer(Reply::Close)),
        ("reset", Fault::Answer(Reply::Reset)),
        ("silence", stall("")),
        ("half a head", stall("HTTP/1.1 200 OK\r\n")),
        (
            "half a body",
            stall("HTTP/1.1 201 Created\r\ncontent-length: 500\r\n\r\n{"),
        ),
        (
            "body cut off",
            bytes("HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"sess"),
        ),
        (
            "chunk cut off",
            bytes("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n40\r\n{\"se"),
        ),
        (
            "half a 401",
            bytes("HTTP/1.1 401 Unauthorized\r\ncontent-length: 500\r\n\r\n{"),
        ),
        (
            "half a 503",
            bytes("HTTP/1.1 503 Busy\r\ncontent-length: 500\r\n\r\n{"),
        ),
        ("not HTTP", bytes("220 mail.example ESMTP\r\n\r\n")),
        ("200 a page", Fault::Answer(Reply::of(200, &[], "<html>"))),
        ("204", Fault::Answer(Reply::of(204, &[], ""))),
        (
            "200 compressed",
            Fault::Answer(Reply::of(200, &[("content-encoding", "gzip")], "x")),
        ),
        (
            "200 too long",
            Fault::Answer(Reply::of(200, &[], vec![b' '; MAX_BODY_BYTES + 1])),
        ),
        (
            "401 too long",
            Fault::Answer(Reply::of(401, &[], vec![b' '; MAX_BODY_BYTES + 1])),
        ),
    ]
    .into_iter()
    .map(|(name, fault)| (name.to_owned(), fault))
    .collect::<Vec<_>>();
    for status in [
        301, 307, 308, 400, 401, 403, 404, 408, 409, 422, 425, 429, 499, 500, 501, 502, 503, 504,
    ] {
        let reply = Reply::of(status, &[("location", "http://127.0.0.1:9/")], "");
        list.push((status.to_string(), Fault::Answer(reply)));
    }
    list
}

/// How a call ended.
struct Ending {
    /// The kind of the failure, or that there was none.
    outcome: String,
    /// The requests of the operation that the server saw.
    seen: usize,
    /// The requests of the operation that the client says it made.
    made: u32,
    maybe_applied: bool,
}

/// A whole answer to each operation.
fn fine(asked: &Asked, tokens: &AtomicUsize) -> Reply {
    if asked.line.contains("/authorize") {
        return Reply::token(tokens.fetch_add(1, Ordering::SeqCst) + 1, 599);
    }
    let body = format!(
        r#"{{"sessionId":"{SESSION}","status":"{}","referenceId":"invoice-1042"}}"#,
        if asked.line.contains("/cancel") {
            "Cancelled"
        } else {
            "Initiated"
        }
    );
    Reply::json(200, &body)
}

fn line(operation: Operation) -> String {
    match operation {
        Operation::Authorize => "POST /api/v1/authorize".to_owned(),
        Operation::CreateSession => "POST /api/v2/sessions".to_owned(),
        Operation::GetSessionStatus => format!("GET /api/v2/sessions/{SESSION}/status"),
        Operation::GetSessionDetails => format!("GET /api/v2/sessions/{SESSION}/details"),
        Operation::CancelSession => format!("POST /api/v2/sessions/{SESSION}/cancel"),
        Operation::ConfirmGuarantee => {
            format!("POST /api/v2/sessions/{SESSION}/guarantees/confirm")
        }
        other => panic!("{other} has no line here"),
    }
}

/// Makes one call against a server with a fault: on the operation only, for the first `times` requests.
async fn ending(operation: Operation, fault: &Fault, times: usize, retries: Retries) -> Ending {
    let faulty = line(operation);
    let (seen, tokens) = (Arc::new(AtomicUsize::new(0)), AtomicUsize::new(0));
    let server = Scripted::bare({
        let (faulty, seen, fault) = (faulty.clone(), Arc::clone(&seen), fault.clone());
        move |asked| {
            let first = asked.line == faulty && seen.fetch_add(1, Ordering::SeqCst) < times;
            match &fault {
                Fault::Answer(reply) if first => reply.clone(),
                _ => fine(asked, &tokens),
            }
        }
    })
    .await;
    let (_taken, nobody) = nobody();
    let base = match fault {
        Fault::Answer(_) => server.base().to_owned(),
        Fault::Refused => nobody,
    };
    // Where nobody listens there is no token either, so that one is called with a key.
    let credentials = match fault {
        Fault::Refused if operation != Operation::Authorize => {
            Credentials::api_key("key-1", "shop")
        }
        _ => Credentials::basic("shop", "hush"),
    };
    let clock = ManualClock::new();
    let client = Client::builder(Environment::custom(&base).unwrap(), credentials.unwrap())
        .clock(Arc::new(clock.clone()))
        .retries(retries)
        // Silence on every attempt is over before this is.
        .timeouts(Timeouts::default().total(Duration::from_secs(600)))
        .jitter_seed(1)
        .build()
        .unwrap();
    let outcome = moved(&clock, &server, call(&client, operation)).await;
    let seen = seen.load(Ordering::SeqCst);
    match outcome {
        Ok(()) => Ending {
            outcome: "ok".to_owned(),
            seen,
            made: 0,
            maybe_applied: false,
        },
        Err(error) => {
            assert_eq!(error.operation(), operation, "{}", chain(&error));
            Ending {
                outcome: format!("{:?}", error.kind()),
                seen,
                made: error.attempts(),
                maybe_applied: error.maybe_applied(),
            }
        }
    }
}

/// One table: a line for each fault, a column for each operation, the ending and the requests that the server saw.
async fn table(
    title: &str,
    times: usize,
    retries: Retries,
) -> (Table, Vec<(String, Operation, Ending)>) {
    let mut endings = Vec::new();
    let mut table = Table::new(title, 16);
    for (name, fault) in faults() {
        let mut line = table.line(&name);
        for operation in Operation::ALL.iter().copied() {
            let ending = ending(operation, &fault, times, retries).await;
            line.cell(&ending.outcome, ending.seen);
            endings.push((name.clone(), operation, ending));
        }
    }
    (table, endings)
}

/// However the call ended, nothing that must not happen twice was sent twice.
fn nothing_twice(endings: &[(String, Operation, Ending)]) {
    for (name, operation, ending) in endings {
        let once = [Operation::CreateSession, Operation::ConfirmGuarantee].contains(operation);
        let most = match name.as_str() {
            "nobody listens" => 0,
            // The first of the two came back as a whole 401.
            "401" if once => 2,
            // Credentials that are refused are not tried again.
            "401" if *operation == Operation::Authorize => 1,
            _ if once => 1,
            _ => 4,
        };
        assert!(
            ending.seen <= most,
            "{operation} after {name}: {}",
            ending.seen
        );
    }
}

/// Faults that say that nothing was done: a whole answer, of the server itself. Not 408 and 5xx, which a proxy may say after it
/// has passed the request on, and nothing that is half, late or unreadable.
const SAID_NO: [&str; 8] = [
    "400",
    "401",
    "401 too long",
    "403",
    "404",
    "409",
    "422",
    "429",
];

/// What the server has seen and did not refuse may have been carried out, and only that.
fn no_doubt_is_lost(endings: &[(String, Operation, Ending)]) {
    for (name, operation, ending) in endings {
        let changes = [
            Operation::CreateSession,
            Operation::ConfirmGuarantee,
            Operation::CancelSession,
        ]
        .contains(operation);
        let doubt = ending.outcome != "ok"
            && changes
            && ending.seen > 0
            && !SAID_NO.contains(&name.as_str());
        assert_eq!(
            ending.maybe_applied, doubt,
            "{operation} after {name}: {}",
            ending.outcome
        );
    }
}

#[tokio::test]
async fn a_fault_that_lasts_ends_as_the_table_says_and_nothing_is_created_twice() {
    let title = "a fault that lasts: the ending, and the requests that the server saw";
    let (seen, endings) = table(title, usize::MAX, Retries::default()).await;
    nothing_twice(&endings);
    no_doubt_is_lost(&endings);
    for (name, operation, ending) in &endings {
        assert_ne!(ending.outcome, "ok", "{operation} after {name}");
        if name == "nobody listens" {
            assert_eq!(ending.made, 4, "{operation} is tried again");
        } else {
            assert_eq!(
                ending.seen, ending.made as usize,
                "{operation} after {name}"
            );
        }
    }
    seen.keep("client_fault_matrix_lasting");
}

#[tokio::test]
async fn a_fault_that_passes_is_got_over_where_that_is_safe() {
    let title = "a fault of one request (nobody listens at all): the ending, and the requests that the server saw";
    let (seen, endings) = table(title, 1, Retries::default()).await;
    nothing_twice(&endings);
    no_doubt_is_lost(&endings);
    seen.keep("client_fault_matrix_passing");
}

#[tokio::test]
async fn without_retries_every_call_is_one_request() {
    let (_, endings) = table("", usize::MAX, Retries::off()).await;
    no_doubt_is_lost(&endings);
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for (name, operation, ending) in endings {
        assert_ne!(ending.outcome, "ok");
        assert_eq!(ending.made, 1, "{operation} after {name}");
        assert_eq!(
            ending.seen,
            usize::from(name != "nobody listens"),
            "{operation} after {name}"
        );
        *counts.entry(ending.seen).or_default() += 1;
    }
    assert_eq!(counts[&0], Operation::ALL.len(), "nobody listened to these");
}

#[tokio::test]
async fn a_create_that_was_turned_away_is_sent_again_only_if_asked() {
    let asked = Retries::default().also_when_busy(true);
    for (status, seen, seen_if_asked) in [(429, 1, 4), (503, 1, 4), (500, 1, 1), (408, 1, 1)] {
        let fault = Fault::Answer(Reply::of(status, &[], ""));
        for operation in [Operation::CreateSession, Operation::ConfirmGuarantee] {
            let plain = ending(operation, &fault, usize::MAX, Retries::default()).await;
            assert_eq!(plain.seen, seen, "{operation}, {status}");
            let again = ending(operation, &fault, usize::MAX, asked).await;
            assert_eq!(again.seen, seen_if_asked, "{operation}, {status}");
        }
    }
}

#[tokio::test]
async fn a_server_that_comes_up_meanwhile_gets_every_operation_once() {
    for operation in Operation::ALL.iter().copied() {
        let (reserved, base) = nobody();
        let clock = ManualClock::new();
        let client = Client::builder(
            Environment::custom(&base).unwrap(),
            Credentials::basic("shop", "hush").unwrap(),
        )
        .clock(Arc::new(clock.clone()))
        .build()
        .unwrap();
        let call = tokio::spawn(async move { call(&client, operation).await });
        // Bound and not listening yet: refused. Then a pause, which is shorter than any attempt.
        while clock.next_wake().is_none_or(|wait| wait > LONGEST_PAUSE) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let tokens = AtomicUsize::new(0);
        let server = Scripted::at(reserved.listen(16).unwrap(), move |asked| {
            fine(asked, &tokens)
        });
        moved(&clock, &server, call).await.unwrap().unwrap();
        let seen = server.asked();
        let seen = seen.iter().filter(|asked| asked.line == line(operation));
        assert_eq!(seen.count(), 1, "{operation}");
    }
}
