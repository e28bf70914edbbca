//! This crate's client against every fault of the sandbox, on every operation: how the call ends, how many requests arrived, and
//! that nothing is created twice.
//!
//! What is expected of each fault stands here as a kind of failure and a fate; what follows from the fate is what
//! `RETRY_TABLE` promises.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use flinks_pay::client::{Fate, Operation, Retries, Timeouts, Verdict, verdict};
use flinks_pay::clock::ManualClock;
use flinks_pay::domain::{ApiKey, ClientId};
use flinks_pay::sandbox::{Fault, FaultRule, Goal, Sandbox, SessionOrder};
use flinks_pay::session::Step;
use flinks_pay::{
    Client, Credentials, Environment, Error, ErrorKind, GuaranteeDecision, GuaranteedEft, Payor,
    SessionId,
};
use serde_json::{Value, json};

use crate::bench::open_statuses;
use crate::bodies::{guaranteed, referring};
use crate::checked::{self, Checked};
use crate::table::Table;

const KEY: &str = "key-1";
const CLIENT: &str = "shop";
const REFERENCE: &str = "invoice-1042";

/// What goes wrong.
#[derive(Clone)]
enum Wrong {
    With(Fault),
    /// No connection comes about.
    Refused,
}

/// How one call is expected to end.
#[derive(Clone, Copy, PartialEq)]
enum Ends {
    Well,
    /// With this kind of failure, after attempts that came to this.
    Badly(ErrorKind, Fate),
}

use Ends::{Badly, Well};

struct Row {
    name: &'static str,
    wrong: Wrong,
    ends: Ends,
    /// The operations that it ends otherwise for.
    but: Vec<(Operation, Ends)>,
}

fn row(name: &'static str, document: Value, ends: Ends) -> Row {
    let fault = serde_json::from_value(document).unwrap();
    Row {
        name,
        wrong: Wrong::With(fault),
        ends,
        but: Vec::new(),
    }
}

impl Row {
    fn but(mut self, operations: &[Operation], ends: Ends) -> Self {
        let others = operations.iter().map(|operation| (*operation, ends));
        self.but.extend(others);
        self
    }

    fn ends(&self, operation: Operation) -> Ends {
        let other = self.but.iter().find(|(known, _)| *known == operation);
        other.map_or(self.ends, |(_, ends)| *ends)
    }

    /// Whether a call that meets it is carried out.
    fn applied(&self) -> bool {
        match &self.wrong {
            Wrong::With(fault) => fault.is_applied(),
            Wrong::Refused => false,
        }
    }
}

/// A status and what it ends as.
fn status(name: &'static str, code: u16, kind: ErrorKind, fate: Fate) -> Row {
    row(
        name,
        json!({ "status": { "status": code } }),
        Badly(kind, fate),
    )
}

/// Every fault.
fn rows() -> Vec<Row> {
    let mut rows = late_or_refused();
    rows.extend(spoilt());
    rows
}

/// No answer in time, or another one.
fn late_or_refused() -> Vec<Row> {
    use ErrorKind::{
        Conflict, Connect, Forbidden, NotFound, RateLimited, Refused, RequestTimeout, Server,
        Timeout, Unauthorized, UnexpectedStatus,
    };
    let late = Badly(Timeout, Fate::MaybeSent);
    vec![
        Row {
            name: "connection refused",
            wrong: Wrong::Refused,
            ends: Badly(Connect, Fate::NeverSent),
            but: Vec::new(),
        },
        row("delay", json!({ "delay": { "millis": 86_400_000 } }), late),
        row("drip", json!({ "drip": {} }), late),
        status("400", 400, Refused, Fate::Settled),
        status("401", 401, Unauthorized, Fate::Unauthorized),
        status("403", 403, Forbidden, Fate::Settled),
        status("404", 404, NotFound, Fate::Settled),
        status("408", 408, RequestTimeout, Fate::Faltered),
        status("409", 409, Conflict, Fate::Settled),
        status("425", 425, UnexpectedStatus, Fate::Faltered),
        status("429", 429, RateLimited, Fate::Busy),
        row(
            "429, seconds",
            json!({ "status": { "status": 429, "retryAfter": { "seconds": 1 } } }),
            Badly(RateLimited, Fate::Busy),
        ),
        row(
            "429, a date",
            json!({ "status": { "status": 429, "retryAfter": { "date": 1 } } }),
            Badly(RateLimited, Fate::Busy),
        ),
        status("500", 500, Server, Fate::Faltered),
        row(
            "500, applied",
            json!({ "status": { "status": 500, "applied": true } }),
            Badly(Server, Fate::Faltered),
        ),
        status("503", 503, Server, Fate::Busy),
        status("504", 504, Server, Fate::Faltered),
        row(
            "page",
            json!({ "htmlPage": {} }),
            Badly(Server, Fate::Faltered),
        ),
    ]
}

