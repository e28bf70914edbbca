//! `flinks-pay session`: every call in a process of its own, against a simulator or a server that misbehaves.
#![cfg(feature = "cli")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod cli_support;
#[path = "cli_support/scripted.rs"]
mod scripted;

use std::io::Write;
use std::net::TcpListener;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cli_support::{
    Ran, Running, Simulator, assert_plain, assert_snapshot, command, finish, ids, run,
};
use scripted::{Reply, Scripted};
use serde_json::{Value, json};

/// What the payor of these tests has, none of which details show unasked.
const PAYOR: &[&str] = &["Robin", "Tester", "robin@example.com", "Sample", "M5V"];

const CREATE: &[&str] = &[
    "session",
    "create",
    "--first-name",
    "Robin",
    "--last-name",
    "Tester",
    "--email",
    "robin@example.com",
    "--amount",
    "120.50",
];

fn at(simulator: &Simulator, arguments: &[&str]) -> Ran {
    let ran = finish(simulator.command(arguments).spawn().unwrap());
    assert!(!ran.everything().contains(&simulator.client_secret));
    assert_plain(&ran.everything());
    ran
}

fn create(simulator: &Simulator, more: &[&str]) -> String {
    let ran = at(simulator, &[CREATE, more, &["--format", "json"]].concat());
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{ran:?}");
    let document = ran.json();
    assert_eq!(document["session_id"], document["session"]["sessionId"]);
    document["session_id"].as_str().unwrap().to_owned()
}

/// The problem of a command that could not run, whose standard output has nothing.
fn problem(ran: &Ran) -> &str {
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{ran:?}");
    assert_plain(&ran.err);
    &ran.err
}

#[test]
fn a_session_is_created_looked_at_and_cancelled() {
    let simulator = Simulator::start();
    let address = [
        "--reference",
        "invoice-1042",
        "--address-line1",
        "100 Sample Street",
        "--city",
        "Toronto",
        "--province",
        "ON",
        "--postal-code",
        "M5V 2T6",
        "--minimum",
        "100",
        "--maximum",
        "200",
        "--language",
        "FR",
        "--redirect-success",
        "https://shop.example/paid?token=marker",
        "--redirect-exit",
        "https://shop.example/left",
    ];
    let created = at(&simulator, &[CREATE, &address].concat());
    assert_eq!((created.code, created.err.as_str()), (Some(0), ""));
    let id = ids(&created.out).into_iter().next().unwrap();
    let mut text = created.out;
    for name in ["status", "details", "cancel", "status"] {
        let ran = at(&simulator, &["session", name, &id]);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{name}");
        assert_eq!(ids(&ran.out), [id.clone()].into(), "the id is whole");
        text += "\n";
        text += name;
        text += "\n";
        text += &ran.out;
    }
    for private in PAYOR.iter().chain(&["marker"]) {
        assert!(!text.contains(private), "{private}: {text}");
    }
    assert_snapshot("cli_session_calls", &text);

    let revealed = at(&simulator, &["session", "details", "--reveal", &id]);
    for private in PAYOR.iter().chain(&["marker"]) {
        assert!(revealed.out.contains(private), "{private}: {revealed:?}");
    }
}

#[test]
fn every_call_has_a_document() {
    let simulator = Simulator::start();
    let id = create(&simulator, &["--reference", "Happy1"]);
    for name in ["status", "details", "cancel"] {
        let ran = at(&simulator, &["session", name, &id, "--format", "json"]);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{name}");
        let document = ran.json();
        assert_eq!(document["schema_version"], 1);
        assert_eq!(document["session"]["sessionId"], json!(id));
        assert_eq!(document["session"]["referenceId"], "Happy1");
        assert_eq!(document["departures"], json!([]));
        assert_eq!(
            document["outcome"],
            json!({ "result": "answered", "exit_code": 0 })
        );
        if name == "details" {
            assert_eq!(document["revealed"], false);
            assert_eq!(document["session"]["payor"]["firstName"], "[masked]");
        }
        for private in PAYOR {
            assert!(!ran.out.contains(private), "{private}: {}", ran.out);
        }
    }
    let missing = "5d3c1e0f-7b29-4a86-9c41-d80e6fa2b357";
    let ran = at(&simulator, &["session", "status", missing, "--format=json"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(2), ""));
    let document = ran.json();
    assert_eq!(document["outcome"]["result"], "error");
    assert_eq!(document["outcome"]["exit_code"], 2);
    assert_eq!(document["outcome"]["maybe_applied"], false);
    let ran = at(&simulator, &["session", "status", missing]);
    assert!(problem(&ran).contains("knows no such session"), "{ran:?}");
}

