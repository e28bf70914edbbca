//! Names and fields of the spans, as operators see them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use flinks_pay::client::{Operation, Retries};
use flinks_pay::{Client, Credentials, Environment, SessionId};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::Registry;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;

use crate::calls::call;
use crate::given::guaranteed;
use crate::markers::{OTHER, SESSION};
use crate::support::scripted::{Asked, Reply, Scripted};

/// Keeps spans of `flinks_pay` as lines: name, parent, fields and what was recorded later; and its events.
#[derive(Clone, Default)]
struct Keeper(Arc<Mutex<Vec<String>>>);

#[derive(Default)]
struct Fields(BTreeMap<&'static str, String>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let value = match field.name() {
            // They differ from run to run.
            "flinks_pay.request_id" | "request_id" => "[request id]".to_owned(),
            "server.port" => "[port]".to_owned(),
            _ => format!("{value:?}"),
        };
        self.0.insert(field.name(), value);
    }
}

impl Fields {
    fn line(&self) -> String {
        self.0
            .iter()
            .fold(String::new(), |mut line, (name, value)| {
                write!(line, " {name}={value}").unwrap();
                line
            })
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Keeper {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        context.span(id).unwrap().extensions_mut().insert(fields);
    }

    fn on_record(&self, id: &Id, record: &Record<'_>, context: Context<'_, S>) {
        let span = context.span(id).unwrap();
        if let Some(fields) = span.extensions_mut().get_mut::<Fields>() {
            record.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target().starts_with("flinks_pay") {
            let mut fields = Fields::default();
            event.record(&mut fields);
            let line = format!("  {}:{}", event.metadata().level(), fields.line());
            self.0.lock().unwrap().push(line);
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let span = context.span(&id).unwrap();
        if span.metadata().target() != "flinks_pay" {
            return;
        }
        let parent = span.parent().map_or("-", |parent| parent.name());
        let extensions = span.extensions();
        let fields = extensions.get::<Fields>().unwrap();
        let line = format!("{} (in {parent}):{}", span.name(), fields.line());
        self.0.lock().unwrap().push(line);
    }
}

fn client(base: &str, credentials: Credentials) -> Client {
    Client::builder(Environment::custom(base).unwrap(), credentials)
        .retries(Retries::default().pauses(Duration::from_millis(1), Duration::from_millis(1)))
        // What somebody asks for who looks for a fault: every byte of every connection.
        .http(|http| http.connection_verbose(true))
        .build()
        .unwrap()
}

async fn answering(reply: Reply) -> Scripted {
    Scripted::start(move |_: &Asked| reply.clone()).await
}

#[tokio::test]
async fn names_and_fields() {
    let keeper = Keeper::default();
    let subscriber = Registry::default().with(keeper.clone());
    let _here = tracing::subscriber::set_default(subscriber);
    let mut sections = Vec::new();
    let mut section = |title: &str| {
        let lines = std::mem::take(&mut *keeper.0.lock().unwrap());
        sections.push(format!("{title}\n{}\n", lines.join("\n")));
    };
    let basic = || Credentials::basic("shop", "hush").unwrap();
    let key = || Credentials::api_key("key-1", "shop").unwrap();
    let session = SessionId::new(SESSION).unwrap();

    let good =
        format!(r#"{{"sessionId":"{SESSION}","status":"Cancelled","statusDetails":"EFT0501"}}"#);
    let server = answering(Reply::json(200, &good)).await;
    for operation in Operation::ALL.iter().copied() {
        // One client for each: each buys its token.
        call(&client(server.base(), basic()), operation)
            .await
            .unwrap();
        section(operation.id());
    }

    let odd = format!(
        r#"{{"sessionId":"{SESSION}","status":"Paused","statusDetails":"EFT0301","novel":1e400}}"#
    );
    let server = answering(Reply::json(200, &odd)).await;
    let observed = client(server.base(), key());
    for _ in 0..3 {
        observed.status(&session).await.unwrap();
    }
    section("three odd answers, told once");

    let times = Arc::new(Mutex::new(0));
    let server = Scripted::start(move |_: &Asked| {
        let mut times = times.lock().unwrap();
        *times += 1;
        match *times {
            1 => Reply::of(503, &[], ""),
            2 => Reply::Close,
            _ => Reply::json(404, r#"{"error":"not_found"}"#),
        }
    })
    .await;
    client(server.base(), key())
        .status(&session)
        .await
        .unwrap_err();
    section("503, no answer, 404");

    let other = good.replace(SESSION, OTHER);
    for (title, reply) in [
        ("another session", Reply::json(200, &other)),
        ("not JSON", Reply::of(200, &[], "<html>")),
        (
            "a redirect",
            Reply::of(302, &[("location", "https://pay.example/elsewhere")], ""),
        ),
    ] {
        let server = answering(reply).await;
        client(server.base(), key())
            .details(&session)
            .await
            .unwrap_err();
        section(title);
    }

    let server = answering(Reply::Stall(Vec::new())).await;
    let cancelled = client(server.base(), key());
    {
        let work = cancelled.status(&session);
        tokio::pin!(work);
        // Until the request has arrived, and no longer.
        while server.stalled() == 0 {
            tokio::select! {
                _ = &mut work => panic!("nothing answers"),
                () = tokio::time::sleep(Duration::from_millis(1)) => {}
            }
        }
    }
    section("given up by the caller");

    let refused = client("http://127.0.0.1:0", key());
    let refused_once = refused.create_guaranteed(&guaranteed()).await;
    refused_once.unwrap_err();
    section("no connection");

    let text = sections.join("\n");
    assert_eq!(crate::markers::found(&text), [""; 0]);
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("client_spans", text));
}
