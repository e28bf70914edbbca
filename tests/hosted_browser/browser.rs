//! A headless Chromium, from the variable `CHROMIUM` or by its usual name.

use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::process::Command;

use crate::site::Site;

/// Long enough for a machine that does other things, too. Nothing waits for it unless the page does not report.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// What every browser here is started with.
pub(crate) const FLAGS: [&str; 7] = [
    "--headless",
    // Only this test's own pages are opened, and as root there is no other way.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
];

pub(crate) fn program() -> String {
    std::env::var("CHROMIUM").unwrap_or_else(|_| "chromium".to_owned())
}

/// Opens a site's start page in a browser of its own, until the page reports.
pub(crate) async fn report_of(site: &mut Site) -> Value {
    let program = program();
    let room = tempfile::tempdir().unwrap();
    let log = room.path().join("log");
    let mut browser = Command::new(&program)
        .args(FLAGS)
        // Otherwise it starts nothing and waits for a debugger.
        .arg("--remote-debugging-port=0")
        .arg(format!("--user-data-dir={}", room.path().display()))
        .arg(&site.origin)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(std::fs::File::create(&log).unwrap())
        .kill_on_drop(true)
        .spawn()
        .unwrap_or_else(|error| panic!("cannot start {program}: {error}"));

    let report = tokio::select! {
        report = site.reports.recv() => Ok(report.unwrap()),
        status = browser.wait() => Err(format!("it ended by itself: {status:?}")),
        () = tokio::time::sleep(PATIENCE) => Err("the page reported nothing".to_owned()),
    };
    let _ = browser.kill().await;
    let report = report.unwrap_or_else(|why| {
        let log = std::fs::read_to_string(&log).unwrap_or_default();
        panic!("{why}\n{log}");
    });
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["failure"], Value::Null, "{report:#}");
    report
}
