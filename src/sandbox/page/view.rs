//! What the hosted page shows of a session, and no more: nothing that the payor has not typed, chosen or been offered.

use serde::{Deserialize, Serialize};

use crate::domain::{Amount, RedirectMode};
use crate::sandbox::bank::Account;
use crate::sandbox::event::BrowserEvent;
use crate::sandbox::flow::{Flow, Guarantee};
use crate::sandbox::scenario::Scenario;
use crate::sandbox::screen::Screen;
use crate::sandbox::session::Session;
use crate::sandbox::terms::RedirectTexts;
use crate::session::{Limits, StatusDetails};

/// What the payor sees: a screen of the flow, or how it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Shown {
    /// The page is not loaded yet.
    Opening,
    Start,
    Consent,
    BankSelection,
    BankConnection,
    /// The bank asks once more.
    SecondQuestion,
    AccountSelection,
    AmountSelection,
    /// The whole amount is guaranteed.
    GuaranteeOffer,
    /// Less than the amount is guaranteed.
    LowerOffer,
    /// The integrator has not decided about the guarantee.
    GuaranteePending,
    Review,
    Pad,
    Complete,
    LoginFailed,
    NameMismatch,
    LowBalance,
    NoGuarantee,
    /// Expired, or cancelled: the vendor's page shows both as timed out (S3).
    TimedOut,
    /// The payor has left, and the session is open until it expires.
    Left,
}

impl Shown {
    /// Every one.
    #[cfg(test)]
    pub(super) const ALL: &'static [Self] = &[
        Self::Opening,
        Self::Start,
        Self::Consent,
        Self::BankSelection,
        Self::BankConnection,
        Self::SecondQuestion,
        Self::AccountSelection,
        Self::AmountSelection,
        Self::GuaranteeOffer,
        Self::LowerOffer,
        Self::GuaranteePending,
        Self::Review,
        Self::Pad,
        Self::Complete,
        Self::LoginFailed,
        Self::NameMismatch,
        Self::LowBalance,
        Self::NoGuarantee,
        Self::TimedOut,
        Self::Left,
    ];

    pub(super) fn of(flow: &Flow) -> Self {
        let ended = match flow.status().1 {
            Some(StatusDetails::Eft0301) => Some(Self::Complete),
            Some(StatusDetails::Eft0401) => Some(Self::LoginFailed),
            Some(StatusDetails::Eft0402) => Some(Self::NoGuarantee),
            Some(StatusDetails::Eft0403) => Some(Self::NameMismatch),
            Some(StatusDetails::Eft0404) => Some(Self::LowBalance),
            Some(StatusDetails::Eft0501 | StatusDetails::Eft0601) => Some(Self::TimedOut),
            _ => flow.is_over().then_some(Self::Left),
        };
        ended.unwrap_or_else(|| match flow.screen() {
            None => Self::Opening,
            Some(Screen::Start) => Self::Start,
            Some(Screen::Consent) => Self::Consent,
            Some(Screen::BankSelection) => Self::BankSelection,
            Some(Screen::BankConnection) if flow.asks_question() => Self::SecondQuestion,
            Some(Screen::BankConnection) => Self::BankConnection,
            Some(Screen::AccountSelection) => Self::AccountSelection,
            Some(Screen::AmountSelection) => Self::AmountSelection,
            Some(Screen::GuaranteeOffer) => Self::of_offer(flow),
            Some(Screen::Review) => Self::Review,
            Some(Screen::Pad) => Self::Pad,
            Some(Screen::Complete) => Self::Complete,
        })
    }

    fn of_offer(flow: &Flow) -> Self {
        match flow.guarantee() {
            _ if flow.awaits_integrator() => Self::GuaranteePending,
            Some(Guarantee::Offered(offer)) if offer.lower => Self::LowerOffer,
            _ => Self::GuaranteeOffer,
        }
    }
}

/// The password that the sandbox's bank takes from everybody (GTST).
pub(super) const PASSWORD: &str = "Everyday";

/// The answer that it takes to its second question.
pub(super) const ANSWER: &str = "Montreal";

/// What the page gets. What does not belong to the screen is left out.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct View {
    pub(super) screen: Shown,
    /// Whether the payor has nothing more to do.
    over: bool,
    /// Whether the page tells its events to the page that embeds it.
    messages: bool,
    /// What has happened since the session was created.
    events: Vec<BrowserEvent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<Amount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    offer: Option<Amount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    minimum: Option<Amount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    maximum: Option<Amount>,
    #[serde(flatten)]
    account: Option<ShownAccount>,
    #[serde(flatten)]
    login: Option<Login>,
    #[serde(skip_serializing_if = "Option::is_none")]
    leave: Option<Leave>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ShownAccount {
    account: &'static str,
    account_label: Option<&'static str>,
}

/// What a developer types at the bank. It opens nothing but this simulator.
#[derive(Debug, Serialize)]
struct Login {
    username: &'static str,
    password: &'static str,
    answer: &'static str,
}

/// Where the payor goes from here.
#[derive(Debug, Serialize)]
struct Leave {
    url: String,
    /// At once: the payor has finished or has chosen to go. Otherwise there is something to read first.
    now: bool,
}

impl View {
    pub(super) fn of(session: &Session) -> Self {
        let Session { terms, flow, .. } = session;
        let screen = Shown::of(flow);
        let offer = match flow.guarantee() {
            Some(Guarantee::Offered(offer)) => Some(offer.amount),
            _ => None,
        };
        let limits = flow.limits();
        let redirect = terms.texts().redirect.filter(redirects);
        Self {
            screen,
            over: flow.is_over(),
            messages: redirect.is_none(),
            events: flow.events().to_vec(),
            amount: flow.amount(),
            offer,
            minimum: limits.and_then(Limits::minimum),
            maximum: limits.and_then(Limits::maximum),
            account: flow.is_logged_in().then(|| {
                let account = Account::of_payor(true);
                ShownAccount {
                    account: account.account_number,
                    account_label: account.account_label,
                }
            }),
            login: matches!(screen, Shown::BankConnection | Shown::SecondQuestion).then(|| Login {
                username: username(session),
                password: PASSWORD,
                answer: ANSWER,
            }),
            leave: redirect.and_then(|redirect| Leave::from(&redirect, screen, flow)),
        }
    }
}

impl Leave {
    fn from(redirect: &RedirectTexts<'_>, screen: Shown, flow: &Flow) -> Option<Self> {
        let url = if screen == Shown::Complete {
            redirect.url_success
        } else {
            redirect.url_exit
        };
        let chosen = matches!(
            flow.events().last(),
            Some(
                BrowserEvent::Success
                    | BrowserEvent::ComponentNboReturnToClientSelected
                    | BrowserEvent::ComponentPadWarningScreenExit
                    | BrowserEvent::ComponentOtherFundingOptionsSelected
            )
        );
        Some(Self {
            url: url?.to_owned(),
            now: flow.is_over() && chosen,
        })
    }
}

/// The user name that the bank knows the payor of a session by: the name of the scenario (GTST).
pub(super) fn username(session: &Session) -> &'static str {
    Scenario::of(session.terms.reference_id()).reference_id()
}

fn redirects(redirect: &RedirectTexts<'_>) -> bool {
    redirect.mode == Some(RedirectMode::RedirectUri)
}
