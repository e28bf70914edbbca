//! Every type of error with a sample of each variant.

use std::fmt::Write as _;
use std::io;
use std::time::{Duration, UNIX_EPOCH};

use super::{Family, family};
use crate::SessionId;
use crate::client::once::{GuardError, InvalidDebtKey, OnceError, Standing};
use crate::client::{
    BuildError, CredentialsError, EnvironmentError, Error, ErrorKind, Operation, RequestId,
};
use crate::contract::party::ServerError;
use crate::contract::run::RunError;
use crate::contract::tour::TourError;
use crate::contract::{ContractError, StaleWaiver, SuiteError, WaiverError};
use crate::domain::{self, Amount, ClientId, Found, Invalid, JsonKind};
use crate::hosted::{HostedEvent, HostedEventError};
use crate::sandbox::{Damage, ProfileError, SandboxError, StateError, WebhookUrlError};
use crate::session::{
    GuaranteedEft, Payor, SessionStatus, StatusDetails, StatusReport, Violation, Violations,
};
use crate::spec::{Document, PointerError, SpecError};
use crate::watch::{WaitError, WaitErrorKind};
use crate::webhook::{Freshness, Refusal, SecretError, WebhookError, WebhookRejection};

/// By the part of the crate that they are of.
pub(super) fn all() -> Vec<(&'static str, Vec<Family>)> {
    vec![
        ("client", client()),
        ("client_setup", setup()),
        ("contract", contract()),
        ("debts", debts()),
        ("hosted", vec![hosted()]),
        ("sandbox", sandbox()),
        ("spec", spec()),
        ("values", values()),
        ("wait", vec![wait()]),
        ("webhook", webhook()),
    ]
}

fn cause() -> io::Error {
    io::Error::other("what is behind it")
}

fn boxed() -> Box<dyn std::error::Error + Send + Sync> {
    Box::new(cause())
}

fn call(kind: ErrorKind, operation: Operation) -> Error {
    Error::new(kind, operation, RequestId::another(), 1)
}

/// An error of the HTTP client, which nothing else can make.
fn http() -> reqwest::Error {
    reqwest::Client::new()
        .get("http://[")
        .build()
        .expect_err("no URL")
}

fn id() -> SessionId {
    "0b7d4c1e-5a36-4f0e-9d5c-3f2a91c7e864".parse().unwrap()
}

fn invalid() -> Invalid {
    ClientId::new("").unwrap_err()
}

fn report(status: &str, code: &str) -> StatusReport {
    let text = format!(
        r#"{{"sessionId":"{}","status":"{status}","statusDetails":"{code}"}}"#,
        id().expose()
    );
    serde_json::from_str(&text).unwrap()
}

