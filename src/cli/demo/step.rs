//! What happens in a payment, one thing at a time: the lines of the text and the `steps` of the JSON document.

use flinks_pay::domain::{Amount, ReportedAmount};
use flinks_pay::sandbox::BrowserEvent;
use flinks_pay::session;
use serde::Serialize;

use super::scenario::Product;
use crate::cli::seen::{StatusSeen, dollars};

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(in crate::cli) enum Step {
    /// A token was obtained.
    Token { lifetime_seconds: u64 },
    /// The credentials are an API key, which needs no token.
    ApiKey,
    /// A session was asked for.
    Request {
        product: Product,
        amount: Option<Amount>,
        reference_id: Option<String>,
    },
    /// It was created. The id is whole: this is the command line.
    Session { session_id: String },
    /// Where the payor goes.
    HostedPage { url: String },
    /// The payor went on by one screen.
    Payor {
        screen: Option<session::Step>,
        events: Vec<BrowserEvent>,
    },
    /// A person has to go through the hosted page.
    Person {
        poll_seconds: u64,
        at_most_seconds: u64,
    },
    /// The status changed.
    Status(StatusSeen),
    /// The session was cancelled by a call.
    Cancel,
    /// The simulator's time was moved.
    Clock { advanced_seconds: u64 },
    /// The account that the payor's bank vouched for, masked.
    Account { masked: Option<String> },
    /// What was asked for and what it came to; nothing of the latter where nothing is debited.
    Amounts {
        requested: Option<Amount>,
        r#final: Option<ReportedAmount>,
        differ: bool,
    },
    /// An answer departs from the contract.
    Departure {
        operation: &'static str,
        what: String,
    },
}

impl Step {
    /// The label of the line.
    pub(in crate::cli) fn label(&self) -> &'static str {
        match self {
            Self::Token { .. } | Self::ApiKey => "token",
            Self::Request { .. } => "request",
            Self::Session { .. } => "session",
            Self::HostedPage { .. } => "hosted page",
            Self::Payor { .. } | Self::Person { .. } => "payor",
            Self::Status(_) => "status",
            Self::Cancel => "cancel",
            Self::Clock { .. } => "clock",
            Self::Account { .. } => "account",
            Self::Amounts { .. } => "amount",
            Self::Departure { .. } => "odd answer",
        }
    }

    /// The line behind its label.
    pub(in crate::cli) fn line(&self) -> String {
        match self {
            Self::Token { lifetime_seconds } => format!("obtained, valid for {lifetime_seconds} s"),
            Self::ApiKey => "none: the credentials are an API key".to_owned(),
            Self::Request {
                product,
                amount,
                reference_id,
            } => {
                let amount = amount.map_or("amount left to the payor".to_owned(), |amount| {
                    format!("{amount} CAD")
                });
                let reference = reference_id.as_deref().unwrap_or("none");
                format!("{}, {amount}, reference {reference}", product.name())
            }
            Self::Session { session_id } => session_id.clone(),
            Self::HostedPage { url } => url.clone(),
            Self::Payor { screen, events } => payor(screen.as_ref(), events),
            Self::Person {
                poll_seconds,
                at_most_seconds,
            } => format!(
                "a person has to go through the hosted page; asking every {poll_seconds} s, for {} minutes",
                at_most_seconds / 60
            ),
            Self::Status(seen) => format!("{}: {}", seen.name(), seen.meaning()),
            Self::Cancel => "cancelled by a call".to_owned(),
            Self::Clock { advanced_seconds } => {
                format!(
                    "the simulator's time is {} hours later",
                    advanced_seconds / 3600
                )
            }
            Self::Account {
                masked: Some(masked),
            } => format!("verified, {masked}"),
            Self::Account { masked: None } => "none verified".to_owned(),
            Self::Amounts {
                requested,
                r#final,
                differ,
            } => amounts(*requested, r#final.as_ref(), *differ),
            Self::Departure { operation, what } => format!("{operation}: {what}"),
        }
    }
}

fn payor(screen: Option<&session::Step>, events: &[BrowserEvent]) -> String {
    let posted = events
        .iter()
        .map(|event| event.as_str())
        .collect::<Vec<_>>()
        .join(", ");
    match (screen, posted.as_str()) {
        (Some(screen), "") => format!("at {screen}"),
        (Some(screen), posted) => format!("at {screen} after {posted}"),
        (None, posted) => format!("posted {posted}"),
    }
}

fn amounts(requested: Option<Amount>, debited: Option<&ReportedAmount>, differ: bool) -> String {
    let requested = requested.map_or("left to the payor".to_owned(), |amount| {
        format!("{amount} CAD requested")
    });
    match debited {
        None => format!("{requested}, nothing is debited"),
        Some(debited) if differ => {
            format!("{requested}, {} CAD final: they differ", dollars(debited))
        }
        Some(debited) => format!("{requested}, {} CAD final", dollars(debited)),
    }
}
