//! A create of which nobody knows what came of it.

use super::*;

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