/// Of each kind, what it says of a create and of a read: only the one may have made something.
fn client() -> Vec<Family> {
    let kinds = [
        ErrorKind::Configuration,
        ErrorKind::Connect,
        ErrorKind::Certificate,
        ErrorKind::ClientCertificate,
        ErrorKind::NotSent,
        ErrorKind::Timeout,
        ErrorKind::Interrupted,
        ErrorKind::Redirect,
        ErrorKind::TooLarge,
        ErrorKind::Encoded,
        ErrorKind::Decode,
        ErrorKind::WrongSession,
        ErrorKind::Refused,
        ErrorKind::Unauthorized,
        ErrorKind::Forbidden,
        ErrorKind::NotFound,
        ErrorKind::Conflict,
        ErrorKind::RequestTimeout,
        ErrorKind::RateLimited,
        ErrorKind::Server,
        ErrorKind::UnexpectedStatus,
    ];
    let samples: Vec<Error> = kinds
        .into_iter()
        .flat_map(|kind| {
            let create = call(kind, Operation::CreateSession);
            let read = call(kind, Operation::GetSessionStatus).with_source(cause());
            [create, read]
        })
        .chain([
            call(ErrorKind::Decode, Operation::GetSessionDetails)
                .with_path("payor.account".to_owned()),
            call(ErrorKind::Decode, Operation::CreateSession).with_session(Some(id())),
            call(ErrorKind::WrongSession, Operation::CreateSession).with_session(Some(id())),
            call(ErrorKind::RateLimited, Operation::Authorize)
                .with_retry_after(Some(Duration::from_secs(17))),
            call(ErrorKind::Timeout, Operation::CancelSession),
        ])
        .collect();
    vec![family!(Error, samples, by Error::kind, {
        ErrorKind::Configuration => "Configuration",
        ErrorKind::Connect => "Connect",
        ErrorKind::Certificate => "Certificate",
        ErrorKind::ClientCertificate => "ClientCertificate",
        ErrorKind::NotSent => "NotSent",
        ErrorKind::Timeout => "Timeout",
        ErrorKind::Interrupted => "Interrupted",
        ErrorKind::Redirect => "Redirect",
        ErrorKind::TooLarge => "TooLarge",
        ErrorKind::Encoded => "Encoded",
        ErrorKind::Decode => "Decode",
        ErrorKind::WrongSession => "WrongSession",
        ErrorKind::Refused => "Refused",
        ErrorKind::Unauthorized => "Unauthorized",
        ErrorKind::Forbidden => "Forbidden",
        ErrorKind::NotFound => "NotFound",
        ErrorKind::Conflict => "Conflict",
        ErrorKind::RequestTimeout => "RequestTimeout",
        ErrorKind::RateLimited => "RateLimited",
        ErrorKind::Server => "Server",
        ErrorKind::UnexpectedStatus => "UnexpectedStatus",
    })]
}

fn setup() -> Vec<Family> {
    let part = "FLINKS_PAY_CLIENT_ID";
    let build = family!(BuildError, [
        BuildError::Certificate(None),
        BuildError::Certificate(Some(boxed())),
        BuildError::Identity(boxed()),
        BuildError::Proxy,
        BuildError::FollowsRedirects,
        BuildError::PluggedIn { setting: "proxy" },
        BuildError::UserAgent,
        BuildError::ZeroTimeout,
        BuildError::Tls(boxed()),
        BuildError::Thread(cause()),
    ], {
        BuildError::Certificate(_) => "Certificate",
        BuildError::Identity(_) => "Identity",
        BuildError::Proxy => "Proxy",
        BuildError::FollowsRedirects => "FollowsRedirects",
        BuildError::PluggedIn { .. } => "PluggedIn",
        BuildError::UserAgent => "UserAgent",
        BuildError::ZeroTimeout => "ZeroTimeout",
        BuildError::Tls(_) => "Tls",
        BuildError::Thread(_) => "Thread",
    });
    let credentials = family!(CredentialsError, [
        CredentialsError::Unusable { part, cause: invalid() },
        CredentialsError::ColonInClientId,
        CredentialsError::NotAHeader { part },
        CredentialsError::NotSet { name: part },
        CredentialsError::NotUnicode { name: part },
        CredentialsError::UnknownScheme,
    ], {
        CredentialsError::Unusable { .. } => "Unusable",
        CredentialsError::ColonInClientId => "ColonInClientId",
        CredentialsError::NotAHeader { .. } => "NotAHeader",
        CredentialsError::NotSet { .. } => "NotSet",
        CredentialsError::NotUnicode { .. } => "NotUnicode",
        CredentialsError::UnknownScheme => "UnknownScheme",
    });
    let environment = family!(EnvironmentError, [
        EnvironmentError::NotAUrl,
        EnvironmentError::Unexpanded,
        EnvironmentError::Insecure,
        EnvironmentError::HasCredentials,
        EnvironmentError::HasQuery,
    ], {
        EnvironmentError::NotAUrl => "NotAUrl",
        EnvironmentError::Unexpanded => "Unexpanded",
        EnvironmentError::Insecure => "Insecure",
        EnvironmentError::HasCredentials => "HasCredentials",
        EnvironmentError::HasQuery => "HasQuery",
    });
    vec![build, credentials, environment]
}

