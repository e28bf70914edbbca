//! Every call, its document, and what the README says of them.

use super::*;

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

#[test]
fn a_member_that_nobody_knows_is_not_printed() {
    let id = "5d3c1e0f-7b29-4a86-9c41-d80e6fa2b357";
    let body =
        json!({ "sessionId": id, "status": "Initiated", "payorEmail": "canary@example.com" });
    let server = Scripted::start(move |_| Reply::Json(200, body.clone()));
    for format in ["text", "json"] {
        let asked = server
            .command(&["session", "status", id, "--format", format])
            .spawn();
        let ran = finish(asked.unwrap());
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert!(!ran.everything().contains("canary@"), "{ran:?}");
    }
}
