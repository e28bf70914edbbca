//! A sandbox, a plain HTTP client, and the judge between them.

use std::collections::BTreeSet;
use std::sync::Mutex;

use flinks_pay::SessionId;
use flinks_pay::domain::{ClientId, ClientSecret};
use flinks_pay::sandbox::{Exchange, Sandbox, SandboxBuilder, StatusAccess};
use reqwest::{Method, RequestBuilder, Response};
use serde_json::Value;

use crate::checked::{self, Checked};
use crate::contract;

/// What was answered.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Answer {
    /// The body, once the status is the one that is expected.
    #[track_caller]
    pub(crate) fn expect(&self, status: u16) -> &Value {
        assert_eq!(self.status, status, "{:#}", self.body);
        &self.body
    }

    /// Expects a refusal with this code.
    #[track_caller]
    pub(crate) fn expect_error(&self, status: u16, code: &str) {
        assert_eq!(self.expect(status)["error"], code, "{:#}", self.body);
    }

    /// Expects a refusal as problem details, which says this.
    #[track_caller]
    pub(crate) fn expect_problem(&self, status: u16, says: &str) {
        let body = self.expect(status);
        assert_eq!(body["status"], status, "{body:#}");
        let detail = body["detail"].as_str().unwrap();
        assert!(detail.contains(says), "{detail}");
    }
}

/// A sandbox under test.
pub(crate) struct Bench {
    pub(crate) sandbox: Checked,
    pub(crate) http: reqwest::Client,
    seen: Mutex<BTreeSet<(String, u16)>>,
}

/// The id of a second client, where there is one.
pub(crate) const OTHER_ID: &str = "other-client";
/// And its secret.
pub(crate) const OTHER_SECRET: &str = "other-client-password";

/// A sandbox in the making that has a second client.
pub(crate) fn two_clients() -> SandboxBuilder {
    let id = ClientId::new(OTHER_ID).unwrap();
    Sandbox::builder().another_client(id, ClientSecret::new(OTHER_SECRET).unwrap())
}

/// A sandbox in the making where a status is read without a token, in one exchange: for tests of something else.
pub(crate) fn open_statuses() -> SandboxBuilder {
    Sandbox::builder().adjust(|profile| profile.status_access = StatusAccess::Anybody)
}

/// A client that goes straight to the sandbox.
pub(crate) fn http() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

impl Bench {
    pub(crate) async fn start() -> Self {
        Self::with(Sandbox::builder()).await
    }

    pub(crate) async fn with(builder: SandboxBuilder) -> Self {
        crate::trace::listen();
        Self {
            sandbox: checked::with(builder).await.unwrap(),
            http: http(),
            seen: Mutex::default(),
        }
    }

    /// The pairs of operation and status that were answered.
    pub(crate) fn seen(&self) -> BTreeSet<(String, u16)> {
        self.seen.lock().unwrap().clone()
    }

    /// The most recent exchange.
    pub(crate) fn last(&self) -> Exchange {
        self.sandbox.journal().pop().unwrap()
    }

    pub(crate) fn to(&self, method: Method, path: &str) -> RequestBuilder {
        let url = self.sandbox.base_url().join(path).unwrap();
        self.http.request(method, url)
    }

    pub(crate) fn post(&self, path: &str) -> RequestBuilder {
        self.to(Method::POST, path)
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.to(Method::GET, path)
    }

    /// Sends a call of an operation. Whatever the answer, the contract has to accept it.
    pub(crate) async fn send(&self, operation: &str, request: RequestBuilder) -> Answer {
        let answer = read(request.send().await.unwrap()).await;
        let problems = contract::problems(operation, answer.status, &answer.body);
        assert!(
            problems.is_empty(),
            "{operation} {}: {:#}\n{problems:#?}",
            answer.status,
            answer.body
        );
        let pair = (operation.to_owned(), answer.status);
        self.seen.lock().unwrap().insert(pair);
        answer
    }

    // -- authorize --------------------------------------------------------------------------------------------------------

    /// Sends a form to authorize.
    pub(crate) async fn authorize(&self, form: &[(&str, &str)]) -> Answer {
        let request = self.post("api/v1/authorize").form(form);
        self.send("authorize", request).await
    }