fn contract() -> Vec<Family> {
    let schema = || {
        let schema = serde_json::json!({ "type": 5 });
        ContractError::Schema {
            at: "#/components/schemas/Amount".to_owned(),
            source: Box::new(jsonschema::validator_for(&schema).unwrap_err()),
        }
    };
    let contract = family!(ContractError, [
        ContractError::Spec(unreadable()),
        ContractError::Setup(boxed()),
        schema(),
    ], {
        ContractError::Spec(_) => "Spec",
        ContractError::Setup(_) => "Setup",
        ContractError::Schema { .. } => "Schema",
    });
    let server = family!(ServerError, [
        ServerError::Setup(boxed()),
        ServerError::Token(call(ErrorKind::Unauthorized, Operation::Authorize)),
        ServerError::Unreachable(http()),
        ServerError::Unauthorized { operation: "createSession".to_owned() },
    ], {
        ServerError::Setup(_) => "Setup",
        ServerError::Token(_) => "Token",
        ServerError::Unreachable(_) => "Unreachable",
        ServerError::Unauthorized { .. } => "Unauthorized",
    });
    let suite = family!(SuiteError, [
        SuiteError::Contract(ContractError::Setup(boxed())),
        SuiteError::Server(ServerError::Setup(boxed())),
    ], {
        SuiteError::Contract(_) => "Contract",
        SuiteError::Server(_) => "Server",
    });
    let tour = family!(TourError, [
        TourError::Environment(EnvironmentError::NotAUrl),
        TourError::Credentials(CredentialsError::UnknownScheme),
        TourError::Simulator(SandboxError::Bind { port: 8080, source: cause() }),
        TourError::Setup(boxed()),
    ], {
        TourError::Environment(_) => "Environment",
        TourError::Credentials(_) => "Credentials",
        TourError::Simulator(_) => "Simulator",
        TourError::Setup(_) => "Setup",
    });
    let run = family!(RunError, [
        RunError::Contract(schema()),
        RunError::Setup(TourError::Setup(boxed())),
        RunError::Unreachable(boxed()),
        RunError::Redirects { status: 302 },
        RunError::SomethingElse { status: 200 },
        RunError::Credentials { status: 401 },
    ], {
        RunError::Contract(_) => "Contract",
        RunError::Setup(_) => "Setup",
        RunError::Unreachable(_) => "Unreachable",
        RunError::Redirects { .. } => "Redirects",
        RunError::SomethingElse { .. } => "SomethingElse",
        RunError::Credentials { .. } => "Credentials",
    });
    let name = || "createSession: answered 403".to_owned();
    let waiver = family!(WaiverError, [
        WaiverError::Form { line: 3, what: "expected `=`".to_owned() },
        WaiverError::NoReason(name()),
        WaiverError::Twice(name()),
    ], {
        WaiverError::Form { .. } => "Form",
        WaiverError::NoReason(_) => "NoReason",
        WaiverError::Twice(_) => "Twice",
    });
    let stale = family!(StaleWaiver, [StaleWaiver::Unknown(name()), StaleWaiver::Met(name())], {
        StaleWaiver::Unknown(_) => "Unknown",
        StaleWaiver::Met(_) => "Met",
    });
    vec![contract, server, suite, tour, run, waiver, stale]
}

