//! The hosted page without a browser: address, iframe, policy, and the events, as a backend reads them.
//!
//! The listener has its own tests under Node (`tests/node`) and in a browser (`tests/hosted_browser`). What it shares with the
//! Rust side is compared here.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::error::Error as _;
use std::fmt::Write as _;

use flinks_pay::hosted::{
    HostedEventError, LISTENER_JS, MAX_PAYLOAD_BYTES, MAX_STEP_BYTES, NextStep, listener_script,
};
use flinks_pay::{Client, Credentials, Environment, HostedEvent, HostedPage, SessionId};
use serde_json::Value;

const ID: &str = "7d1f3c52-90ab-4e61-8f04-b6c2a95d7e13";

fn page(base: &str) -> HostedPage {
    HostedPage::new(
        &Environment::custom(base).unwrap(),
        &SessionId::new(ID).unwrap(),
    )
}

fn snapshots() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings
}

// --- the page ---------------------------------------------------------------------------------------------------------------

#[test]
fn address_origin_and_policy_follow_the_environment() {
    for (base, origin, address) in [
        (
            "https://payments.flinksapp.com",
            "https://payments.flinksapp.com",
            "https://payments.flinksapp.com/app/?sessionId=",
        ),
        (
            "https://pay.example:8443/flinks/",
            "https://pay.example:8443",
            "https://pay.example:8443/flinks/app/?sessionId=",
        ),
        (
            "https://PAY.example:443",
            "https://pay.example",
            "https://pay.example/app/?sessionId=",
        ),
        (
            "http://127.0.0.1:8080",
            "http://127.0.0.1:8080",
            "http://127.0.0.1:8080/app/?sessionId=",
        ),
        (
            "https://zahlung-straße.example",
            "https://xn--zahlung-strae-mdb.example",
            "https://xn--zahlung-strae-mdb.example/app/?sessionId=",
        ),
    ] {
        let page = page(base);
        assert_eq!(page.origin(), origin);
        assert_eq!(page.url().as_str(), format!("{address}{ID}"));
        assert_eq!(
            page.content_security_policy(),
            format!("frame-src {origin}")
        );
    }
}

#[test]
fn the_client_makes_the_same_page() {
    let environment = Environment::sandbox();
    let session = SessionId::new(ID).unwrap();
    let credentials = Credentials::basic("shop", "hush").unwrap();
    let client = Client::builder(environment.clone(), credentials)
        .build()
        .unwrap();
    let page = client.hosted_page(&session);
    assert_eq!(page, HostedPage::new(&environment, &session));
    assert_eq!(*page.url(), client.hosted_url(&session));
    assert_eq!(*page.session_id(), session);
}

#[test]
fn debug_has_the_shortened_id_only() {
    let page = page("https://pay.example");
    for shown in [format!("{page:?}"), format!("{:?}", page.iframe())] {
        assert!(shown.contains("7d1f3c52…"), "{shown}");
        assert!(!shown.contains("b6c2a95d7e13"), "{shown}");
        assert!(!shown.contains("sessionId"), "{shown}");
    }
}

// --- the iframe -------------------------------------------------------------------------------------------------------------