    /// A fresh token of a client.
    pub(crate) async fn token_of(&self, id: &str, secret: &str) -> String {
        let form = [
            ("grant_type", "client_credentials"),
            ("Username", id),
            ("Password", secret),
        ];
        let answer = self.authorize(&form).await;
        answer.expect(200)["access_token"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// A fresh token of the first client.
    pub(crate) async fn token(&self) -> String {
        self.token_of(self.sandbox.client_id(), self.sandbox.client_secret())
            .await
    }

    // -- create -----------------------------------------------------------------------------------------------------------

    /// Sends a body to create, with a token.
    pub(crate) async fn create_with(&self, token: &str, body: &Value) -> Answer {
        let request = self.post("api/v2/sessions").bearer_auth(token).json(body);
        self.send("createSession", request).await
    }

    /// Sends a body to create, with a fresh token.
    pub(crate) async fn create(&self, body: &Value) -> Answer {
        self.create_with(&self.token().await, body).await
    }

    /// A session of the first client.
    pub(crate) async fn session(&self, body: &Value) -> SessionId {
        id_of(self.create(body).await.expect(201))
    }

    // -- one session ------------------------------------------------------------------------------------------------------

    /// Reads a status without a token.
    pub(crate) async fn status_by_nobody(&self, id: &SessionId) -> Answer {
        let request = self.get(&path(id, "status"));
        self.send("getSessionStatus", request).await
    }

    pub(crate) async fn status_with(&self, token: &str, id: &SessionId) -> Answer {
        let request = self.get(&path(id, "status")).bearer_auth(token);
        self.send("getSessionStatus", request).await
    }

    pub(crate) async fn status(&self, id: &SessionId) -> Answer {
        self.status_with(&self.token().await, id).await
    }

    /// Status and code in one text, such as `Completed EFT0301`; `-` for no code.
    pub(crate) async fn state(&self, id: &SessionId) -> String {
        let answer = self.status(id).await;
        let body = answer.expect(200);
        let status = body["status"].as_str().unwrap();
        let code = body.get("statusDetails").map(|code| code.as_str().unwrap());
        format!("{status} {}", code.unwrap_or("-"))
    }

    pub(crate) async fn details_with(&self, token: &str, id: &SessionId) -> Answer {
        let request = self.get(&path(id, "details")).bearer_auth(token);
        self.send("getSessionDetails", request).await
    }

    pub(crate) async fn details(&self, id: &SessionId) -> Value {
        let answer = self.details_with(&self.token().await, id).await;
        answer.expect(200).clone()
    }

    pub(crate) async fn cancel_with(&self, token: &str, id: &SessionId) -> Answer {
        let request = self.post(&path(id, "cancel")).bearer_auth(token);
        self.send("cancelSession", request).await
    }

    pub(crate) async fn cancel(&self, id: &SessionId) -> Answer {
        self.cancel_with(&self.token().await, id).await
    }

    pub(crate) async fn confirm_with(&self, token: &str, id: &SessionId, body: &Value) -> Answer {
        let request = self
            .post(&path(id, "guarantees/confirm"))
            .bearer_auth(token)
            .json(body);
        self.send("confirmGuarantee", request).await
    }

    pub(crate) async fn confirm(&self, id: &SessionId, body: &Value) -> Answer {
        self.confirm_with(&self.token().await, id, body).await
    }
}

/// The path of an operation on a session.
pub(crate) fn path(id: &SessionId, operation: &str) -> String {
    format!("api/v2/sessions/{}/{operation}", id.expose())
}

/// The session that an answer is about.
pub(crate) fn id_of(body: &Value) -> SessionId {
    SessionId::new(body["sessionId"].as_str().unwrap()).unwrap()
}

/// An answer, which is JSON, and says so. One of the control API is judged as well: [`call`](crate::control_api::call) reads it.
pub(crate) async fn read(response: Response) -> Answer {
    let path = response.url().path();
    let is_control = path.starts_with("/_sandbox");
    assert!(!is_control, "call {path} by `control_api::call`");
    unjudged(response).await
}

/// An answer, for who judges it.
pub(crate) async fn unjudged(response: Response) -> Answer {
    let status = response.status().as_u16();
    let kind = response.headers().get("content-type").cloned();
    let text = response.text().await.unwrap();
    assert_eq!(
        kind.as_ref().and_then(|kind| kind.to_str().ok()),
        Some("application/json"),
        "{status}: {text:?}"
    );
    let body = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text:?}"));
    Answer { status, body }
}
