//! A sandbox that a test is done with must have kept to the contract. Tests start theirs here, and nowhere else.
#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    reason = "each test program uses a part of it"
)]

use std::io::Write as _;
use std::ops::Deref;

use flinks_pay::sandbox::judge::ViolationsReport;
use flinks_pay::sandbox::{Sandbox, SandboxBuilder, SandboxError};

/// Names a file that gets a line for each operation of each sandbox: how many exchanges were judged.
const VARIABLE: &str = "FLINKS_PAY_TEST_JUDGED";

/// A sandbox whose end fails the test if its judge found something. If it ends on a thread where a panic goes unheard,
/// [`check`](Self::check) it before.
#[derive(Debug)]
pub struct Checked(Option<Sandbox>);

/// Starts a sandbox with every default.
pub async fn start() -> Checked {
    with(Sandbox::builder()).await.unwrap()
}

/// Starts a sandbox.
pub async fn with(builder: SandboxBuilder) -> Result<Checked, SandboxError> {
    Ok(Checked(Some(builder.start().await?)))
}

/// Starts a sandbox that is to break the contract, as a bug is planted in it. Its judge stays out of it.
pub async fn unjudged(builder: SandboxBuilder) -> Result<Sandbox, SandboxError> {
    builder.self_check(false).start().await
}

impl Checked {
    /// Fails the test if the judge has found something so far.
    #[track_caller]
    pub fn check(&self) {
        expect_nothing(&self.violations());
    }

    /// Stops it.
    pub async fn shutdown(mut self) {
        self.stop().await;
    }

    /// Stops it, and starts another one in its place.
    pub async fn restart(&mut self, builder: SandboxBuilder) {
        self.stop().await;
        self.0 = Some(builder.start().await.unwrap());
    }

    async fn stop(&mut self) {
        if let Some(sandbox) = self.0.take() {
            let report = sandbox.violations();
            sandbox.shutdown().await;
            note(&report);
            expect_nothing(&report);
        }
    }
}

impl Deref for Checked {
    type Target = Sandbox;

    fn deref(&self) -> &Sandbox {
        self.0.as_ref().expect("it is taken at its end only")
    }
}

impl Drop for Checked {
    fn drop(&mut self) {
        if let Some(sandbox) = self.0.take() {
            let report = sandbox.violations();
            drop(sandbox);
            note(&report);
            if !std::thread::panicking() {
                expect_nothing(&report);
            }
        }
    }
}

/// Fails the test unless a report is empty.
#[track_caller]
pub fn expect_nothing(report: &ViolationsReport) {
    assert!(report.is_empty(), "{report}");
}

/// Writes how many exchanges were judged, for whoever adds them up.
fn note(report: &ViolationsReport) {
    let Some(path) = std::env::var_os(VARIABLE) else {
        return;
    };
    let judged = report.judged.iter();
    let counts = judged.map(|(operation, count)| (operation.as_str(), *count));
    let more = [
        ("none", report.without_operation),
        ("violations", report.total),
    ];
    let mut lines = String::new();
    for (name, count) in counts.chain(more) {
        lines.extend([name, " ", &count.to_string(), "\n"]);
    }
    let mut file = std::fs::File::options();
    // One write: programs append to it side by side.
    let file = file.append(true).create(true).open(path);
    file.unwrap().write_all(lines.as_bytes()).unwrap();
}