#[test]
fn a_request_comes_from_a_file_or_from_standard_input() {
    let simulator = Simulator::start();
    let request = json!({
        "type": "EFT",
        "direction": "DEBIT",
        "currency": "CAD",
        "amount": 18,
        "referenceId": "order-20391",
        "options": { "guarantee": { "enable": false } },
        "payor": { "firstName": "Robin", "lastName": "Tester", "email": "robin@example.com" },
    });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("request.json");
    std::fs::write(&path, request.to_string()).unwrap();
    let ran = at(
        &simulator,
        &["session", "create", "--file", path.to_str().unwrap()],
    );
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.out.contains("order-20391"), "{}", ran.out);

    let mut child = simulator
        .command(&["session", "create", "--file", "-", "--format", "json"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(request.to_string().as_bytes()).unwrap();
    drop(stdin);
    let ran = finish(child);
    assert_eq!(ran.json()["reference_id"], "order-20391", "{ran:?}");

    // Half of the request from here and half from there would be a guess.
    let both = [
        "session",
        "create",
        "--amount",
        "1",
        "--file",
        path.to_str().unwrap(),
    ];
    let ran = at(&simulator, &both);
    assert!(problem(&ran).contains("cannot be used with"), "{ran:?}");

    std::fs::write(&path, "{\"marker\": ").unwrap();
    let ran = at(
        &simulator,
        &["session", "create", "--file", path.to_str().unwrap()],
    );
    assert!(problem(&ran).contains("it is no JSON"), "{ran:?}");
    assert!(!ran.err.contains("marker"), "{ran:?}");
    let ran = at(
        &simulator,
        &["session", "create", "--file", "/nowhere/request.json"],
    );
    assert!(
        problem(&ran).starts_with("error: /nowhere/request.json cannot be read\n  why: "),
        "{ran:?}"
    );
}

#[test]
fn a_file_may_be_anything() {
    let simulator = Simulator::start();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("request.json");
    for (text, said) in [
        (
            r#"{"options":{"guarantee":{"enable":true}},"\u001b[31mnovel":1}"#.to_owned(),
            "nothing was sent",
        ),
        ("[]".to_owned(), "the request: expected "),
        ("{}".to_owned(), "options.guarantee.enable: expected "),
        (" ".repeat(1024 * 1024 + 1), "it has more than 1 MiB"),
        (String::new(), "it is no JSON"),
    ] {
        std::fs::write(&path, &text).unwrap();
        let ran = at(
            &simulator,
            &["session", "create", "--file", path.to_str().unwrap()],
        );
        assert!(problem(&ran).contains(said), "{said}: {ran:?}");
    }
}

#[test]
fn an_argument_counts_before_a_variable() {
    let simulator = Simulator::start();
    let mut command = simulator.command(&["session", "status", "--environment", "production"]);
    command
        .arg("5d3c1e0f-7b29-4a86-9c41-d80e6fa2b357")
        // Without it, nothing is sent.
        .env_remove("FLINKS_PAY_CLIENT_SECRET");
    let ran = finish(command.spawn().unwrap());
    assert!(
        problem(&ran).contains("no credentials for https://payments.flinksapp.com\n"),
        "{ran:?}"
    );
    let other = TcpListener::bind("127.0.0.1:0").unwrap().local_addr();
    let other = format!("http://{}", other.unwrap());
    let ran = at(&simulator, &[CREATE, &["--base-url", &other]].concat());
    assert!(
        problem(&ran).starts_with(&format!("error: {other} does not answer\n")),
        "{ran:?}"
    );
    assert!(
        ran.err.contains("  payment: no session was created\n"),
        "{ran:?}"
    );
}

#[test]
fn a_payee_comes_from_a_file() {
    let simulator = Simulator::start();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("payee.json");
    let account = json!({
        "institutionCode": "999", "transitNumber": "20352", "accountNumber": "730441895", "accountLabel": "Our shop"
    });
    std::fs::write(&path, json!({ "account": account }).to_string()).unwrap();
    let id = create(&simulator, &["--payee", path.to_str().unwrap()]);
    let ran = at(&simulator, &["session", "details", &id]);
    assert!(ran.out.contains("****1895"), "{}", ran.out);
    assert!(!ran.out.contains("730441895"), "{}", ran.out);

    std::fs::write(
        &path,
        json!({ "account": { "accountNumber": "73" } }).to_string(),
    )
    .unwrap();
    let ran = at(
        &simulator,
        &[CREATE, &["--payee", path.to_str().unwrap()]].concat(),
    );
    for path in ["accountNumber", "institutionCode", "transitNumber"] {
        assert!(
            problem(&ran).contains(&format!("  payee.account.{path}: ")),
            "{ran:?}"
        );
    }
}

#[test]
fn every_rule_that_is_broken_is_told_at_once_and_nothing_is_sent() {
    let arguments = [
        "session",
        "create",
        "--regular",
        "--base-url",
        "http://127.0.0.1:9",
        "--last-name",
        "Mar\u{1b}ker",
        "--amount",
        "12.345",
        "--minimum",
        "marker",
        "--province",
        "XX",
        "--reference",
        "marker with spaces",
        "--redirect-exit",
        "javascript:marker",
    ];
    let ran = run(&arguments);
    let err = problem(&ran);
    assert!(!err.contains("arker"), "no value is repeated: {err}");
    assert_snapshot("cli_session_rules", err);
    let ran = run(&[&arguments[..], &["--format", "json"]].concat());
    let document = ran.json();
    let violations = document["outcome"]["violations"].as_array().unwrap();
    let lines = err.lines().filter(|line| line.contains("(rule "));
    assert_eq!(violations.len(), lines.count());
    for violation in violations {
        for member in ["path", "rule", "expected", "found"] {
            assert!(violation[member].is_string(), "{violation}");
        }
    }
}

#[test]
fn what_is_missing_is_said_before_anything_is_sent() {
    const ID: &str = "5d3c1e0f-7b29-4a86-9c41-d80e6fa2b357";
    let unused = TcpListener::bind("127.0.0.1:0").unwrap().local_addr();
    let unused = format!("http://{}", unused.unwrap());
    let with = |arguments: &[&str]| {
        let mut command = command(&[&["session"], arguments].concat());
        command
            .env("FLINKS_PAY_CLIENT_ID", "shop")
            .env("FLINKS_PAY_CLIENT_SECRET", "marker-secret");
        finish(command.spawn().unwrap())
    };
    let mut text = String::new();
    for (name, ran) in [
        ("no server", with(&["status", ID])),
        (
            "no credentials",
            run(&["session", "status", "--environment", "production", ID]),
        ),
        (
            "no session id",
            with(&["status", "--base-url", &unused, "marker-of-an-id"]),
        ),
        (
            "insecure",
            with(&["status", "--base-url", "http://marker:x@pay.example", ID]),
        ),
        ("closed port", with(&["cancel", "--base-url", &unused, ID])),
        (
            "too fast",
            with(&["wait", "--environment", "sandbox", "--every", "9", ID]),
        ),
    ] {
        let err = problem(&ran);
        assert!(!err.contains("marker"), "{err}");
        // The system's own words and number for a refused connection.
        let end = err.find(": error sending request");
        text += name;
        text += "
";
        text += err[..end.unwrap_or(err.len())].trim_end();
        text += "

";
    }
    assert_snapshot("cli_session_problems", &text);
    for arguments in [
        &[
            "status",
            "--environment",
            "sandbox",
            "--base-url",
            "http://127.0.0.1:9",
            ID,
        ][..],
        &["confirm", "--environment", "sandbox", ID],
        &[
            "confirm",
            "--environment",
            "sandbox",
            "--accept",
            "--reject",
            ID,
        ],
        &["wait", "--environment", "sandbox", "--every", "-1", ID],
        &["wait", "--environment", "sandbox", "--timeout", "inf", ID],
    ] {
        problem(&with(arguments));
    }
}

#[cfg(unix)]
#[test]
fn credentials_come_from_a_file_that_nobody_else_can_read() {
    use std::os::unix::fs::PermissionsExt as _;

    let simulator = Simulator::start();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("credentials");
    let text = format!(
        "# of this simulator\nFLINKS_PAY_CLIENT_ID={}\nFLINKS_PAY_CLIENT_SECRET={}\n",
        simulator.client_id, simulator.client_secret
    );
    let create = |text: &str, mode: u32| {
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        let file = ["--credentials", path.to_str().unwrap()];
        let mut command = command(&[CREATE, &file, &["--base-url", &simulator.base_url]].concat());
        // Those of the file count.
        command
            .env("FLINKS_PAY_CLIENT_ID", "shop")
            .env("FLINKS_PAY_CLIENT_SECRET", "wrong");
        finish(command.spawn().unwrap())
    };
    let ran = create(&text, 0o600);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{ran:?}");
    for mode in [0o640, 0o604, 0o666] {
        let ran = create(&text, mode);
        assert!(
            problem(&ran).starts_with("error: others can read "),
            "{ran:?}"
        );
        assert!(ran.err.contains("chmod 600 "), "{ran:?}");
        assert!(!ran.err.contains(&simulator.client_secret));
    }
    let ran = create("FLINKS_PAY_CLIENT_ID=marker\n", 0o600);
    assert!(
        problem(&ran).contains("FLINKS_PAY_CLIENT_SECRET is not in it"),
        "{ran:?}"
    );
    assert!(!ran.err.contains("marker"), "{ran:?}");
    std::fs::remove_file(&path).unwrap();
    let file = ["--credentials", path.to_str().unwrap()];
    let ran = at(&simulator, &[CREATE, &file].concat());
    assert!(problem(&ran).contains("cannot be read"), "{ran:?}");
}

#[test]
fn a_wait_tells_each_change_and_ends_with_the_outcome() {
    let simulator = Simulator::start();
    let id = create(&simulator, &["--reference", "Happy1"]);
    let waiting = ["session", "wait", &id, "--every", "0.02"];
    let mut running = Running::start(simulator.command(&waiting));
    running.read_to("status");
    while !simulator.step(&id).contains("\"over\":true") {
        // Longer than the pause between two looks; what is not seen is not told, and nothing below needs it.
        std::thread::sleep(Duration::from_millis(50));
    }
    let ran = running.finish();
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{ran:?}");
    assert_plain(&ran.out);
    let lines: Vec<&str> = ran.out.lines().collect();
    assert!(
        lines[0].starts_with("status        Initiated (EFT0101): "),
        "{ran:?}"
    );
    assert!(ran.out.contains("\npayor         at "), "{ran:?}");
    assert_eq!(
        lines.last().copied(),
        Some(
            "outcome       payment scheduled: 120.50 CAD, Completed (EFT0301), the payor finished and the debit is scheduled"
        ),
    );
    let ran = at(&simulator, &[&waiting[..], &["--format", "json"]].concat());
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{ran:?}");
    assert_eq!(ran.json()["outcome"]["result"], "scheduled");
    assert_eq!(ran.json()["session"]["statusDetails"], "EFT0301");
}

#[test]
fn a_wait_for_a_session_that_ended_badly_is_exit_code_1() {
    let simulator = Simulator::start();
    let id = create(&simulator, &[]);
    assert_eq!(at(&simulator, &["session", "cancel", &id]).code, Some(0));
    let ran = at(&simulator, &["session", "wait", &id]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(1), ""), "{ran:?}");
    assert_snapshot("cli_session_wait_cancelled", &ran.out);
    let ran = at(&simulator, &["session", "wait", "--format=json", &id]);
    let document = ran.json();
    assert_eq!(
        (ran.code, &document["outcome"]["exit_code"]),
        (Some(1), &json!(1))
    );
    assert_eq!(document["outcome"]["result"], "ended_badly");
}