/// An answer that is not as it should be, or the end of the connection.
fn spoilt() -> Vec<Row> {
    use ErrorKind::{Decode, Encoded, Interrupted, Unauthorized, WrongSession};
    use Operation::{Authorize, GetSessionStatus};
    let broken = Badly(Interrupted, Fate::MaybeSent);
    let unreadable = Badly(Decode, Fate::Settled);
    vec![
        row("empty", json!({ "emptyBody": {} }), unreadable),
        row(
            "empty, lost",
            json!({ "emptyBody": { "applied": false } }),
            unreadable,
        ),
        row("truncated", json!({ "truncatedBody": {} }), broken),
        row("type", json!({ "wrongContentType": {} }), Well),
        row(
            "length, too long",
            json!({ "wrongContentLength": { "by": 9 } }),
            broken,
        ),
        row(
            "length, too short",
            json!({ "wrongContentLength": { "by": -9 } }),
            unreadable,
        ),
        row(
            "bomb",
            json!({ "gzipBomb": {} }),
            Badly(Encoded, Fate::Settled),
        ),
        row("reset, before", json!("resetBeforeRequest"), broken),
        row("reset, after", json!({ "resetAfterRequest": {} }), broken),
        row(
            "reset, lost",
            json!({ "resetAfterRequest": { "applied": false } }),
            broken,
        ),
        row("reset, mid", json!({ "resetMidResponse": {} }), broken),
        // Of a cancellation whose answer does not say that it is one, the status is looked at.
        row("code", json!({ "wrongValue": {} }), Well),
        // Known, and not of this state: kept and told, not refused. Nobody is to act on it, as `faults_misplaced` has it.
        row(
            "another's status",
            json!({ "wrongValue": { "pointer": "/status", "value": "Completed" } }),
            Well,
        ),
        row(
            "another's code",
            json!({ "wrongValue": { "pointer": "/statusDetails", "value": "EFT0301" } }),
            Well,
        ),
        row(
            "value",
            json!({ "wrongValue": { "pointer": "/sessionId", "value": 7 } }),
            unreadable,
        )
        .but(&[Authorize], Well),
        row("extra", json!({ "extraMembers": {} }), Well),
        row("missing", json!({ "missingMembers": {} }), unreadable),
        row("null", json!({ "nullMembers": {} }), unreadable),
        row(
            "another session",
            json!({ "anotherSession": {} }),
            Badly(WrongSession, Fate::Settled),
        )
        .but(&[Authorize], Well),
        row(
            "revoked",
            json!("revokedToken"),
            Badly(Unauthorized, Fate::Unauthorized),
        )
        // The status is asked for without a token.
        .but(&[Authorize, GetSessionStatus], Well),
    ]
}

/// How a call ended, and what the sandbox knows of it.
struct Ending {
    outcome: Result<(), Error>,
    /// The requests of the operation that arrived.
    arrived: usize,
    /// The sessions that were created.
    created: usize,
}