fn debts() -> Vec<Family> {
    let since = UNIX_EPOCH;
    let create = || call(ErrorKind::Timeout, Operation::CreateSession);
    let cancel = || Some(call(ErrorKind::Conflict, Operation::CancelSession));
    let paid = |contradicted, open| OnceError::Paid {
        session: Some(id()),
        contradicted,
        open,
    };
    let once = family!(OnceError, [
        OnceError::NoReference,
        OnceError::InProgress { since: None },
        OnceError::Doubtful { since, suspect: None },
        OnceError::Doubtful { since, suspect: Some(id()) },
        OnceError::MaybeCreated(create()),
        paid(false, None),
        paid(true, None),
        paid(false, Some(id())),
        OnceError::Held { session: id() },
        OnceError::NotCreated(call(ErrorKind::Refused, Operation::CreateSession)),
        OnceError::NotReplaced { report: Box::new(report("InProgress", "EFT0302")), cancel: cancel() },
        OnceError::NotReplaced { report: Box::new(report("Completed", "EFT0301")), cancel: None },
        OnceError::NotRead { error: call(ErrorKind::Server, Operation::GetSessionStatus), cancel: cancel() },
        OnceError::NotItsSession { live: None },
        OnceError::NotItsSession { live: Some(id()) },
        OnceError::Overtaken { session: id(), standing: Box::new(Standing::Free) },
        OnceError::NotKept { session: id(), error: GuardError::Slow },
        OnceError::NotResolved { standing: Box::new(Standing::Live { session: id() }) },
        OnceError::Guard(GuardError::Slow),
        OnceError::Guard(GuardError::Full { capacity: 10 }),
    ], {
        OnceError::NoReference => "NoReference",
        OnceError::InProgress { .. } => "InProgress",
        OnceError::Doubtful { .. } => "Doubtful",
        OnceError::MaybeCreated(_) => "MaybeCreated",
        OnceError::Paid { .. } => "Paid",
        OnceError::Held { .. } => "Held",
        OnceError::NotCreated(_) => "NotCreated",
        OnceError::NotReplaced { .. } => "NotReplaced",
        OnceError::NotRead { .. } => "NotRead",
        OnceError::NotItsSession { .. } => "NotItsSession",
        OnceError::Overtaken { .. } => "Overtaken",
        OnceError::NotKept { .. } => "NotKept",
        OnceError::NotResolved { .. } => "NotResolved",
        OnceError::Guard(_) => "Guard",
    });
    let guard = family!(GuardError, [
        GuardError::Full { capacity: 10 },
        GuardError::store(cause()),
        GuardError::Slow,
        GuardError::Restless,
    ], {
        GuardError::Full { .. } => "Full",
        GuardError::Store(_) => "Store",
        GuardError::Slow => "Slow",
        GuardError::Restless => "Restless",
    });
    let key = family!(InvalidDebtKey, [
        InvalidDebtKey::Empty,
        InvalidDebtKey::TooLong,
        InvalidDebtKey::Invisible(7),
        InvalidDebtKey::Edge,
    ], {
        InvalidDebtKey::Empty => "Empty",
        InvalidDebtKey::TooLong => "TooLong",
        InvalidDebtKey::Invisible(_) => "Invisible",
        InvalidDebtKey::Edge => "Edge",
    });
    vec![once, guard, key]
}

fn hosted() -> Family {
    let of = |payload: &str| HostedEvent::parse(payload).unwrap_err();
    family!(HostedEventError, [
        HostedEventError::TooLong,
        of("{"),
        HostedEventError::NotAnObject,
        HostedEventError::NoStep,
        HostedEventError::StepNotText,
        HostedEventError::StepLength,
    ], {
        HostedEventError::TooLong => "TooLong",
        HostedEventError::NotJson(_) => "NotJson",
        HostedEventError::NotAnObject => "NotAnObject",
        HostedEventError::NoStep => "NoStep",
        HostedEventError::StepNotText => "StepNotText",
        HostedEventError::StepLength => "StepLength",
    })
}

