//! Iframe, policy and listener in a real browser, with real windows that try to be heard.
//!
//! One server is the shop, one plays Flinks, one is a stranger; each has an origin of its own. The shop's page embeds the iframe as
//! this crate writes it, listens with the listener as this crate serves it, and records on the side every message that arrives.
//! When all that was to come has come, it reports both. So a forgery that is not in the listener's account is known to have
//! arrived, and nothing here waits for time to pass.
#![cfg(feature = "sandbox")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod browser;
#[path = "../support/checked.rs"]
mod checked;
mod devtools;
mod simulator;
mod site;

use browser::report_of;
use flinks_pay::hosted::{HostedPage, Iframe, LISTENER_JS, listener_script};
use flinks_pay::{Environment, SessionId};
use serde_json::{Value, json};
use site::{HTML, JAVASCRIPT, Site};

/// Three servers. The stranger is not even of the same site: a browser keeps it in another process.
struct Web {
    shop: Site,
    flinks: Site,
    stranger: Site,
}

impl Web {
    async fn new() -> Self {
        let shop = Site::start("127.0.0.1").await;
        let flinks = Site::start("127.0.0.1").await;
        let stranger = Site::start("localhost").await;
        // The session is not looked at: the answer to /app/ is for every query.
        flinks.serve("/app/", HTML, include_str!("pages/hosted.html"));
        flinks.serve("/forge", HTML, include_str!("pages/forge.html"));
        stranger.serve("/forge", HTML, include_str!("pages/forge.html"));
        shop.serve("/listener.mjs", JAVASCRIPT, LISTENER_JS);
        shop.serve("/common.mjs", JAVASCRIPT, include_str!("pages/common.mjs"));
        shop.serve("/listener.js", JAVASCRIPT, &listener_script());
        Self {
            shop,
            flinks,
            stranger,
        }
    }

    fn page(&self) -> HostedPage {
        HostedPage::new(
            &Environment::custom(&self.flinks.origin).unwrap(),
            &SessionId::new("7d1f3c52-90ab-4e61-8f04-b6c2a95d7e13").unwrap(),
        )
    }

    /// Serves the shop's page with an iframe in it, and returns what it reports from a browser.
    async fn visit(&mut self, iframe: &Iframe, script: &str, test: &str) -> Value {
        let settings = json!({ "origin": self.page().origin(), "stranger": self.stranger.origin });
        let page = include_str!("pages/shop.html")
            .replace("SETTINGS", &settings.to_string())
            .replace("IFRAME", &iframe.html())
            .replace("SCRIPT", script);
        self.shop.serve("/", HTML, &page);
        self.shop.serve("/test.mjs", JAVASCRIPT, test);
        report_of(&mut self.shop).await
    }
}

const MODULE: &str = r#"<script type="module">
import { listenToFlinksPay } from "/listener.mjs";
globalThis.listen = listenToFlinksPay;
</script>"#;

const SCRIPT: &str = r#"<script src="/listener.js"></script>
<script>globalThis.listen = listenToFlinksPay;</script>"#;

/// Holds the report of `pages/forgeries.mjs` to what may and what may not be heard.
fn only_the_frame_is_heard(web: &Web, report: &Value) {
    let (shop, flinks, stranger) = (&web.shop.origin, &web.flinks.origin, &web.stranger.origin);

    // Everyone was on the air, each with something right: one has the origin, one the window.
    let forged: Vec<_> = report["raw"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|message| message["step"] == "SUCCESS")
        .collect();
    for (from, origin, own_window) in [
        ("stranger", stranger.as_str(), false),
        ("second frame", flinks, false),
        ("nested frame", flinks, false),
        ("opaque frame", "null", false),
        ("shop itself", shop, false),
        ("frame gone elsewhere", stranger, true),
    ] {
        let message =
            json!({ "from": from, "origin": origin, "ownWindow": own_window, "step": "SUCCESS" });
        assert!(forged.contains(&&message), "{from}: {report:#}");
    }
    assert_eq!(forged.len(), 6, "{report:#}");

    assert_eq!(
        report["told"],
        json!([
            { "step": "APP_MOUNTED", "endsFlow": false },
            { "step": "INSTITUTION_SELECTED", "endsFlow": false },
            { "step": "CONFETTI_SHOWN", "endsFlow": null },
            { "step": "GUARANTEE_FAILED", "endsFlow": true },
            { "step": "COMPONENT_OTHER_FUNDING_OPTIONS_SELECTED", "endsFlow": true },
        ]),
        "{report:#}"
    );
    assert_eq!(
        report["ends"],
        json!([{ "step": "GUARANTEE_FAILED", "endsFlow": true }])
    );
    // The callback throws at the first event, and the window hears of it.
    assert_eq!(report["errors"], json!(["Error: thrown by onEvent"]));
}