async fn sandbox() -> Checked {
    crate::trace::listen();
    // A status is asked for without a token first. Here it is read so: what the fault does is looked at, and nothing else.
    let builder = open_statuses()
        .client_id(ClientId::new(CLIENT).unwrap())
        .api_key(ApiKey::new(KEY).unwrap())
        .guarantee_decision(true);
    checked::with(builder).await.unwrap()
}

async fn call(client: &Client, operation: Operation, session: &SessionId) -> Result<(), Error> {
    match operation {
        Operation::Authorize => client.authorize().await.map(drop),
        Operation::CreateSession => {
            let request = GuaranteedEft::new(Payor::new("Robin", "Tester"));
            let request = request.amount("120.50").reference_id(REFERENCE);
            client
                .create_guaranteed(&request.build().unwrap())
                .await
                .map(drop)
        }
        Operation::GetSessionStatus => client.status(session).await.map(drop),
        Operation::GetSessionDetails => client.details(session).await.map(drop),
        Operation::CancelSession => client.cancel(session).await.map(drop),
        Operation::ConfirmGuarantee => {
            let accept = GuaranteeDecision::accept();
            client.confirm_guarantee(session, accept).await.map(drop)
        }
        other => panic!("{other} is not called here"),
    }
}

/// Makes one call that meets the fault: on every request of the operation, or on the first.
async fn ending(sandbox: &Sandbox, row: &Row, operation: Operation, lasts: bool) -> Ending {
    // No pause between attempts is longer, and no attempt is this short.
    const LONGEST_PAUSE: Duration = Duration::from_secs(10);
    const ATTEMPT: Duration = Duration::from_secs(15);
    sandbox.reset();
    // Somebody decides about its guarantee, so that every operation can be carried out.
    let order = SessionOrder::new(referring(guaranteed(), REFERENCE))
        .until(Goal::Step(Step::GuaranteeOffer));
    let session = sandbox.prepare(&order).unwrap().session_id;
    // Where nobody listens there is no token either, so that one is called with a key.
    let key = matches!(row.wrong, Wrong::Refused) && operation != Operation::Authorize;
    let credentials = if key {
        Credentials::api_key(KEY, CLIENT)
    } else {
        Credentials::basic(CLIENT, sandbox.client_secret())
    };
    let clock = ManualClock::new();
    let environment = Environment::custom(sandbox.base_url().as_str()).unwrap();
    let client = Client::builder(environment, credentials.unwrap())
        .clock(Arc::new(clock.clone()))
        .retries(Retries::default())
        .timeouts(Timeouts::default().attempt(ATTEMPT).total(40 * ATTEMPT))
        .jitter_seed(1)
        .build()
        .unwrap();
    match &row.wrong {
        Wrong::With(fault) => {
            let rule = if lasts {
                FaultRule::always(fault.clone())
            } else {
                FaultRule::next(1, fault.clone())
            };
            sandbox.fault(rule.on(operation)).unwrap();
        }
        Wrong::Refused => sandbox.refuse_connections().await.unwrap(),
    }
    // The time moves when nothing but the time is waited for: in a pause, or while the sandbox keeps silent.
    let mut work = pin!(call(&client, operation, &session));
    let mut sat_out = 0;
    let outcome = loop {
        tokio::select! {
            biased;
            outcome = &mut work => break outcome,
            () = tokio::time::sleep(Duration::from_millis(1)) => {}
        }
        if clock.next_wake().is_some_and(|wait| wait <= LONGEST_PAUSE) {
            if !lasts && matches!(row.wrong, Wrong::Refused) {
                sandbox.accept_connections().await.unwrap();
            }
            clock.advance_to_next_wake();
        } else if silences(sandbox) > sat_out {
            sat_out += 1;
            clock.advance(ATTEMPT);
        }
    };
    sandbox.accept_connections().await.unwrap();
    let id = operation.id();
    let exchanges = sandbox.journal();
    let arrived = exchanges
        .iter()
        .filter(|one| one.operation.as_deref() == Some(id));
    Ending {
        outcome,
        arrived: arrived.count(),
        created: sandbox.sessions(None, 100).unwrap().sessions.len() - 1,
    }
}