#[test]
fn the_iframe() {
    let page = page("https://pay.example/a&b");
    let plain = page.iframe().html();
    let full = page
        .iframe()
        .id("pay")
        .title("Payer la facture n° 7")
        .class("wide tall")
        .width(480)
        .height(720)
        .allow("clipboard-write; camera 'none'")
        .sandboxed()
        .html();
    let hostile = page
        .iframe()
        .id(r#""><script>alert(1)</script>"#)
        .title("\" onload=\"alert(1)")
        .class("a' b=`c`")
        .allow("&quot;></iframe>")
        .html();
    let shown = format!("plain\n{plain}\n\nfull\n{full}\n\nhostile\n{hostile}\n");
    snapshots().bind(|| insta::assert_snapshot!("hosted_iframe", shown));
}

// --- events -----------------------------------------------------------------------------------------------------------------

#[test]
fn the_documented_events() {
    let mut shown = String::new();
    for event in HostedEvent::KNOWN {
        let ends = format!("{:?}", event.ends_flow());
        writeln!(
            shown,
            "{:<41} {ends:<12} {:?}",
            event.as_str(),
            event.next_step()
        )
        .unwrap();
    }
    snapshots().bind(|| insta::assert_snapshot!("hosted_events", shown));
}

#[test]
fn an_unknown_event_is_kept_and_nothing_is_known_of_its_end() {
    // CLOSE is of the older product, where it has its own meaning.
    for name in ["CONFETTI_SHOWN", "CLOSE", "success", "SUCCESS ", ""] {
        let event = HostedEvent::from(name);
        assert_eq!(event.as_str(), name);
        assert_eq!(event.ends_flow(), None, "{name}");
        assert_eq!(event.next_step(), NextStep::Ask, "{name}");
    }
}

#[test]
fn an_events_name_cannot_write_to_a_terminal() {
    let event = HostedEvent::parse(r#"{"Step":"\u001b[2J\u202eDONE\n"}"#).unwrap();
    assert_eq!(event.to_string(), "\\u{1b}[2J\\u{202e}DONE\\u{a}");
}

#[test]
fn a_payload_is_read_or_refused_as_the_listener_does() {
    let table: Vec<Value> = serde_json::from_str(include_str!("node/payloads.json")).unwrap();
    let (mut read, mut refused) = (0, 0);
    for payload in &table {
        let (text, taken) = if let Some(text) = payload["text"].as_str() {
            (text.to_owned(), !payload["step"].is_null())
        } else {
            let times = usize::try_from(payload["times"].as_u64().unwrap()).unwrap();
            let part = |name: &str| payload[name].as_str().unwrap();
            let text = part("head").to_owned() + &part("fill").repeat(times) + part("tail");
            (text, payload["taken"].as_bool().unwrap())
        };
        let event = HostedEvent::parse(&text);
        assert_eq!(event.is_ok(), taken, "{payload}: {event:?}");
        if let (Ok(event), Some(step)) = (&event, payload["step"].as_str()) {
            assert_eq!(event.as_str(), step);
        }
        *(if taken { &mut read } else { &mut refused }) += 1;
    }
    assert!(read > 5 && refused > 5, "{read} and {refused}");
}

#[test]
fn a_refusal_says_why_and_repeats_nothing() {
    let long = "x".repeat(MAX_PAYLOAD_BYTES + 1);
    let long_step = format!(r#"{{"Step":"{}"}}"#, "x".repeat(MAX_STEP_BYTES + 1));
    let mut shown = String::new();
    for payload in [
        long.as_str(),
        "xqz",
        r#"{"Step":"xqz""#,
        r#"{"Step":"xqz"} xqz"#,
        r#""xqz""#,
        r#"["xqz"]"#,
        "90210",
        r#"{"xqz":1}"#,
        r#"{"Step":90210}"#,
        r#"{"Step":{"xqz":1}}"#,
        r#"{"Step":""}"#,
        long_step.as_str(),
    ] {
        let error = HostedEvent::parse(payload).unwrap_err();
        let source = error.source().map(|source| format!(": {source}"));
        writeln!(shown, "{error}{}", source.unwrap_or_default()).unwrap();
        let whole = format!("{shown}{error:?}");
        assert!(
            !whole.contains("xqz") && !whole.contains("90210"),
            "{whole}"
        );
    }
    snapshots().bind(|| insta::assert_snapshot!("hosted_refusals", shown));
}

#[test]
fn nesting_as_deep_as_a_payload_is_read_without_end_of_the_stack() {
    for bracket in ["[", "{\"x\":"] {
        for head in ["", "{\"x\":", "{\"Step\":"] {
            let fill = bracket.repeat((MAX_PAYLOAD_BYTES - head.len()) / bracket.len());
            let error = HostedEvent::parse(&format!("{head}{fill}")).unwrap_err();
            assert!(
                matches!(
                    error,
                    HostedEventError::NotJson(_) | HostedEventError::NotAnObject
                ),
                "{error:?}"
            );
        }
    }
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in ".{0,200}") {
        let _ = HostedEvent::parse(&text);
    }

    #[test]
    fn any_step_that_fits_comes_back(step in ".{1,32}", other in ".{0,20}") {
        let payload = serde_json::json!({ "Step": step, format!("not {other}"): other }).to_string();
        let event = HostedEvent::parse(&payload).unwrap();
        proptest::prop_assert_eq!(event.as_str(), step.as_str());
    }
}

// --- the listener -----------------------------------------------------------------------------------------------------------

/// The table of the listener: each step, and whether the flow ends with it.
fn listeners_table() -> Vec<(String, bool)> {
    let table = LISTENER_JS
        .split_once("const STEPS = new Map([\n")
        .expect("the table")
        .1
        .split_once("]);")
        .expect("its end")
        .0;
    table
        .lines()
        .map(|line| {
            let row = line.trim().strip_suffix(',').expect("a row");
            let Value::Array(row) = serde_json::from_str(row).unwrap() else {
                panic!("{row}");
            };
            (
                row[0].as_str().unwrap().to_owned(),
                row[1].as_bool().unwrap(),
            )
        })
        .collect()
}

#[test]
fn the_listener_knows_the_same_events_and_ends() {
    let here: Vec<_> = HostedEvent::KNOWN
        .iter()
        .map(|event| (event.as_str().to_owned(), event.ends_flow().unwrap()))
        .collect();
    assert_eq!(listeners_table(), here, "left: listener.js; right: Rust");
}

#[test]
fn the_listener_has_the_same_limits() {
    for line in [
        format!("const MAX_MESSAGE = {MAX_PAYLOAD_BYTES};\n"),
        format!("const MAX_STEP = {MAX_STEP_BYTES};\n"),
    ] {
        assert!(LISTENER_JS.contains(&line), "{line}");
    }
}

#[test]
fn the_script_is_the_module_without_its_last_line() {
    let export = "export { listenToFlinksPay };\n";
    let (body, rest) = LISTENER_JS.split_once(export).unwrap();
    assert_eq!(rest, "");
    let script = listener_script();
    assert!(script.contains(body));
    assert!(!script.contains("export "));
}

#[cfg(feature = "sandbox")]
#[test]
fn the_simulator_posts_no_event_that_is_unknown_here() {
    use flinks_pay::sandbox::BrowserEvent;

    // serde names every variant when it refuses one.
    let refusal = serde_json::from_str::<BrowserEvent>("\"NONE\"")
        .unwrap_err()
        .to_string();
    let (_, list) = refusal.split_once("expected one of ").unwrap();
    let posted: Vec<_> = list.split('`').skip(1).step_by(2).collect();
    assert!(posted.len() > 10, "{refusal}");
    for name in posted {
        assert!(HostedEvent::from(name).is_known(), "{name}");
    }
}
