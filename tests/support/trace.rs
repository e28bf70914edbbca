//! The log of a whole test program at TRACE, for whoever searches it.

use std::fs::File;
use std::path::Path;
use std::sync::{Mutex, Once};

use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Names the directory that logs are written to; without it, nothing is.
const VARIABLE: &str = "FLINKS_PAY_TEST_LOGS";

/// Every log has this in it, so that a search that finds nothing else has searched.
const PLANTED: &str = "planted-leak";

/// Writes what the program and the libraries in it log from now on, as text and as JSON, into files that have its name.
/// Servers for tests call it when they start, so that a test need not think of it.
pub(crate) fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let Some(directory) = std::env::var_os(VARIABLE) else {
            return;
        };
        let program = std::env::current_exe().unwrap();
        let program = program.file_stem().unwrap().to_str().unwrap();
        let name = program
            .rsplit_once('-')
            .map_or(program, |(name, _hash)| name);
        // It listens to itself, and searches what it hears.
        if name == "canary" {
            return;
        }
        let file = |ending: &str| {
            let path = Path::new(&directory).join(format!("{name}.{ending}"));
            Mutex::new(
                File::options()
                    .append(true)
                    .create(true)
                    .open(path)
                    .unwrap(),
            )
        };
        tracing_subscriber::registry()
            .with(fmt::layer().with_writer(file("txt")))
            .with(fmt::layer().json().with_writer(file("json")))
            .init();
        tracing::trace!(PLANTED);
    });
}
