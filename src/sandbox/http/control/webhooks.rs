//! Who is told how sessions come out, and what was delivered.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::{Sent, invalid, object};
use crate::sandbox::control::webhooks::{DeliveriesReport, WebhooksReport};
use crate::sandbox::hooks::Registered;
use crate::sandbox::hooks::faults::WebhookFaults;
use crate::sandbox::hooks::webhook::Webhook;
use crate::sandbox::world::Core;
use crate::webhook::WebhookSecret;

/// What is sent. It cannot be printed or written: there are secrets in it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Registrations {
    session: Option<Registration>,
    guarantee: Option<Registration>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Registration {
    url: String,
    secret: String,
    #[serde(default)]
    faults: WebhookFaults,
}

impl Registration {
    fn read(self) -> Result<Arc<Webhook>, String> {
        let secret = WebhookSecret::try_from(self.secret).map_err(|error| error.to_string())?;
        let webhook = Webhook::new(&self.url, secret).map_err(|error| error.to_string())?;
        Ok(Arc::new(webhook.with_faults(self.faults).registered()))
    }
}

pub(super) async fn put(State(core): State<Arc<Core>>, body: Sent) -> Response {
    let Some(sent) = object::<Registrations>(body) else {
        let why = "an object with `session` and `guarantee` is expected, each absent, null, or an object with `url`, `secret` and \
            `faults`, of which the last may be absent";
        return invalid(why).into_response();
    };
    let read =
        |registration: Option<Registration>| registration.map(Registration::read).transpose();
    match (read(sent.session), read(sent.guarantee)) {
        (Ok(session), Ok(guarantee)) => {
            core.hooks.register(Registered {
                session,
                guarantee,
                while_running: true,
            });
            get(State(core)).await.into_response()
        }
        (Err(why), _) => invalid(&format!("session: {why}")).into_response(),
        (_, Err(why)) => invalid(&format!("guarantee: {why}")).into_response(),
    }
}

pub(super) async fn get(State(core): State<Arc<Core>>) -> Json<WebhooksReport> {
    Json(core.hooks.report())
}

pub(super) async fn delete(State(core): State<Arc<Core>>) -> Json<WebhooksReport> {
    core.hooks.register(Registered {
        while_running: true,
        ..Registered::default()
    });
    get(State(core)).await
}

pub(super) async fn deliveries(State(core): State<Arc<Core>>) -> Json<DeliveriesReport> {
    let (deliveries, dropped) = core.hooks.deliveries();
    Json(DeliveriesReport {
        deliveries,
        dropped,
    })
}
