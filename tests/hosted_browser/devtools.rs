//! A headless Chromium that is driven: its developer tools' protocol over a pair of pipes.

use std::process::Stdio;
use std::time::{Duration, Instant};

use base64::Engine as _;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::browser::{FLAGS, PATIENCE, program};

/// One tab, with the frame of another origin in it, if there is one.
pub(crate) struct Tab {
    _browser: Child,
    _room: tempfile::TempDir,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    last_id: u64,
    page: String,
}

impl Tab {
    pub(crate) async fn open() -> Self {
        let room = tempfile::tempdir().unwrap();
        // The browser reads from descriptor 3 and writes to 4; a shell puts the pipes there.
        let mut browser = Command::new("sh")
            .args(["-c", r#"exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null"#])
            .arg(program())
            .args(FLAGS)
            .arg("--remote-debugging-pipe")
            // The frame in the tab's own process, so that one session reaches both. Their origins differ all the same.
            .arg("--disable-site-isolation-trials")
            .arg("--disable-features=IsolateOrigins,site-per-process")
            .arg(format!("--user-data-dir={}", room.path().display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut tab = Self {
            to: browser.stdin.take().unwrap(),
            from: BufReader::new(browser.stdout.take().unwrap()),
            _browser: browser,
            _room: room,
            last_id: 0,
            page: String::new(),
        };
        let blank = json!({ "url": "about:blank" });
        let target = tab.call("", "Target.createTarget", blank).await;
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = tab.call("", "Target.attachToTarget", attach).await;
        tab.page = attached["sessionId"].as_str().unwrap().to_owned();
        tab.on_page("Page.enable", json!({})).await;
        tab
    }

    /// Calls a method. What is told meanwhile is not looked at.
    async fn call(&mut self, session: &str, method: &str, params: Value) -> Value {
        self.last_id += 1;
        let mut message = json!({ "id": self.last_id, "method": method, "params": params });
        if !session.is_empty() {
            message["sessionId"] = json!(session);
        }
        let mut bytes = serde_json::to_vec(&message).unwrap();
        bytes.push(0);
        self.to.write_all(&bytes).await.unwrap();
        loop {
            let mut told = Vec::new();
            let read = tokio::time::timeout(PATIENCE, self.from.read_until(0, &mut told)).await;
            assert!(read.expect("it answers").unwrap() > 0, "it has ended");
            told.pop();
            let told: Value = serde_json::from_slice(&told).unwrap();
            if told["id"] == self.last_id {
                return told.get("result").cloned().unwrap_or(told);
            }
        }
    }

    pub(crate) async fn on_page(&mut self, method: &str, params: Value) -> Value {
        let page = self.page.clone();
        self.call(&page, method, params).await
    }

    pub(crate) async fn go(&mut self, url: &str) {
        let gone = self.on_page("Page.navigate", json!({ "url": url })).await;
        assert_eq!(gone.get("errorText"), None, "{gone}");
    }

    pub(crate) async fn is_wide(&mut self, width: u32) {
        let metrics =
            json!({ "width": width, "height": 1400, "deviceScaleFactor": 1, "mobile": false });
        self.on_page("Emulation.setDeviceMetricsOverride", metrics)
            .await;
    }

    /// What an expression comes to in the page, or in the frame; null while there is none.
    pub(crate) async fn evaluate(&mut self, in_frame: bool, expression: &str) -> Value {
        let mut params =
            json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        if in_frame {
            let tree = self.on_page("Page.getFrameTree", json!({})).await;
            let frame = &tree["frameTree"]["childFrames"][0]["frame"]["id"];
            if frame.is_null() {
                return Value::Null;
            }
            let world = json!({ "frameId": frame, "worldName": "test" });
            let world = self.on_page("Page.createIsolatedWorld", world).await;
            params["contextId"] = world["executionContextId"].clone();
        }
        let answer = self.on_page("Runtime.evaluate", params).await;
        answer["result"]["value"].clone()
    }

    /// Waits until an expression is true.
    pub(crate) async fn until(&mut self, in_frame: bool, expression: &str) {
        let begun = Instant::now();
        while self.evaluate(in_frame, expression).await != true {
            if begun.elapsed() > Duration::from_secs(60) {
                let shown = self.evaluate(in_frame, "document.body.innerText").await;
                panic!("never true: {expression}\nThe page says: {shown}");
            }
            // The page has nothing that says when.
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }

    /// Keeps a picture, for people to look at.
    pub(crate) async fn picture(&mut self, name: &str) {
        let taken = self
            .on_page("Page.captureScreenshot", json!({ "format": "png" }))
            .await;
        let data = taken["data"].as_str().unwrap();
        let bytes = base64::engine::general_purpose::STANDARD
            .decode(data)
            .unwrap();
        let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("hosted_page");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{name}.png")), bytes).unwrap();
    }
}
