//! Where a request comes from, and what is said of one that is wrong.

use super::*;

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