#[tokio::test]
#[ignore = "needs chromium"]
async fn the_module_hears_the_frame_and_nobody_else() {
    let mut web = Web::new().await;
    let iframe = web.page().iframe();
    let report = web
        .visit(&iframe, MODULE, include_str!("pages/forgeries.mjs"))
        .await;
    only_the_frame_is_heard(&web, &report);
}

#[tokio::test]
#[ignore = "needs chromium"]
async fn the_script_does_as_the_module() {
    let mut web = Web::new().await;
    let iframe = web.page().iframe();
    let report = web
        .visit(&iframe, SCRIPT, include_str!("pages/forgeries.mjs"))
        .await;
    only_the_frame_is_heard(&web, &report);
    assert_eq!(report["globals"], json!(["listenToFlinksPay"]));
}

#[tokio::test]
#[ignore = "needs chromium"]
async fn a_sandboxed_frame_keeps_its_origin() {
    let mut web = Web::new().await;
    let iframe = web.page().iframe().sandboxed();
    let report = web
        .visit(&iframe, MODULE, include_str!("pages/forgeries.mjs"))
        .await;
    only_the_frame_is_heard(&web, &report);
}

#[tokio::test]
#[ignore = "needs chromium"]
async fn a_browser_reads_the_attributes_as_they_were_given() {
    let mut web = Web::new().await;
    let hostile = r#""'><script>document.title="owned"</script> onload=x &amp; `é`"#;
    let iframe = web
        .page()
        .iframe()
        .id(hostile)
        .title(hostile)
        .class(hostile)
        .width(480)
        .allow("clipboard-write");
    let report = web
        .visit(&iframe, MODULE, include_str!("pages/attributes.mjs"))
        .await;
    assert_eq!(
        report["attributes"],
        json!({
            "id": hostile,
            "title": hostile,
            "class": hostile,
            "src": web.page().url().as_str(),
            "width": "480",
            "height": "600",
            "frameborder": "0",
            "referrerpolicy": "no-referrer",
            "allow": "clipboard-write",
        })
    );
    assert_eq!(report["elements"], json!(["IFRAME"]));
    assert_eq!(report["border"], "0px");
    // The frame says what it was told of the page that embeds it.
    assert_eq!(report["referrer"], "");
}

#[tokio::test]
#[ignore = "needs chromium"]
async fn the_policy_lets_the_page_into_the_frame_and_nothing_else() {
    let mut web = Web::new().await;
    let policy = format!(
        "default-src 'none'; script-src 'self' 'unsafe-inline'; connect-src 'self'; {}",
        web.page().content_security_policy()
    );
    web.shop.header("content-security-policy", &policy);
    let iframe = web.page().iframe();
    let report = web
        .visit(&iframe, MODULE, include_str!("pages/policy.mjs"))
        .await;
    // The iframe itself breaks none of the strict rules on styles and scripts.
    assert_eq!(
        report["violations"],
        json!([{ "directive": "frame-src", "blocked": web.stranger.origin }])
    );
    assert_eq!(report["told"][0]["step"], "APP_MOUNTED");
    let raw = report["raw"].as_array().unwrap();
    assert!(
        raw.iter()
            .all(|message| message["origin"] == web.flinks.origin.as_str()),
        "{report:#}"
    );
}
