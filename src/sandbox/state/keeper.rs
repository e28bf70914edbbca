//! The task that writes.
//!
//! It looks for changes again and again, so that no call waits for a disk (one may wait while the
//! state is put into words, which takes longer the more sessions there are) and nothing that changes the state has to think of it.
//! Many changes are one write, and there is one write at a time.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{oneshot, watch};

use super::StateFile;
use super::form::Form;
use super::standing::StateReport;
use crate::clock::{Clock as _, SystemClock, after};
use crate::sandbox::world::{Changes, Core};

/// How long it is until it looks again. The machine's time, as it is about the machine's disk.
const LOOK: Duration = Duration::from_millis(50);

/// A call that changes nothing has seen the time all the same, so where the clock stands is written as well: so often.
const CLOCK: Duration = Duration::from_secs(1);

/// How long after a failure it tries again.
const PAUSE: Duration = Duration::from_secs(1);

/// How many times longer than the last write it waits at least: with very many sessions, a write takes its time.
const REST: u32 = 9;

/// Writes the state of a sandbox to its file.
pub(in crate::sandbox) struct Keeper {
    core: Arc<Core>,
    file: StateFile,
    report: watch::Sender<StateReport>,
}

/// What had happened when a write began.
#[derive(Debug, Clone, Copy)]
pub(in crate::sandbox) struct Written {
    changes: Changes,
    arrived: u64,
    at: Instant,
}

impl Keeper {
    pub(in crate::sandbox) fn new(core: Arc<Core>, file: StateFile, resumed: bool) -> Arc<Self> {
        let report = StateReport {
            path: file.path().to_owned(),
            resumed,
            written: 0,
            failed: 0,
            behind: false,
            problem: None,
        };
        Arc::new(Self {
            core,
            file,
            report: watch::Sender::new(report),
        })
    }

    pub(in crate::sandbox) fn report(&self) -> StateReport {
        self.report.borrow().clone()
    }

    /// Waits until a write has failed.
    pub(in crate::sandbox) async fn failure(&self) -> StateReport {
        let mut reports = self.report.subscribe();
        match reports.wait_for(|report| report.failed > 0).await {
            Ok(report) => report.clone(),
            // The sender is here.
            Err(_) => std::future::pending().await,
        }
    }

    /// Lets go of the file.
    pub(in crate::sandbox) fn release(&self) {
        self.file.release();
    }

    /// Writes what has changed since the given write, until it is stopped; then for the last time.
    pub(in crate::sandbox) async fn run(
        self: Arc<Self>,
        mut written: Written,
        mut stop: oneshot::Receiver<()>,
    ) {
        let mut pause = LOOK;
        loop {
            tokio::select! {
                biased;
                // An order and a dropped sender both mean: stop.
                _ = &mut stop => break,
                () = SystemClock.sleep_until(after(&SystemClock, pause)) => {}
            }
            pause = LOOK;
            if !self.is_due(&written) {
                continue;
            }
            let began = SystemClock.now();
            pause = match self.write().await {
                Ok(now) => {
                    written = now;
                    let took = SystemClock.now().saturating_duration_since(began);
                    took.saturating_mul(REST).max(LOOK)
                }
                Err(_) => PAUSE,
            };
        }
        // What comes of it is in the report.
        let _ = self.write().await;
    }

    fn is_due(&self, written: &Written) -> bool {
        let world = self.core.world();
        let age = SystemClock.now().saturating_duration_since(written.at);
        self.core.changes(&world) != written.changes
            || (world.journal.arrived() != written.arrived && age >= CLOCK)
    }

    /// Writes the state as it is now.
    pub(in crate::sandbox) async fn write(self: &Arc<Self>) -> io::Result<Written> {
        let keeper = Arc::clone(self);
        let write = tokio::task::spawn_blocking(move || {
            let (written, content) = keeper.content()?;
            keeper.file.write(&content)?;
            Ok(written)
        });
        let done = write
            .await
            .unwrap_or_else(|error| Err(io::Error::other(error)));
        self.report.send_modify(|report| {
            report.behind = done.is_err();
            match &done {
                Ok(_) => report.written += 1,
                Err(error) => {
                    report.failed += 1;
                    report.problem = Some(error.to_string());
                }
            }
        });
        done
    }

    fn content(&self) -> serde_json::Result<(Written, Vec<u8>)> {
        let world = self.core.world();
        let written = Written {
            changes: self.core.changes(&world),
            arrived: world.journal.arrived(),
            at: SystemClock.now(),
        };
        let mut content = serde_json::to_vec(&Form::of(&self.core, &world))?;
        content.push(b'\n');
        Ok((written, content))
    }
}

/// No state.
impl std::fmt::Debug for Keeper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keeper")
            .field("file", &self.file)
            .finish_non_exhaustive()
    }
}
