//! What a state file says. A change of it is a new [version](super::seal::VERSION), unless an older file can still be read.
//!
//! Times are nanoseconds of the sandbox's clock since the first start, and dates nanoseconds since 1970. A client is its place in
//! `clients`. The shape of a session's course is that of [`Flow`].

mod session;

use std::borrow::Cow;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::domain::SessionId;
use crate::sandbox::fault::FaultRule;
use crate::sandbox::flow::Flow;
use crate::sandbox::hooks::delivery::WebhookKind;
use crate::sandbox::hooks::faults::WebhookFaults;
use crate::sandbox::terms::Terms;
use crate::session::StatusDetails;

/// All of it.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::sandbox) struct Form<'a> {
    pub(super) profile: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::sandbox) seed: Option<u64>,
    pub(in crate::sandbox) clock: ClockForm,
    /// Where the generator of ids and tokens stands.
    pub(in crate::sandbox) chance: u64,
    pub(super) clients: Vec<ClientForm>,
    pub(in crate::sandbox) tokens: TokensForm<'a>,
    /// In the order of their creation.
    pub(in crate::sandbox) sessions: Vec<SessionForm<'a>>,
    pub(in crate::sandbox) faults: FaultsForm<'a>,
    pub(in crate::sandbox) webhooks: HooksForm,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::sandbox) struct ClockForm {
    /// How long all runs have lasted together, and what the time was moved by.
    pub(in crate::sandbox) passed: u64,
    /// What it was moved by.
    pub(in crate::sandbox) moved: u64,
    /// The time of day.
    pub(in crate::sandbox) date: u64,
}

/// Who may call. What the sandbox has made is here, as nobody else could say it again; a secret that it was given is not.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::sandbox) struct ClientForm {
    pub(in crate::sandbox) id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::sandbox) made_secret: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::sandbox) made_api_key: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::sandbox) struct TokensForm<'a> {
    pub(in crate::sandbox) issued: u64,
    pub(in crate::sandbox) tokens: Vec<TokenForm<'a>>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::sandbox) struct TokenForm<'a> {
    pub(in crate::sandbox) number: u64,
    pub(in crate::sandbox) text: Cow<'a, str>,
    pub(in crate::sandbox) client: usize,
    pub(in crate::sandbox) expires: u64,
    pub(in crate::sandbox) spent: bool,
    pub(in crate::sandbox) revoked: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::sandbox) struct SessionForm<'a> {
    id: SessionId,
    client: usize,
    created: u64,
    created_at: u64,
    terms: Cow<'a, Terms>,
    elsewhere: u64,
    flow: Cow<'a, Flow>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::sandbox) struct FaultsForm<'a> {
    pub(in crate::sandbox) added: u64,
    pub(in crate::sandbox) seed: u64,
    pub(in crate::sandbox) rules: Vec<FaultForm<'a>>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::sandbox) struct FaultForm<'a> {
    pub(in crate::sandbox) id: u64,
    pub(in crate::sandbox) rule: Cow<'a, FaultRule>,
    pub(in crate::sandbox) seen: u64,
    pub(in crate::sandbox) fired: u64,
    pub(in crate::sandbox) left: LeftForm,
}

/// What a rule has still to do: nothing to say, so many calls, where its generator stands, so many turns.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::sandbox) enum LeftForm {
    Always,
    Next(u64),
    Rate(u64),
    Script(usize),
}

#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::sandbox) struct HooksForm {
    /// Who was registered through the control API; absent if nothing was changed there, so that it is who was named at the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::sandbox) registered: Option<RegisteredForm>,
    /// Everybody who was registered through the control API and is still to be told something.
    pub(in crate::sandbox) receivers: Vec<ReceiverForm>,
    /// What is under way, and what waits, in its order.
    pub(in crate::sandbox) owed: Vec<JobForm>,
    pub(in crate::sandbox) dropped: u64,
    /// Sessions whose guarantees made room for others, which they do not know yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(in crate::sandbox) given_up: Vec<SessionId>,
}

/// Each is a place in `receivers`.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::sandbox) struct RegisteredForm {
    pub(in crate::sandbox) session: Option<usize>,
    pub(in crate::sandbox) guarantee: Option<usize>,
}

/// With the secret: whoever registered it is not asked again.
#[derive(PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::sandbox) struct ReceiverForm {
    pub(in crate::sandbox) url: String,
    pub(in crate::sandbox) secret: String,
    pub(in crate::sandbox) faults: WebhookFaults,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::sandbox) struct JobForm {
    pub(in crate::sandbox) webhook: WebhookKind,
    pub(in crate::sandbox) session: SessionId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::sandbox) code: Option<StatusDetails>,
    pub(in crate::sandbox) body: String,
    /// The number of the try that comes next, or that is under way.
    pub(in crate::sandbox) attempt: u8,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::sandbox) not_before: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::sandbox) gives_way: Option<u64>,
    /// A place in `receivers`; absent for who was named at the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::sandbox) to: Option<usize>,
}

/// Moments as numbers.
#[derive(Debug, Clone, Copy)]
pub(in crate::sandbox) struct Moments {
    /// The moment that is 0.
    pub(in crate::sandbox) start: Instant,
}

impl Moments {
    pub(in crate::sandbox) fn number(&self, moment: Instant) -> u64 {
        nanoseconds(moment.saturating_duration_since(self.start))
    }

    /// Nothing for one that a machine's clock cannot show.
    pub(in crate::sandbox) fn instant(&self, number: u64) -> Option<Instant> {
        self.start.checked_add(Duration::from_nanos(number))
    }
}

/// What is longer than 584 years is that.
pub(in crate::sandbox) fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// What is before 1970 is 1970, as it is [written](crate::sandbox::timestamp).
pub(in crate::sandbox) fn date(time: SystemTime) -> u64 {
    nanoseconds(time.duration_since(UNIX_EPOCH).unwrap_or_default())
}

/// The same back. Every system has the dates of the years up to 2554.
pub(in crate::sandbox) fn of_date(number: u64) -> SystemTime {
    let date = UNIX_EPOCH.checked_add(Duration::from_nanos(number));
    date.unwrap_or(UNIX_EPOCH)
}
