//! `flinks-pay webhook send`: deliveries good and bad, and whether the receiver tells them apart.

use std::io::{self, Write};
use std::time::Duration;

use flinks_pay::clock::{Clock as _, SystemClock};
use flinks_pay::domain::{Amount, ReportedReference, SessionId};
use flinks_pay::sandbox::{StatusEvent, WebhookReceiver, WebhookUrlError};
use flinks_pay::session::{SessionStatus, StatusDetails};
use flinks_pay::webhook::WebhookSecret;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::cli::args::{Format, Kind, SendArgs};
use crate::cli::exit::Exit;
use crate::cli::output::{json_text, merged};
use crate::cli::problem::Problem;
use crate::cli::{SCHEMA_VERSION, input, written};

/// Why an address is not sent to.
const ELSEWHERE: &str = "its host is not this machine's loopback";

const HOUR: Duration = Duration::from_secs(60 * 60);
const MINUTE: Duration = Duration::from_secs(60);

/// What is sent, and what a correct receiver answers.
struct Delivery {
    what: &'static str,
    body: Vec<u8>,
    signature: Option<String>,
    expected: &'static [u16],
}

/// What came back.
struct Answer {
    what: &'static str,
    status: u16,
    expected: &'static [u16],
}

impl Answer {
    fn is_correct(&self) -> bool {
        self.expected.contains(&self.status)
    }
}

pub(super) async fn run(args: &SendArgs) -> Result<Exit, Problem> {
    let to = receiver(args)?;
    let deliveries = match &args.signature {
        Some(signature) => vec![caught(args, signature)?],
        None => deliveries(args, &super::secret(&args.secret_env)?)?,
    };
    let mut answers = Vec::new();
    let mut problem = None;
    for delivery in deliveries {
        match send(&to, delivery).await {
            Ok(answer) => answers.push(answer),
            Err(error) => {
                problem = Some(error);
                break;
            }
        }
    }
    let correct = answers.iter().all(Answer::is_correct);
    let exit = match &problem {
        Some(_) => Exit::CouldNotRun,
        None if correct => Exit::Good,
        None => Exit::Bad,
    };
    // What was answered before it went wrong is worth knowing.
    if problem.is_none() || !answers.is_empty() {
        written(print(args.format, &answers, exit))?;
    }
    problem.map_or(Ok(exit), Err)
}

/// Reads the address, which must be on this machine: a forged event is for one's own receiver.
fn receiver(args: &SendArgs) -> Result<WebhookReceiver, Problem> {
    // The text is not repeated: it may hold credentials.
    let refused = || {
        Problem::new(
            "webhooks are not sent to this address",
            "give the address of a receiver on this machine, such as http://127.0.0.1:8090/",
        )
    };
    let to = match &args.ca {
        None => WebhookReceiver::new(&args.to),
        Some(path) => {
            let pem = input::read(path, "certificates in PEM")?;
            WebhookReceiver::trusting(&args.to, &pem)
        }
    };
    let to = to.map_err(|error| match error {
        WebhookUrlError::Certificate(_) | WebhookUrlError::Client(_) => Problem::new(
            "the receiver cannot be reached by TLS",
            "give the certificate of the receiver, or of who signed it, as --ca FILE",
        )
        .caused_by(&error),
        // Over TLS it would be refused, too.
        WebhookUrlError::Insecure => refused().because(ELSEWHERE),
        error => refused().caused_by(&error),
    })?;
    if !to.is_local() {
        return Err(refused().because(ELSEWHERE));
    }
    if args.ca.is_some() && to.url().scheme() != "https" {
        return Err(refused().because("--ca is for https, and the address is not"));
    }
    Ok(to)
}

async fn send(to: &WebhookReceiver, delivery: Delivery) -> Result<Answer, Problem> {
    let Delivery {
        what,
        body,
        signature,
        expected,
    } = delivery;
    let status = to.post(body, signature.as_deref()).await.map_err(|error| {
        let remedy = if to.url().scheme() == "https" {
            "see that it is up, that the port and the path are right, and that its certificate is trusted: --ca FILE"
        } else {
            "see that it is up, and that the port and the path are right"
        };
        Problem::new("the receiver does not answer", remedy).caused_by(&error)
    })?;
    Ok(Answer {
        what,
        status,
        expected,
    })
}

/// A delivery that came before, with the signature that it came with.
fn caught(args: &SendArgs, signature: &str) -> Result<Delivery, Problem> {
    let body = args.body.as_ref().ok_or_else(|| {
        Problem::new(
            "there is no body for this --signature",
            "name the file with the body after --body",
        )
    })?;
    if signature.is_empty() || !signature.bytes().all(|byte| (0x21..=0x7E).contains(&byte)) {
        return Err(Problem::new(
            "--signature cannot be sent",
            "give the value of the header x-webhook-signature as it came, such as sha256=…",
        )
        .because("a header holds visible ASCII only"));
    }
    Ok(Delivery {
        what: "as it came",
        body: input::read(body, "a webhook's body")?,
        signature: Some(signature.to_owned()),
        expected: &[200],
    })
}

