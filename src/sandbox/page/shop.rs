//! The backend of the shop: a client of the API, as that of any integrator. It calls this very simulator over its socket, so that
//! profile, faults, journal and judge hold for it, and it knows of a payment what an integrator knows.
//!
//! No other part of the simulator calls by the client, and nothing that the operations answer depends on it.

use std::sync::{Arc, OnceLock};

use axum::http::StatusCode;
use serde_json::{Value, json};
use url::Url;

use crate::client::{Client, Credentials, Environment, Error, ErrorKind, Operation, Retries};
use crate::domain::{ApiKey, SessionId};
use crate::sandbox::profile::choices::CredentialsTaken;
use crate::sandbox::world::Core;
use crate::session::{GuaranteeDecision, GuaranteeDetails, GuaranteedEft, Outcome};

/// The shop, which belongs to the first client.
pub(super) struct Shop {
    core: Arc<Core>,
    base: Url,
    /// Made when somebody comes to the shop, which most simulators never see.
    client: OnceLock<Client>,
}

/// Why the shop cannot do what it was asked to.
#[derive(Debug)]
pub(super) struct Trouble {
    pub(super) status: StatusCode,
    pub(super) code: &'static str,
    /// For a person.
    pub(super) why: String,
}

impl Shop {
    pub(super) fn new(core: Arc<Core>, base: Url) -> Self {
        Self {
            core,
            base,
            client: OnceLock::new(),
        }
    }

    pub(super) async fn create(&self, request: &GuaranteedEft) -> Result<SessionId, Trouble> {
        let created = self.client()?.create_guaranteed(request).await;
        created.map_or_else(|error| Err(error.into()), |created| Ok(created.session_id))
    }

    /// What the shop's page is told of a session.
    pub(super) async fn status(&self, session: &SessionId) -> Result<Value, Trouble> {
        let client = self.client()?;
        let report = client.status(session).await?;
        let code = report.status_details.as_ref();
        let outcome = Outcome::of(&report.status, code);
        // That a guarantee is on offer is in the details only. A shop that is not asked about this one need not look.
        let decides = self.core.awaits_decision(session)
            && outcome.is_none()
            && client
                .details(session)
                .await?
                .guarantee_details
                .as_ref()
                .is_some_and(GuaranteeDetails::is_undecided);
        Ok(json!({
            "status": self.core.settings.profile.spell(&report.status),
            "statusDetails": code,
            "over": outcome.is_some_and(|outcome| outcome.is_final()),
            "decides": decides,
        }))
    }

    pub(super) async fn decide(&self, session: &SessionId, accept: bool) -> Result<(), Trouble> {
        let decision = if accept {
            GuaranteeDecision::accept()
        } else {
            GuaranteeDecision::reject()
        };
        let told = self.client()?.confirm_guarantee(session, decision).await;
        told.map(drop).map_err(Trouble::from)
    }

    fn client(&self) -> Result<&Client, Trouble> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let client = self.connect().map_err(|why| Trouble {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            code: "shop_not_set_up",
            why: format!("The shop cannot call the API: {why}."),
        })?;
        // Of two that come first at the same time, one is kept.
        Ok(self.client.get_or_init(|| client))
    }

    fn connect(&self) -> Result<Client, String> {
        let environment = Environment::custom(self.base.as_str());
        let environment = environment.map_err(|error| error.to_string())?;
        // The page asks again by itself, and is to show soon what goes wrong. Without any retry a 401 would be the last word.
        Client::builder(environment, self.credentials()?)
            .retries(Retries::default().attempts(2))
            .build()
            .map_err(|error| error.to_string())
    }

    /// The credentials of the first client, in a way that the profile takes.
    fn credentials(&self) -> Result<Credentials, String> {
        let settings = &self.core.settings;
        let first = settings.clients.first();
        let first = first.ok_or("this simulator has no client")?;
        let (id, secret) = (first.id.expose(), first.secret.expose());
        match settings.profile.credentials {
            CredentialsTaken::ApiKey => {
                let key = first.api_key.as_ref().map_or("", ApiKey::expose);
                Credentials::api_key(key, id)
            }
            CredentialsTaken::Form => Credentials::form(id, secret),
            // HTTP Basic has no way to say such an id.
            CredentialsTaken::All if id.contains(':') => Credentials::form(id, secret),
            CredentialsTaken::All | CredentialsTaken::Basic => Credentials::basic(id, secret),
        }
        .map_err(|error| error.to_string())
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        let operation = error.operation();
        let (status, code) = match (error.kind(), operation) {
            (ErrorKind::NotFound, _) => (StatusCode::NOT_FOUND, "not_found"),
            (ErrorKind::Refused | ErrorKind::Conflict, Operation::ConfirmGuarantee) => {
                (StatusCode::CONFLICT, "nothing_to_decide")
            }
            _ => (StatusCode::BAD_GATEWAY, "api_failed"),
        };
        Self {
            status,
            code,
            why: plain(&error),
        }
    }
}

/// What went wrong, for a person who looks at the shop.
fn plain(error: &Error) -> String {
    let failed = match error.operation() {
        Operation::Authorize => "The shop got no token from Flinks Pay",
        Operation::CreateSession => "The payment could not be begun",
        Operation::ConfirmGuarantee => "The decision could not be told",
        _ => "The status could not be read",
    };
    let status = error
        .status()
        .map_or_else(String::new, |status| format!(" (HTTP {status})"));
    let detail = error.problem().and_then(|problem| problem.detail());
    let detail = detail.map_or_else(String::new, |detail| format!(", saying “{detail}”"));
    let wait = error.retry_after().map_or_else(String::new, |wait| {
        format!(" Flinks Pay asks to wait {} seconds.", wait.as_secs())
    });
    let mut text = format!("{failed}: {}{status}{detail}.{wait}", error.kind());
    if error.maybe_applied() {
        text += match error.operation() {
            Operation::CreateSession => {
                " A session may exist all the same: a shop looks for it before it begins the payment again, or somebody pays twice."
            }
            _ => " It may have been done all the same: the status will tell.",
        };
    }
    text
}