#[test]
fn a_wait_that_is_too_short_says_what_was_seen_last() {
    let simulator = Simulator::start();
    let id = create(&simulator, &[]);
    let waiting = ["session", "wait", &id, "--every", "0.05", "--timeout", "2"];
    let ran = at(&simulator, &waiting);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert_snapshot("cli_session_wait_deadline", &ran.everything());
    let ran = at(&simulator, &[&waiting[..], &["--format", "json"]].concat());
    assert_eq!((ran.code, ran.err.as_str()), (Some(2), ""), "{ran:?}");
    let outcome = &ran.json()["outcome"];
    assert_eq!(outcome["session_id"], json!(id));
    assert!(
        outcome["standing"]
            .as_str()
            .unwrap()
            .contains("Initiated (EFT0101)")
    );
}

#[test]
fn a_wait_goes_through_trouble_and_leaves_what_is_unclear_to_a_person() {
    const ID: &str = "5d3c1e0f-7b29-4a86-9c41-d80e6fa2b357";
    let looks = AtomicUsize::new(0);
    let server = Scripted::start(move |call| {
        let status = |name: &str, code: &str| {
            Reply::Json(
                200,
                json!({ "sessionId": ID, "status": name, "statusDetails": code, "amount": 100 }),
            )
        };
        if call.ends_with("/status") {
            match looks.fetch_add(1, Ordering::SeqCst) {
                0 => Reply::Json(503, json!({})),
                1 => status("InProgress", "EFT0201"),
                _ => status("Completed", "EFT0399"),
            }
        } else if call.ends_with("/details") {
            let offer = json!({
                "guaranteeOffered": true, "highestDebitAmountToGuarantee": 50, "overallRiskLevel": "Medium"
            });
            let payor = json!({ "firstName": "Robin" });
            Reply::Json(
                200,
                json!({ "sessionId": ID, "status": "InProgress", "guaranteeDetails": offer, "payor": payor }),
            )
        } else {
            Reply::token()
        }
    });
    let arguments = ["session", "wait", ID, "--every", "0.02"];
    let ran = finish(server.command(&arguments).spawn().unwrap());
    assert_eq!((ran.code, ran.err.as_str()), (Some(1), ""), "{ran:?}");
    assert_snapshot("cli_session_wait_unclear", &ran.out);
    let arguments = [&arguments[..], &["--format", "json"]].concat();
    let ran = finish(server.command(&arguments).spawn().unwrap());
    assert_eq!(ran.json()["outcome"]["result"], "unclear", "{ran:?}");
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_wait_with_what_was_seen_last() {
    let simulator = Simulator::start();
    let id = create(&simulator, &[]);
    let mut running = Running::start(simulator.command(&["session", "wait", &id]));
    running.read_to("status");
    running.interrupt();
    let ran = running.finish();
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.err.starts_with("error: interrupted\n"), "{ran:?}");
    assert!(
        ran.err.contains("last seen as Initiated (EFT0101)"),
        "{ran:?}"
    );
    assert_eq!(ids(&ran.err), [id].into());
}