fn deliveries(args: &SendArgs, secret: &WebhookSecret) -> Result<Vec<Delivery>, Problem> {
    let event = given(args)?;
    let signed = |what, body: Vec<u8>, expected| Delivery {
        what,
        signature: Some(secret.sign(&body)),
        body,
        expected,
    };
    let body = match &args.body {
        Some(path) if needs_event(args.kind) => {
            return Err(Problem::new(
                format!("{} cannot be sent as it is with this --kind", path.display()),
                "leave out --body, or choose a --kind that takes any body, such as good, tampered or duplicate",
            )
            .because("the kind is about what the event says"));
        }
        Some(path) => input::read(path, "a webhook's body")?,
        None => event.body().into(),
    };
    Ok(match args.kind {
        Kind::Good => vec![signed("good", body, &[200])],
        Kind::Duplicate => vec![
            signed("first", body.clone(), &[200]),
            signed("the same again", body, &[200]),
        ],
        Kind::WrongSignature => {
            // A secret that nobody has.
            let another = format!("{}{}", Uuid::new_v4(), Uuid::new_v4());
            let another = WebhookSecret::try_from(another).map_err(|error| {
                Problem::new("there is no other secret", "report it").caused_by(&error)
            })?;
            vec![Delivery {
                what: "signed with another secret",
                signature: Some(another.sign(&body)),
                body,
                expected: &[401],
            }]
        }
        Kind::Tampered => {
            let mut delivery = signed("changed after it was signed", body, &[401]);
            // The JSON says the same; the bytes are others.
            delivery.body.push(b' ');
            vec![delivery]
        }
        Kind::Unsigned => vec![Delivery {
            what: "unsigned",
            body,
            signature: None,
            expected: &[401],
        }],
        Kind::Stale => vec![signed(
            "an hour old",
            ago(&event, HOUR).body().into(),
            &[200, 401],
        )],
        Kind::OutOfOrder if event.status_details != Some(StatusDetails::Eft0301) => {
            return Err(Problem::new(
                "nothing is sent before this event, so nothing can come after it",
                "leave out --status and --code: what is sent then is a debit that is scheduled, and the agreement before it",
            ));
        }
        Kind::OutOfOrder => vec![
            signed("the end", body, &[200]),
            signed("what came before it", before(&event).body().into(), &[200]),
        ],
        Kind::Unknown => vec![signed("of an unknown kind", renamed(&event), &[200])],
    })
}

/// Whether the kind is about what the event says, so that a body from elsewhere cannot be of it.
fn needs_event(kind: Kind) -> bool {
    match kind {
        Kind::Stale | Kind::OutOfOrder | Kind::Unknown => true,
        Kind::Good | Kind::WrongSignature | Kind::Tampered | Kind::Unsigned | Kind::Duplicate => {
            false
        }
    }
}

fn given(args: &SendArgs) -> Result<StatusEvent, Problem> {
    let id = match &args.session_id {
        Some(id) => id.clone(),
        None => Uuid::new_v4().to_string(),
    };
    let session_id = SessionId::new(&id).map_err(|error| {
        Problem::new("--session-id is no session id", "give a UUID").caused_by(&error)
    })?;
    let amount = args.amount.as_deref().unwrap_or("120.50");
    let amount: Amount = amount.parse().map_err(|error| {
        Problem::new(
            "--amount is no amount",
            "give dollars and cents, such as 120.50",
        )
        .caused_by(&error)
    })?;
    let status = args.status.as_deref().unwrap_or("Completed");
    let code = match &args.code {
        Some(code) => Some(StatusDetails::from(code.as_str())),
        None => usual(&SessionStatus::from(status)),
    };
    Ok(StatusEvent {
        when: SystemClock.wall(),
        session_id,
        reference_id: args.reference.clone().map(ReportedReference::from),
        amount: Some(amount),
        status: status.to_owned(),
        status_details: code,
    })
}

/// The same event, made so long ago.
fn ago(event: &StatusEvent, ago: Duration) -> StatusEvent {
    StatusEvent {
        when: event.when.checked_sub(ago).unwrap_or(event.when),
        ..event.clone()
    }
}

/// The event that the session would have had a while before its end: the agreement is not signed yet.
fn before(event: &StatusEvent) -> StatusEvent {
    StatusEvent {
        status: SessionStatus::Completed.as_str().to_owned(),
        status_details: Some(StatusDetails::Eft0302),
        ..ago(event, MINUTE)
    }
}

/// The same under a name that nobody has published.
fn renamed(event: &StatusEvent) -> Vec<u8> {
    merged(json!({ "event": "SessionSomethingElse" }), json!(event))
        .to_string()
        .into_bytes()
}

/// The code that usually goes with a status; none where there is no usual one.
fn usual(status: &SessionStatus) -> Option<StatusDetails> {
    Some(match status {
        SessionStatus::Completed => StatusDetails::Eft0301,
        SessionStatus::Failed => StatusDetails::from("EFT0402"),
        SessionStatus::Cancelled => StatusDetails::from("EFT0501"),
        SessionStatus::Expired => StatusDetails::from("EFT0601"),
        _ => return None,
    })
}

fn print(format: Format, answers: &[Answer], exit: Exit) -> io::Result<()> {
    let mut out = io::stdout();
    match format {
        Format::Text => {
            for answer in answers {
                let expected: Vec<String> = answer.expected.iter().map(u16::to_string).collect();
                let judged = if answer.is_correct() {
                    "as it should".to_owned()
                } else {
                    format!("and {} is right", expected.join(" or "))
                };
                writeln!(out, "{}: answered {}, {judged}", answer.what, answer.status)?;
            }
        }
        Format::Json => {
            let deliveries: Vec<Value> = answers
                .iter()
                .map(|answer| {
                    json!({
                        "sent": answer.what,
                        "answer": answer.status,
                        "expected": answer.expected,
                        "correct": answer.is_correct(),
                    })
                })
                .collect();
            let result = if exit == Exit::Good {
                "correct"
            } else {
                "incorrect"
            };
            let document = json!({
                "schema_version": SCHEMA_VERSION,
                "deliveries": deliveries,
                "outcome": { "result": result, "exit_code": exit.code() },
            });
            writeln!(out, "{}", json_text(&document))?;
        }
    }
    out.flush()
}
