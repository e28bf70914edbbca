//! The documents and files: language, headers, policy.

use serde_json::json;

use super::{NOBODY, act, endpoint, header};
use crate::bench::Bench;
use crate::bodies::{guaranteed, referring};

#[tokio::test]
async fn the_document_is_in_the_language_of_the_session() {
    let bench = Bench::start().await;
    let mut french = guaranteed();
    french["options"]["notificationPreferences"] = json!({ "language": "FR" });
    let english = bench.session(&guaranteed()).await;
    let by_request = bench.session(&french).await;
    let by_scenario = bench.session(&referring(guaranteed(), "Happy3")).await;
    for (id, lang, says) in [
        (english, "en", "No money moves"),
        (by_request, "fr", "Aucun argent n’est déplacé"),
        (by_scenario, "fr", "Aucun argent n’est déplacé"),
    ] {
        let page = bench.get(&format!("app/?sessionId={}", id.expose()));
        let page = page.header("accept-language", "de").send().await.unwrap();
        assert_eq!(page.status(), 200);
        let html = page.text().await.unwrap();
        assert!(html.contains(&format!("<html lang=\"{lang}\">")));
        assert!(html.contains(says));
        // The same document for every session: nothing of one is in it.
        assert!(!html.contains(&id.expose()));
    }
    for (query, accepted, lang) in [
        ("", "fr-CA,en;q=0.5", "fr"),
        ("?sessionId=x", "en-CA", "en"),
        (&format!("?sessionId={NOBODY}"), "de, fr", "en"),
        ("?sessionId=%FF&x=%", "*", "en"),
    ] {
        let page = bench
            .get(&format!("app/{query}"))
            .header("accept-language", accepted);
        let page = page.send().await.unwrap();
        assert_eq!(page.status(), 404, "{query}");
        assert!(
            page.text()
                .await
                .unwrap()
                .contains(&format!("<html lang=\"{lang}\">"))
        );
    }
}

#[tokio::test]
async fn documents_and_files_have_strict_headers() {
    let bench = Bench::start().await;
    let id = bench.session(&guaranteed()).await;
    let page = format!("app/?sessionId={}", id.expose());
    for (path, kind) in [
        (page.as_str(), "text/html; charset=utf-8"),
        ("app/page.css", "text/css; charset=utf-8"),
        ("app/page.js", "text/javascript; charset=utf-8"),
        ("demo/", "text/html; charset=utf-8"),
        ("demo/demo.css", "text/css; charset=utf-8"),
        ("demo/demo.js", "text/javascript; charset=utf-8"),
        ("demo/listener.js", "text/javascript; charset=utf-8"),
    ] {
        let response = bench.get(path).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(header(&response, "content-type"), kind, "{path}");
        assert_eq!(header(&response, "cache-control"), "no-store", "{path}");
        assert_eq!(
            header(&response, "x-content-type-options"),
            "nosniff",
            "{path}"
        );
        assert_eq!(
            header(&response, "referrer-policy"),
            "no-referrer",
            "{path}"
        );
        assert_eq!(
            header(&response, "cross-origin-resource-policy"),
            "same-origin",
            "{path}"
        );
    }
    let policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; \
                  form-action 'none'; base-uri 'none'";
    let app = bench.get(&page).send().await.unwrap();
    assert_eq!(header(&app, "content-security-policy"), policy);
    // Any page may embed it, as the vendor's.
    assert_eq!(header(&app, "x-frame-options"), "");
    let html = app.text().await.unwrap();
    // Nothing inline: each script is a file, and there is no style and no handler.
    assert_eq!(
        html.matches("<script").count(),
        html.matches("<script type=\"module\" src=\"/").count()
    );
    assert!(!html.contains("<style") && !html.contains(" style="));
    let handlers = html
        .split_whitespace()
        .filter(|word| word.starts_with("on") && word.contains('='));
    assert_eq!(handlers.count(), 0);
    assert!(!html.contains("http:") && !html.contains("https:"));

    let port = bench.sandbox.base_url().port().unwrap();
    let demo = bench.get("demo/").send().await.unwrap();
    let frames = format!("{policy}; frame-src http://localhost:{port}; frame-ancestors 'none'");
    assert_eq!(header(&demo, "content-security-policy"), frames);
    let demo = bench
        .get("demo/")
        .header("host", format!("localhost:{port}"))
        .send()
        .await
        .unwrap();
    let frames = format!("{policy}; frame-src http://127.0.0.1:{port}; frame-ancestors 'none'");
    assert_eq!(header(&demo, "content-security-policy"), frames);
}

#[tokio::test]
async fn the_pages_are_not_in_the_journal() {
    let bench = Bench::start().await;
    let id = bench.session(&guaranteed()).await;
    let before = bench.sandbox.journal().len();
    for path in ["demo/", "app/", "app/page.js", &endpoint(&id)] {
        bench.get(path).send().await.unwrap();
    }
    act(&bench, &id, &json!({ "screen": "Opening" })).await;
    assert_eq!(bench.sandbox.journal().len(), before);
}