#[test]
fn a_create_that_may_have_been_carried_out_says_so_and_is_sent_once() {
    for reply in [Reply::Close, Reply::Json(500, json!({}))] {
        let server = Scripted::start(move |call| match call {
            "POST /api/v2/sessions" => reply.clone(),
            _ => Reply::token(),
        });
        let arguments = [CREATE, &["--reference", "invoice-1042"]].concat();
        let ran = finish(server.command(&arguments).spawn().unwrap());
        let err = problem(&ran);
        assert!(
            err.contains(
                "  payment: a session may exist whose id is lost; the create was not sent again"
            ),
            "{err}"
        );
        assert!(
            err.contains(
                "what to do: before creating another, look for the reference invoice-1042 in the Flinks dashboard, the \
                 reconciliation file and webhooks"
            ),
            "{err}"
        );
        assert_eq!(server.count("POST /api/v2/sessions"), 1, "{err}");
        let arguments = [CREATE, &["--format", "json"]].concat();
        let ran = finish(server.command(&arguments).spawn().unwrap());
        assert_eq!((ran.code, ran.err.as_str()), (Some(2), ""), "{ran:?}");
        assert_eq!(ran.json()["outcome"]["maybe_applied"], true);
        assert_eq!(server.count("POST /api/v2/sessions"), 2);
    }
}