fn sandbox() -> Vec<Family> {
    let amount = |cents| Some(Amount::from_cents(cents).unwrap());
    let refused = |minimum, maximum| SandboxError::AmountRefused { minimum, maximum };
    let sandbox = family!(SandboxError, [
        SandboxError::Bind { port: 8080, source: cause() },
        SandboxError::Refuse { source: cause() },
        SandboxError::Accept { source: cause() },
        SandboxError::Address(url::ParseError::EmptyHost),
        SandboxError::Generated(invalid()),
        SandboxError::State(StateError::Foreign { path: "shop.state".into() }),
        SandboxError::FaultRule { path: "trigger.next.calls".to_owned(), expected: "a number from 1" },
        SandboxError::TooManyFaults { most: 100 },
        SandboxError::Request(violations()),
        SandboxError::Unreachable { goal: "EFT0402".to_owned() },
        SandboxError::UnknownSession,
        SandboxError::SessionEnded {
            status: SessionStatus::Failed,
            details: Some(StatusDetails::Eft0402),
        },
        SandboxError::SessionEnded { status: SessionStatus::Cancelled, details: None },
        SandboxError::PayorLeft,
        SandboxError::DecisionPending,
        SandboxError::NothingToDecide,
        refused(amount(1_000), amount(2_000)),
        refused(amount(1_000), None),
        refused(None, amount(2_000)),
        refused(None, None),
    ], {
        SandboxError::Bind { .. } => "Bind",
        SandboxError::Refuse { .. } => "Refuse",
        SandboxError::Accept { .. } => "Accept",
        SandboxError::Address(_) => "Address",
        SandboxError::Generated(_) => "Generated",
        SandboxError::State(_) => "State",
        SandboxError::FaultRule { .. } => "FaultRule",
        SandboxError::TooManyFaults { .. } => "TooManyFaults",
        SandboxError::Request(_) => "Request",
        SandboxError::Unreachable { .. } => "Unreachable",
        SandboxError::UnknownSession => "UnknownSession",
        SandboxError::SessionEnded { .. } => "SessionEnded",
        SandboxError::PayorLeft => "PayorLeft",
        SandboxError::DecisionPending => "DecisionPending",
        SandboxError::NothingToDecide => "NothingToDecide",
        SandboxError::AmountRefused { .. } => "AmountRefused",
    });
    let path = || "shop.state".into();
    let damaged = |damage| StateError::Damaged {
        path: path(),
        damage,
    };
    let state = family!(StateError, [
        StateError::InUse { path: path() },
        StateError::NotAFile { path: path() },
        StateError::Unreadable { path: path(), source: cause() },
        StateError::Unwritable { path: path(), source: cause() },
        StateError::Foreign { path: path() },
        StateError::Newer { path: path(), version: 9 },
        damaged(Damage::Empty),
        damaged(Damage::FirstLine),
        damaged(Damage::Length { expected: 900, found: 100 }),
        damaged(Damage::Checksum),
        damaged(Damage::Content { at: "sessions[3].payor".to_owned() }),
        StateError::SetUpOtherwise {
            path: path(),
            written: "profile lenient".to_owned(),
            given: "profile strict".to_owned(),
        },
        StateError::UnknownClient { path: path() },
    ], {
        StateError::InUse { .. } => "InUse",
        StateError::NotAFile { .. } => "NotAFile",
        StateError::Unreadable { .. } => "Unreadable",
        StateError::Unwritable { .. } => "Unwritable",
        StateError::Foreign { .. } => "Foreign",
        StateError::Newer { .. } => "Newer",
        StateError::Damaged { damage: Damage::Empty, .. } => "Damaged, Empty",
        StateError::Damaged { damage: Damage::FirstLine, .. } => "Damaged, FirstLine",
        StateError::Damaged { damage: Damage::Length { .. }, .. } => "Damaged, Length",
        StateError::Damaged { damage: Damage::Checksum, .. } => "Damaged, Checksum",
        StateError::Damaged { damage: Damage::Content { .. }, .. } => "Damaged, Content",
        StateError::SetUpOtherwise { .. } => "SetUpOtherwise",
        StateError::UnknownClient { .. } => "UnknownClient",
    });
    let profile = family!(ProfileError, [
        ProfileError::UnknownProfile,
        ProfileError::UnknownSetting,
        ProfileError::UnknownValue { setting: "token-use", expected: &["single", "reusable"] },
        ProfileError::Twice { setting: "token-use" },
    ], {
        ProfileError::UnknownProfile => "UnknownProfile",
        ProfileError::UnknownSetting => "UnknownSetting",
        ProfileError::UnknownValue { .. } => "UnknownValue",
        ProfileError::Twice { .. } => "Twice",
    });
    let receiver = family!(WebhookUrlError, [
        WebhookUrlError::NotAUrl,
        WebhookUrlError::Insecure,
        WebhookUrlError::HasCredentials,
        WebhookUrlError::HasFragment,
        WebhookUrlError::Certificate(BuildError::Certificate(Some(boxed()))),
        WebhookUrlError::Client(http()),
    ], {
        WebhookUrlError::NotAUrl => "NotAUrl",
        WebhookUrlError::Insecure => "Insecure",
        WebhookUrlError::HasCredentials => "HasCredentials",
        WebhookUrlError::HasFragment => "HasFragment",
        WebhookUrlError::Certificate(_) => "Certificate",
        WebhookUrlError::Client(_) => "Client",
    });
    vec![sandbox, state, profile, receiver]
}

