//! `flinks-pay webhook send`: deliveries good and bad, and whether the receiver tells them apart.

use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, SystemTime};

use flinks_pay::clock::{Clock as _, SystemClock};
use flinks_pay::domain::SessionId;
use flinks_pay::session::{SessionStatus, StatusDetails};
use flinks_pay::webhook::{SIGNATURE_HEADER, STATUS_CHANGED, WebhookSecret};
use jiff::Timestamp;
use serde_json::{Value, json};
use url::{Host, Url};
use uuid::Uuid;

use crate::cli::args::{Format, Kind, SendArgs};
use crate::cli::exit::Exit;
use crate::cli::output::{json_text, merged};
use crate::cli::problem::Problem;
use crate::cli::{SCHEMA_VERSION, input, written};

/// How long an answer is waited for.
const TIMEOUT: Duration = Duration::from_secs(10);

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
    let to = receiver(&args.to)?;
    let secret = super::secret(&args.secret_env)?;
    let deliveries = deliveries(args, &secret)?;
    let http = reqwest::Client::builder()
        .timeout(TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .no_proxy()
        // The name stands for this machine, whatever a name server says.
        .resolve_to_addrs(
            "localhost",
            &[
                SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
                SocketAddr::from((Ipv6Addr::LOCALHOST, 0)),
            ],
        )
        // Plain http must work where no root certificates are installed.
        .tls_certs_only([])
        .build()
        .map_err(|error| Problem::new("there is no HTTP client", "report it").caused_by(&error))?;
    let mut answers = Vec::new();
    for delivery in deliveries {
        answers.push(send(&http, &to, delivery).await?);
    }
    let correct = answers.iter().all(Answer::is_correct);
    let exit = if correct { Exit::Good } else { Exit::Bad };
    written(print(args.format, &answers, exit)).map(|_| exit)
}

/// Reads the address, which must be on this machine: a forged event is for one's own receiver.
fn receiver(to: &str) -> Result<Url, Problem> {
    // The text is not repeated: it may hold credentials.
    let refuse = |why: &str| {
        Problem::new(
            "webhooks are not sent to this address",
            "give the address of a receiver on this machine, such as http://127.0.0.1:8090/",
        )
        .because(why)
    };
    let url = Url::parse(to).map_err(|error| refuse("it is no absolute URL").caused_by(&error))?;
    let is_here = match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => IpAddr::from(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::from(address).is_loopback(),
        None => false,
    };
    if url.scheme() != "http" {
        return Err(refuse("it is not http"));
    }
    if !is_here {
        return Err(refuse("its host is not this machine's loopback"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refuse("it has a user name or a password in it"));
    }
    Ok(url)
}

async fn send(http: &reqwest::Client, to: &Url, delivery: Delivery) -> Result<Answer, Problem> {
    let Delivery {
        what,
        body,
        signature,
        expected,
    } = delivery;
    let mut request = http
        .post(to.clone())
        .header("content-type", "application/json")
        .body(body);
    if let Some(signature) = signature {
        request = request.header(SIGNATURE_HEADER, signature);
    }
    let answer = request.send().await.map_err(|error| {
        Problem::new(
            "the receiver does not answer",
            "see that it is up, and that the port and the path are right",
        )
        .caused_by(&error.without_url())
    })?;
    Ok(Answer {
        what,
        status: answer.status().as_u16(),
        expected,
    })
}

fn deliveries(args: &SendArgs, secret: &WebhookSecret) -> Result<Vec<Delivery>, Problem> {
    let event = Event::given(args)?;
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
        None => event.body(Duration::ZERO),
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
        Kind::Stale => vec![signed("an hour old", event.body(HOUR), &[200, 401])],
        Kind::OutOfOrder => vec![
            signed("the end", body, &[200]),
            signed("what came before it", event.before().body(MINUTE), &[200]),
        ],
        Kind::Unknown => vec![signed(
            "of an unknown kind",
            event.renamed().body(Duration::ZERO),
            &[200],
        )],
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

/// An event in the form of the published one.
#[derive(Clone)]
struct Event {
    name: &'static str,
    session: SessionId,
    reference: Option<String>,
    status: SessionStatus,
    code: Option<StatusDetails>,
    now: SystemTime,
}

impl Event {
    fn given(args: &SendArgs) -> Result<Self, Problem> {
        let id = match &args.session_id {
            Some(id) => id.clone(),
            None => Uuid::new_v4().to_string(),
        };
        let session = SessionId::new(&id).map_err(|error| {
            Problem::new("--session-id is no session id", "give a UUID").caused_by(&error)
        })?;
        let status = args.status.as_deref().unwrap_or("Completed");
        let status = SessionStatus::from(status);
        let code = match &args.code {
            Some(code) => Some(StatusDetails::from(code.as_str())),
            None => usual(&status),
        };
        Ok(Self {
            name: STATUS_CHANGED,
            session,
            reference: args.reference.clone(),
            status,
            code,
            now: SystemClock.wall(),
        })
    }

    /// The event that the session would have had a while before its end: the agreement is not signed yet.
    fn before(&self) -> Self {
        Self {
            status: SessionStatus::Completed,
            code: Some(StatusDetails::Eft0302),
            ..self.clone()
        }
    }

    /// The same under a name that nobody has published.
    fn renamed(&self) -> Self {
        Self {
            name: "SessionSomethingElse",
            ..self.clone()
        }
    }

    /// The bytes of the event, made so long ago.
    fn body(&self, ago: Duration) -> Vec<u8> {
        let made = self.now.checked_sub(ago).unwrap_or(self.now);
        let when =
            Timestamp::try_from(made).map_or_else(|_| String::new(), |when| when.to_string());
        let event = json!({
            "eventType": self.name,
            "when": when,
            "sessionId": self.session,
            "status": self.status,
        });
        let event = match &self.reference {
            Some(reference) => merged(event, json!({ "referenceId": reference })),
            None => event,
        };
        let event = match &self.code {
            Some(code) => merged(event, json!({ "statusDetails": code })),
            None => event,
        };
        event.to_string().into_bytes()
    }
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