#[test]
fn a_session_whose_id_nobody_reads_is_said_on_the_other_stream() {
    let simulator = Simulator::start();
    for format in ["text", "json"] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let arguments = [CREATE, &["--format", format]].concat();
        let mut command = simulator.command(&arguments);
        let ran = finish(command.stdout(writer).spawn().unwrap());
        assert!(
            problem(&ran).starts_with("error: the session was created, and standard output"),
            "{ran:?}"
        );
        let id = ids(&ran.err).into_iter().next().unwrap();
        let status = at(&simulator, &["session", "status", &id]);
        assert_eq!(status.code, Some(0), "{status:?}");
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_during_a_create_says_that_a_session_may_exist() {
    let server = Scripted::start(|call| match call {
        "POST /api/v2/sessions" => Reply::Hang,
        _ => Reply::token(),
    });
    let running = Running::start(server.command(CREATE));
    server.wait_for("POST /api/v2/sessions");
    running.interrupt();
    let ran = running.finish();
    assert!(
        problem(&ran).contains("a session may exist whose id is lost"),
        "{ran:?}"
    );
}

#[test]
fn a_guarantee_is_confirmed_once_it_is_decided() {
    const ID: &str = "5d3c1e0f-7b29-4a86-9c41-d80e6fa2b357";
    let server = Scripted::start(|call| {
        if call.starts_with("POST /api/v2/sessions/") {
            Reply::Json(200, json!({ "sessionId": ID, "referenceId": "r-1" }))
        } else {
            Reply::token()
        }
    });
    for (flag, taken) in [("--accept", "accepted"), ("--reject", "rejected")] {
        let ran = finish(
            server
                .command(&["session", "confirm", flag, ID])
                .spawn()
                .unwrap(),
        );
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{ran:?}");
        let expected = format!("session       {ID}\nreference     r-1\nguarantee     {taken}\n");
        assert_eq!(ran.out, expected);
        let json = ["session", "confirm", flag, ID, "--format", "json"];
        let ran = finish(server.command(&json).spawn().unwrap());
        assert_eq!(ran.json()["decision"], taken);
    }
    let bodies = server.bodies();
    let accepts: Vec<&Value> = bodies.iter().filter(|body| body.is_object()).collect();
    assert_eq!(accepts.len(), 4);
    assert!(
        accepts[0] == accepts[1] && accepts[1] != accepts[2],
        "{accepts:?}"
    );
    // A simulator offers no guarantee to decide on before its payor is that far.
    let simulator = Simulator::start();
    let id = create(&simulator, &[]);
    let ran = at(&simulator, &["session", "confirm", "--accept", &id]);
    assert!(problem(&ran).contains(" refuses\n"), "{ran:?}");
}

#[test]
fn what_a_server_says_cannot_write_on_the_terminal() {
    const ID: &str = "5d3c1e0f-7b29-4a86-9c41-d80e6fa2b357";
    let answer = json!({
        "sessionId": ID,
        "referenceId": "\u{1b}[2J\u{9b}31m\r\n",
        "status": "\u{1b}]0;paid\u{7}",
        "amount": 1,
        "n\u{1b}ovel": "\u{7f}",
    });
    let server = Scripted::start(move |call| {
        if call.starts_with("GET /api/v2/sessions/") {
            Reply::Json(200, answer.clone())
        } else {
            Reply::token()
        }
    });
    for arguments in [
        &["status"][..],
        &["status", "--format", "json"],
        &["details", "--reveal"],
        &["details", "--format", "json", "--reveal"],
        &["wait", "--every", "0.02", "--timeout", "0.3"],
    ] {
        let ran = finish(
            server
                .command(&[&["session"], arguments, &[ID]].concat())
                .spawn()
                .unwrap(),
        );
        assert!(ran.out.contains("]0;paid"), "{ran:?}");
        assert_plain(&ran.everything());
    }
}

#[test]
fn the_commands_of_the_readme_do_what_they_say() {
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    let section = readme.split("## From the command line").nth(1).unwrap();
    let commands: Vec<&str> = section
        .split("\n## ")
        .next()
        .unwrap()
        .lines()
        .filter_map(|line| line.strip_prefix("$ flinks-pay session "))
        .collect();
    let simulator = Simulator::start();
    let mut id = String::new();
    let mut ran_names = Vec::new();
    for line in commands {
        let words: Vec<&str> = ["session"]
            .into_iter()
            .chain(line.split_whitespace())
            .map(|word| if word == "SESSION" { id.as_str() } else { word })
            .collect();
        let ran = at(&simulator, &words);
        let code = i32::from(words[1] == "wait");
        assert_eq!(ran.code, Some(code), "{line}: {ran:?}");
        ran_names.push(words[1].to_owned());
        if words[1] == "create" {
            id = ids(&ran.out).into_iter().next().unwrap();
        }
    }
    assert_eq!(ran_names, ["create", "status", "details", "cancel", "wait"]);
}
