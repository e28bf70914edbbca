//! The control API of a simulator, over HTTP: the payor, the time, the webhooks.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};

use super::scene::Stop;
use crate::contract::line::{Line, Raw};
use crate::sandbox::About;

/// The control API. What travels over it is not recorded: it is none of the contract's.
#[derive(Debug, Clone)]
pub(in crate::contract) struct Control(Line);

/// How long webhooks have to arrive, and how often that is looked at.
const PATIENCE: (Duration, u32) = (Duration::from_millis(4), 1000);

impl Control {
    /// The control API of the server there, if it is a simulator.
    pub(super) async fn of(line: Line) -> Option<Self> {
        let control = Self(line);
        let (_, about) = control.call(Method::GET, "", None).await.ok()?;
        (about.get("name").and_then(Value::as_str) == Some(About::NAME)).then_some(control)
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<(u16, Value), Stop> {
        let mut raw = Raw::new(method, format!("/_sandbox{path}"));
        if let Some(body) = body {
            raw = raw.body("application/json", body.to_string());
        }
        let exchange = self.0.send(raw).await.map_err(Stop::lost)?;
        let body = serde_json::from_slice(&exchange.answer).unwrap_or_default();
        Ok((exchange.status.as_u16(), body))
    }

    async fn done(&self, method: Method, path: &str, body: &Value) -> Result<Value, Stop> {
        let sent = (!body.is_null()).then_some(body);
        let (status, answer) = self.call(method, path, sent).await?;
        if status < 300 {
            Ok(answer)
        } else {
            Err(Stop::Control(format!("{path} answers {status}")))
        }
    }

    /// Finishes the screen that the payor sees. Returns the status of the answer, and what it says.
    pub(super) async fn step(
        &self,
        session: &str,
        behaviour: &Value,
    ) -> Result<(u16, Value), Stop> {
        let path = format!("/sessions/{session}/step");
        self.call(Method::POST, &path, Some(behaviour)).await
    }

    /// Moves the time.
    pub(super) async fn advance(&self, by: Duration) -> Result<(), Stop> {
        let body = json!({ "seconds": by.as_secs() });
        self.done(Method::POST, "/clock/advance", &body).await?;
        Ok(())
    }

    /// Registers who is told: for each kind, where, and what it is signed with.
    pub(super) async fn register(&self, session: Value, guarantee: Value) -> Result<(), Stop> {
        let body = json!({ "session": session, "guarantee": guarantee });
        self.done(Method::PUT, "/webhooks", &body).await?;
        Ok(())
    }

    /// Waits until nothing is on its way that is due.
    pub(super) async fn settled(&self) -> Result<(), Stop> {
        let (pause, looks) = PATIENCE;
        for _ in 0..looks {
            let report = self.done(Method::GET, "/webhooks", &Value::Null).await?;
            if report.get("waiting") == Some(&json!(0)) {
                return Ok(());
            }
            tokio::time::sleep(pause).await;
        }
        Err(Stop::Control("webhooks are still on their way".to_owned()))
    }

    /// How often each webhook of a session was tried.
    pub(super) async fn tries(&self, session: &str) -> Result<usize, Stop> {
        let path = "/webhooks/deliveries";
        let report = self.done(Method::GET, path, &Value::Null).await?;
        let all = report.get("deliveries").and_then(Value::as_array);
        let of_session = |delivery: &&Value| delivery.get("sessionId") == Some(&json!(session));
        Ok(all.into_iter().flatten().filter(of_session).count())
    }

    /// How many exchanges have been written into the journal.
    pub(super) async fn exchanges(&self) -> Result<u64, Stop> {
        let journal = self.done(Method::GET, "/journal", &Value::Null).await?;
        let last = journal.get("exchanges").and_then(Value::as_array);
        let last = last.and_then(|all| all.last());
        let sequence = last.and_then(|last| last.get("sequence"));
        Ok(sequence.and_then(Value::as_u64).unwrap_or_default())
    }

    /// The ids of the sessions that there are.
    pub(super) async fn sessions(&self) -> Result<Vec<String>, Stop> {
        let mut ids = Vec::new();
        let mut path = "/sessions?limit=1000".to_owned();
        loop {
            let page = self.done(Method::GET, &path, &Value::Null).await?;
            let sessions = page.get("sessions").and_then(Value::as_array);
            let each = sessions.into_iter().flatten();
            let each = each.filter_map(|it| it.get("sessionId").and_then(Value::as_str));
            ids.extend(each.map(str::to_owned));
            match page.get("next").and_then(Value::as_str) {
                Some(next) => path = format!("/sessions?limit=1000&after={next}"),
                None => return Ok(ids),
            }
        }
    }
}