/// How many answers have been held back so far.
fn silences(sandbox: &Sandbox) -> usize {
    let held = |name: &str| ["delay", "drip"].contains(&name);
    let journal = sandbox.journal();
    let met = journal.iter().filter_map(|one| one.fault.as_ref());
    met.filter(|met| held(&met.name)).count()
}

/// Meets every fault with every operation, and holds what comes of it to what is expected.
async fn table(title: &str, lasts: bool) -> Table {
    let sandbox = sandbox().await;
    let mut table = Table::new(title, 18);
    for row in rows() {
        let mut line = table.line(row.name);
        for &operation in Operation::ALL {
            let ending = ending(&sandbox, &row, operation, lasts).await;
            hold(&row, operation, lasts, &ending);
            let outcome = match &ending.outcome {
                Ok(()) => "ok".to_owned(),
                Err(error) => format!("{:?}", error.kind()),
            };
            line.cell(&outcome, ending.arrived);
        }
    }
    table
}

fn refuses(kind: ErrorKind) -> bool {
    use ErrorKind::{Forbidden, Refused, Unauthorized};
    [Forbidden, Refused, Unauthorized].contains(&kind)
}

#[track_caller]
fn hold(row: &Row, operation: Operation, lasts: bool, ending: &Ending) {
    let place = format!("{operation} and {}", row.name);
    let expected = row.ends(operation);
    // How many requests the table promises for a fault that lasts, and whether one that passes is got over.
    let (lasting, got_over) = match expected {
        Well => (1, true),
        // It is asked without a token, and once more with one where that is refused.
        Badly(kind, _) if operation == Operation::GetSessionStatus && refuses(kind) => (
            if kind == ErrorKind::Unauthorized {
                3
            } else {
                2
            },
            true,
        ),
        Badly(_, fate) => match verdict(operation, fate) {
            Verdict::Again => (4, true),
            Verdict::NewToken => (2, true),
            _ => (1, false),
        },
    };
    let well = expected == Well || (!lasts && got_over);
    match (&ending.outcome, expected) {
        (Ok(()), _) => assert!(well, "{place} ended well"),
        (Err(error), Badly(kind, fate)) => {
            assert!(!well, "{place}: {error}");
            assert_eq!(error.kind(), kind, "{place}: {error}");
            assert_eq!(Fate::of(error), fate, "{place}: {error}");
            assert_eq!(error.attempts(), if lasts { lasting } else { 1 }, "{place}");
        }
        (Err(error), Well) => panic!("{place}: {error}"),
    }
    let requests = match (lasts, got_over && expected != Well) {
        (true, _) => lasting,
        (false, true) => 2,
        (false, false) => 1,
    };
    let unseen = match row.wrong {
        Wrong::Refused if lasts => 4,
        Wrong::Refused => 1,
        Wrong::With(_) => 0,
    };
    assert_eq!(ending.arrived + unseen, requests as usize, "{place}");
    // Never two; and one where a request was carried out.
    let created = operation == Operation::CreateSession && (row.applied() || well);
    // A token that is revoked does not create.
    let created = created && (well || !matches!(row.wrong, Wrong::With(Fault::RevokedToken)));
    assert_eq!(ending.created, usize::from(created), "{place}");
    if let Err(error) = &ending.outcome
        && created
    {
        assert!(error.maybe_applied(), "{place}: a session that is lost");
    }
}

#[tokio::test]
async fn every_fault_that_lasts_ends_as_the_retry_table_promises_and_creates_nothing_twice() {
    let title = "a fault that lasts: the ending, and the requests that arrived";
    table(title, true).await.keep("sandbox_faults_lasting");
}

#[tokio::test]
async fn every_fault_that_passes_is_got_over_where_the_retry_table_promises_it() {
    let title = "a fault of one request: the ending, and the requests that arrived";
    table(title, false).await.keep("sandbox_faults_passing");
}
