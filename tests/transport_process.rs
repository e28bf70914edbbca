//! What can only be seen in a process of its own: how much memory an answer costs, and which proxies the environment names.
//!
//! A program without a test harness, because a harness shares its memory and its environment between tests. It starts itself
//! again for each check.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    unreachable_pub,
    dead_code
)]

#[path = "transport/host.rs"]
mod host;
#[path = "support/mod.rs"]
mod support;

use std::process::{Command, ExitCode};
use std::time::Duration;

use flate2::{Compress, Compression, Crc, FlushCompress};
use flinks_pay::client::{ClientBuilder, Retries, Timeouts};
use flinks_pay::{Client, Credentials, Environment, ErrorKind, SessionId};
use host::{Answer, Host, whole};

const SESSION: &str = "0f9e8d7c-6b5a-4c3d-8e1f-001122334455";
const CHILD: &str = "FLINKS_PAY_TEST_CHILD";
const MIB: usize = 1024 * 1024;

fn main() -> ExitCode {
    if std::env::args().any(|argument| argument == "--list") {
        return ExitCode::SUCCESS;
    }
    support::trace::listen();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    match std::env::var(CHILD).as_deref() {
        Ok("bomb") => runtime.block_on(bomb()),
        Ok(base) => runtime.block_on(ask(base)),
        Err(_) => {
            print!("what an answer costs ... ");
            println!("ok, {}", child("bomb", &[]).trim());
            print!("what the environment says about proxies ... ");
            runtime.block_on(environment());
            println!("ok");
        }
    }
    ExitCode::SUCCESS
}

/// Runs this program again, and fails as it fails. No variable about proxies is inherited.
fn child(role: &str, variables: &[(&str, &str)]) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"] {
        command.env_remove(name).env_remove(name.to_lowercase());
    }
    command.env(CHILD, role).envs(variables.iter().copied());
    let output = command.output().unwrap();
    let (out, err) = (output.stdout, output.stderr);
    let (out, err) = (
        String::from_utf8(out).unwrap(),
        String::from_utf8(err).unwrap(),
    );
    assert!(output.status.success(), "{role} {variables:?}: {out}{err}");
    out
}

fn keys(base: &str) -> ClientBuilder {
    let credentials = Credentials::api_key("key-1", "shop").unwrap();
    Client::builder(Environment::custom(base).unwrap(), credentials).retries(Retries::off())
}

// --- memory ---------------------------------------------------------------------------------------------------------------------

/// 512 MiB of zeros as gzip, without 512 MiB anywhere: each MiB but the first compresses to the same bytes.
fn zeros() -> Vec<u8> {
    let mebibyte = vec![0; MIB];
    let mut deflate = Compress::new(Compression::best(), false);
    let mut press = |flush, plain: &[u8]| {
        let mut out = Vec::with_capacity(2 * MIB);
        deflate.compress_vec(plain, &mut out, flush).unwrap();
        out
    };
    let first = press(FlushCompress::Sync, &mebibyte);
    let every = press(FlushCompress::Sync, &mebibyte);
    assert_eq!(press(FlushCompress::Sync, &mebibyte), every);
    let last = press(FlushCompress::Finish, &[]);
    let (mut one, mut all) = (Crc::new(), Crc::new());
    one.update(&mebibyte);
    (0..512).for_each(|_| all.combine(&one));
    let mut gzip = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255];
    gzip.extend(first);
    gzip.extend(every.repeat(511));
    gzip.extend(last);
    gzip.extend(all.sum().to_le_bytes());
    gzip.extend(all.amount().to_le_bytes());
    assert_eq!(all.amount(), 512 * 1024 * 1024);
    gzip
}

/// The most memory that the process has had so far.
fn peak() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: usize = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes * 1024)
}

async fn bomb() {
    let bomb = zeros();
    assert!((400_000..700_000).contains(&bomb.len()), "{}", bomb.len());
    let answer = |body: &[u8]| {
        let coding = [("content-encoding", "gzip")];
        Answer::Keep(whole(200, &coding, body))
    };
    // So that what is measured is the bomb, and not whatever is set up once.
    let harmless = answer(&bomb[..1000]);
    let host = Host::plain(move |asked| match asked.line() {
        line if line.ends_with("/status") => harmless.clone(),
        _ => answer(&bomb),
    })
    .await;
    let http = reqwest::Client::builder().no_proxy();
    let http = http.redirect(reqwest::redirect::Policy::none());
    let client = keys(&host.base()).http_client(http.build().unwrap());
    let client = client.build().unwrap();
    let session = SessionId::new(SESSION).unwrap();
    let fails = client.status(&session).await.unwrap_err();
    assert_eq!(fails.status(), Some(200), "{fails}");

    let before = peak();
    let error = client.details(&session).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge, "{error}");
    let (Some(before), Some(after)) = (before, peak()) else {
        println!("not measured: there is no /proc here");
        return;
    };
    let cost = after - before;
    assert!(cost < 8 * MIB, "{} KiB", cost / 1024);
    // The measure measures.
    let waste = vec![1_u8; 32 * MIB];
    assert!(std::hint::black_box(&waste).len() > MIB && peak().unwrap() > after + 8 * MIB);
    println!("{} KiB", cost / 1024);
}

// --- the environment ------------------------------------------------------------------------------------------------------------

/// Makes one call and drops the answer: what matters is where it went.
async fn ask(base: &str) {
    let direct = std::env::var("DIRECT").unwrap().parse().unwrap();
    let mut client = keys(base)
        .timeouts(Timeouts::default().connect(Duration::from_secs(2)))
        .http(move |http| http.resolve("direct.example", direct));
    if let Ok(proxy) = std::env::var("EXPLICIT") {
        client = client.proxy(proxy);
    }
    let session = SessionId::new(SESSION).unwrap();
    let outcome = client.build().unwrap().details(&session).await;
    let told = format!("{outcome:?}");
    assert!(!told.contains("marker"), "{told}");
}

async fn environment() {
    let refuse = || Host::plain(|_| Answer::Close(whole(403, &[], "")));
    let proxy = |host: &Host| format!("http://name:marker@127.0.0.1:{}", host.port);
    for (name, base, through) in [
        ("HTTPS_PROXY", "https://pay.example", true),
        ("https_proxy", "https://pay.example", true),
        ("ALL_PROXY", "https://pay.example", true),
        ("EXPLICIT", "https://pay.example", true),
        ("HTTPS_PROXY", "https://direct.example:{port}", false),
        ("EXPLICIT", "https://direct.example:{port}", false),
        ("HTTPS_PROXY", "https://localhost:{port}", false),
        ("HTTP_PROXY", "http://localhost:{port}", false),
        ("http_proxy", "http://127.0.0.1:{port}", false),
        ("ALL_PROXY", "http://127.0.0.1:{port}", false),
    ] {
        let (between, host) = (refuse().await, refuse().await);
        let (url, direct) = (proxy(&between), format!("127.0.0.1:{}", host.port));
        let base = base.replace("{port}", &host.port.to_string());
        let variables = [
            (name, url.as_str()),
            ("NO_PROXY", "direct.example,other.example"),
            ("DIRECT", &direct),
        ];
        // Blocks a thread of this runtime, which has others.
        tokio::task::block_in_place(|| child(&base, &variables));
        let seen = (between.connections(), host.connections());
        assert_eq!(seen, if through { (1, 0) } else { (0, 1) }, "{name} {base}");
        if through {
            assert_eq!(between.asked()[0].line(), "CONNECT pay.example:443");
            let credentials = between.asked()[0].header("proxy-authorization").is_some();
            assert!(credentials, "{name}");
        }
    }
}