fn unreadable() -> SpecError {
    Document::parse("shop.yaml", "openapi: 3.0.3\nopenapi: 3.0.3\n").unwrap_err()
}

fn missing() -> SpecError {
    Document::read("no/such/file.yaml".as_ref()).unwrap_err()
}

/// What is wrong with documents is in the snapshots `spec_errors_*` and `translate_errors_*`.
fn spec() -> Vec<Family> {
    let mut document = family!(SpecError, [unreadable(), missing()], by SpecError::position, {
        Some(_) => "with a place",
        None => "of the whole document",
    });
    if let Some(system) = std::error::Error::source(&missing()) {
        document.told = document
            .told
            .replace(&system.to_string(), "[what the system says]");
    }
    let pointer = family!(PointerError, [
        PointerError::NoSlash,
        PointerError::BadEscape,
        PointerError::BadPercent,
    ], {
        PointerError::NoSlash => "NoSlash",
        PointerError::BadEscape => "BadEscape",
        PointerError::BadPercent => "BadPercent",
    });
    vec![document, pointer]
}

fn violations() -> Violations {
    GuaranteedEft::new(Payor::new("", "Tester"))
        .amount("1.001")
        .build()
        .unwrap_err()
}

/// What each rule says is in the snapshots `domain_refusals` and `session_violations_*`; here it is what was found.
fn values() -> Vec<Family> {
    let rule = domain::rule("account-number").unwrap();
    let found = [
        Found::Nothing,
        Found::Empty,
        Found::Characters(1),
        Found::Characters(5),
        Found::Spaces(1),
        Found::Spaces(5),
        Found::ControlCharacter { position: 2 },
        Found::Character {
            not: "a digit",
            position: 2,
        },
        Found::Part {
            part: "before the @",
            characters: 65,
        },
        Found::Decimals(1),
        Found::Decimals(3),
        Found::Json {
            found: JsonKind::Null,
            wanted: JsonKind::String,
        },
        Found::Json {
            found: JsonKind::Boolean,
            wanted: JsonKind::Number,
        },
        Found::Json {
            found: JsonKind::Array,
            wanted: JsonKind::Object,
        },
        Found::Shape("any other shape"),
    ];
    let refused: Vec<Invalid> = found.into_iter().map(|found| rule.refuse(found)).collect();
    let invalid = family!(Invalid, refused, by Invalid::found, {
        Found::Nothing => "Nothing",
        Found::Empty => "Empty",
        Found::Characters(_) => "Characters",
        Found::Spaces(_) => "Spaces",
        Found::ControlCharacter { .. } => "ControlCharacter",
        Found::Character { .. } => "Character",
        Found::Part { .. } => "Part",
        Found::Decimals(_) => "Decimals",
        Found::Json { .. } => "Json",
        Found::Shape(_) => "Shape",
    });
    let each: Vec<Violation> = violations().into_iter().collect();
    let violation = family!(Violation, each, { Violation { .. } => "at a path" });
    let one = GuaranteedEft::new(Payor::new("", "Tester"))
        .build()
        .unwrap_err();
    let all = family!(Violations, [one, violations()], by Violations::len, {
        1 => "one",
        _ => "several",
    });
    vec![invalid, violation, all]
}

