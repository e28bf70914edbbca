//! The real command in a process of its own, and what it takes.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// `flinks-pay sandbox`, ended when it goes out of scope.
pub(crate) struct Simulator {
    child: Child,
    pub(crate) address: SocketAddr,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    /// How long after it was begun it has said where it listens.
    pub(crate) started: Duration,
}

impl Simulator {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let begun = Instant::now();
        let mut child = Command::new(env!("CARGO_BIN_EXE_flinks-pay"))
            .args(["sandbox", "--port", "0"])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut said = |name: &str| {
            let line = lines.find_map(|line| Some(line.unwrap().split_once(name)?.1.to_owned()));
            line.unwrap()
        };
        let base = said("FLINKS_PAY_BASE_URL=http://");
        let started = begun.elapsed();
        let (client_id, client_secret) = (
            said("FLINKS_PAY_CLIENT_ID="),
            said("FLINKS_PAY_CLIENT_SECRET="),
        );
        // To the end, so that nothing waits to be read.
        std::thread::spawn(move || lines.count());
        Self {
            child,
            address: base.parse().unwrap(),
            client_id,
            client_secret,
            started,
        }
    }

    /// The memory that it has now, in bytes, code included.
    #[cfg(target_os = "linux")]
    pub(crate) fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kibibytes = line.unwrap().trim().trim_end_matches(" kB");
        kibibytes.parse::<u64>().unwrap() * 1024
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
