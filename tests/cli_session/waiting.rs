//! Waiting for the outcome.

use super::*;

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