fn wait() -> Family {
    let kinds = [
        WaitErrorKind::TooFast {
            every: Duration::from_secs(9),
            floor: Duration::from_secs(10),
        },
        WaitErrorKind::Deadline,
        WaitErrorKind::Gone,
        WaitErrorKind::Unauthorized,
        WaitErrorKind::Forbidden,
        WaitErrorKind::WrongSession,
        WaitErrorKind::TooManyFailures,
        WaitErrorKind::Failed,
    ];
    let samples: Vec<WaitError> = kinds
        .into_iter()
        .map(|kind| {
            let seen = report("InProgress", "EFT0302");
            let read = call(ErrorKind::Server, Operation::GetSessionStatus);
            WaitError::new(kind).last_seeing(Some(seen)).by(Some(read))
        })
        .chain([WaitError::new(WaitErrorKind::Deadline)])
        .collect();
    family!(WaitError, samples, by WaitError::kind, {
        WaitErrorKind::TooFast { .. } => "TooFast",
        WaitErrorKind::Deadline => "Deadline",
        WaitErrorKind::Gone => "Gone",
        WaitErrorKind::Unauthorized => "Unauthorized",
        WaitErrorKind::Forbidden => "Forbidden",
        WaitErrorKind::WrongSession => "WrongSession",
        WaitErrorKind::TooManyFailures => "TooManyFailures",
        WaitErrorKind::Failed => "Failed",
    })
}

fn webhook() -> Vec<Family> {
    let reasons = [
        Refusal::NoSignature,
        Refusal::SeveralSignatures,
        Refusal::MalformedSignature,
        Refusal::WrongSignature,
        Refusal::NotFresh(Freshness::Fresh),
        Refusal::NotFresh(Freshness::Stale(Duration::from_secs(301))),
        Refusal::NotFresh(Freshness::Future(Duration::from_secs(301))),
        Refusal::NotFresh(Freshness::Unreadable),
        Refusal::NotFresh(Freshness::Missing),
        Refusal::TooLarge { limit: 65_536 },
    ];
    let mut refused = family!(WebhookError, reasons.map(WebhookError::from), by WebhookError::reason, {
        Refusal::NoSignature => "NoSignature",
        Refusal::SeveralSignatures => "SeveralSignatures",
        Refusal::MalformedSignature => "MalformedSignature",
        Refusal::WrongSignature => "WrongSignature",
        Refusal::NotFresh(Freshness::Fresh) => "NotFresh, Fresh",
        Refusal::NotFresh(Freshness::Stale(_)) => "NotFresh, Stale",
        Refusal::NotFresh(Freshness::Future(_)) => "NotFresh, Future",
        Refusal::NotFresh(Freshness::Unreadable) => "NotFresh, Unreadable",
        Refusal::NotFresh(Freshness::Missing) => "NotFresh, Missing",
        Refusal::TooLarge { .. } => "TooLarge",
    });
    refused.told += "for the receiver's own log, in the same order\n";
    for reason in reasons {
        writeln!(refused.told, "  {reason}").unwrap();
    }
    let rejected = family!(WebhookRejection, [
        WebhookRejection::Refused(Refusal::NoSignature.into()),
        WebhookRejection::Interrupted,
    ], {
        WebhookRejection::Refused(_) => "Refused",
        WebhookRejection::Interrupted => "Interrupted",
    });
    let secret = family!(SecretError, [
        SecretError::Blank,
        SecretError::Surrounded,
        SecretError::ControlCharacter,
        SecretError::TooShort { bytes: 8 },
    ], {
        SecretError::Blank => "Blank",
        SecretError::Surrounded => "Surrounded",
        SecretError::ControlCharacter => "ControlCharacter",
        SecretError::TooShort { .. } => "TooShort",
    });
    vec![refused, rejected, secret]
}
