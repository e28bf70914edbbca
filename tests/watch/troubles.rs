//! Failed reads: which pass, which end a wait.

use super::*;

/// What may pass: a name, the answer, and how it is told.
fn passing() -> Vec<(&'static str, Reply, ErrorKind)> {
    let page = "<html><body>back soon</body></html>";
    let html = [("content-type", "text/html")];
    let cut = format!(
        "HTTP/1.1 200 Scripted\r\ncontent-length: 500\r\n\r\n{{\"sessionId\":\"{SESSION}\""
    );
    vec![
        ("no answer", Reply::Close, ErrorKind::Interrupted),
        (
            "half an answer",
            Reply::Bytes(cut.into_bytes()),
            ErrorKind::Interrupted,
        ),
        ("408", empty(408), ErrorKind::RequestTimeout),
        ("425", empty(425), ErrorKind::UnexpectedStatus),
        ("429", empty(429), ErrorKind::RateLimited),
        ("499", empty(499), ErrorKind::UnexpectedStatus),
        ("500", empty(500), ErrorKind::Server),
        ("502 page", Reply::of(502, &html, page), ErrorKind::Server),
        ("503", empty(503), ErrorKind::Server),
        ("504", empty(504), ErrorKind::Server),
        ("200 page", Reply::of(200, &html, page), ErrorKind::Decode),
        ("200 empty", empty(200), ErrorKind::Decode),
        (
            "200 compressed",
            Reply::of(200, &[("content-encoding", "gzip")], "x"),
            ErrorKind::Encoded,
        ),
        (
            "200 endless",
            Reply::of(200, &[], vec![b' '; flinks_pay::client::MAX_BODY_BYTES + 1]),
            ErrorKind::TooLarge,
        ),
    ]
}

#[tokio::test]
async fn what_may_pass_does_not_end_a_wait_and_is_told_once() {
    for (name, trouble, kind) in passing() {
        let stage = Stage::playing(vec![
            open(),
            trouble.clone(),
            trouble.clone(),
            open(),
            trouble,
            scheduled(),
        ])
        .await;
        let client = stage.client();
        let mut watch = client.watch(&session(), status_only());
        let trouble = format!("trouble: {kind}");
        assert_eq!(
            stage.clock.run(told(&mut watch)).await,
            [
                "InProgress",
                &trouble,
                // It is over, though nothing has changed.
                "InProgress",
                &trouble,
                "Completed EFT0301",
                "settled: the debit is scheduled",
            ],
            "{name}"
        );
        assert_eq!(stage.times().len(), 6, "{name}");
    }
}

#[tokio::test]
async fn a_server_that_is_away_is_waited_for() {
    let stage = Stage::playing(vec![open()]).await;
    let client = stage.client();
    // The port is free again, and nobody listens there.
    drop(stage.server);
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    let policy = WaitPolicy::default().for_at_most(seconds(65));
    let error = stage.clock.run(client.wait(&session(), policy)).await;
    let error = error.unwrap_err();
    assert_eq!(error.kind(), WaitErrorKind::Deadline);
    assert_eq!(error.call_error().unwrap().kind(), ErrorKind::Connect);
    assert_eq!(stage.clock.elapsed(), seconds(65));
}

#[tokio::test]
async fn a_trouble_of_another_kind_is_told_too() {
    let stage = Stage::playing(vec![
        empty(503),
        empty(500),
        empty(500),
        empty(429),
        scheduled(),
    ])
    .await;
    let client = stage.client();
    let mut watch = client.watch(&session(), status_only());
    assert_eq!(
        stage.clock.run(told(&mut watch)).await,
        [
            "trouble: the server failed",
            "trouble: the server failed",
            "trouble: too many requests",
            "Completed EFT0301",
            "settled: the debit is scheduled",
        ]
    );
}

#[tokio::test]
async fn what_will_not_pass_ends_a_wait_that_keeps_what_it_saw() {
    let other = Reply::json(
        200,
        &format!(r#"{{"sessionId":"{OTHER}","status":"Completed","statusDetails":"EFT0301"}}"#),
    );
    let moved = Reply::of(302, &[("location", "/login")], "");
    for (answer, kind, cause) in [
        (empty(404), WaitErrorKind::Gone, ErrorKind::NotFound),
        (
            empty(401),
            WaitErrorKind::Unauthorized,
            ErrorKind::Unauthorized,
        ),
        (empty(403), WaitErrorKind::Forbidden, ErrorKind::Forbidden),
        (other, WaitErrorKind::WrongSession, ErrorKind::WrongSession),
        (empty(400), WaitErrorKind::Failed, ErrorKind::Refused),
        (empty(405), WaitErrorKind::Failed, ErrorKind::Refused),
        (empty(409), WaitErrorKind::Failed, ErrorKind::Conflict),
        (moved, WaitErrorKind::Failed, ErrorKind::Redirect),
    ] {
        let stage = Stage::playing(vec![status("Initiated", "EFT0101"), answer]).await;
        let client = stage.client();
        let wait = client.wait(&session(), WaitPolicy::default());
        let error = stage.clock.run(wait).await.unwrap_err();
        assert_eq!(error.kind(), kind);
        assert_eq!(error.call_error().unwrap().kind(), cause);
        let seen = error.last_seen().unwrap();
        assert_eq!(seen.status, SessionStatus::Initiated);
        assert!(stage.clock.elapsed() < seconds(34), "{kind}");
    }
}

#[tokio::test]
async fn a_second_401_ends_a_wait_and_the_first_does_not() {
    // Without a token, then with one that is not accepted any more, then with a fresh one.
    let spent = Stage::playing(vec![open(), empty(401), empty(401), open(), scheduled()]).await;
    let client = spent.client_trying(Retries::default());
    let wait = client.wait(&session(), WaitPolicy::default());
    assert!(spent.clock.run(wait).await.is_ok());
    assert_eq!(spent.times().len(), 5);

    let refused = Stage::playing(vec![open(), empty(401)]).await;
    let client = refused.client_trying(Retries::default());
    let wait = client.wait(&session(), WaitPolicy::default());
    let error = refused.clock.run(wait).await.unwrap_err();
    assert_eq!(error.kind(), WaitErrorKind::Unauthorized);
    assert_eq!(refused.times().len(), 4);
    let tokens = refused.server.asked().len() - refused.server.calls().len();
    assert_eq!(tokens, 2);
}

#[tokio::test]
async fn credentials_that_buy_no_token_end_a_wait() {
    let stage = Stage::refusing_tokens(401, |_, _| empty(401)).await;
    let client = stage.client_trying(Retries::default());
    let wait = client.wait(&session(), WaitPolicy::default());
    let error = stage.clock.run(wait).await.unwrap_err();
    assert_eq!(error.kind(), WaitErrorKind::Unauthorized);
    assert!(error.last_seen().is_none());
    let lines: Vec<String> = stage
        .server
        .asked()
        .into_iter()
        .map(|asked| asked.line)
        .collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
}

/// A token that is not found says nothing of the session, which is not looked for elsewhere.
#[tokio::test]
async fn where_no_tokens_are_found_it_is_not_the_session_that_is_gone() {
    for absent in [404, 405] {
        let stage = Stage::refusing_tokens(absent, |_, _| open()).await;
        let client = stage.client();
        let wait = client.wait(&session(), WaitPolicy::default());
        let error = stage.clock.run(wait).await.unwrap_err();
        assert_eq!(error.kind(), WaitErrorKind::Failed);
        assert_eq!(stage.server.asked().len(), 1);
    }
}

#[tokio::test]
async fn as_many_looks_in_a_row_may_fail_as_the_policy_says() {
    let bad = || empty(500);
    for (tolerated, answers, looks) in [
        (0, vec![open(), bad(), scheduled()], 2),
        (2, vec![bad(), bad(), bad(), scheduled()], 3),
        // A look that goes well begins the count anew.
        (2, vec![bad(), bad(), open(), bad(), bad(), bad()], 6),
    ] {
        let stage = Stage::playing(answers).await;
        let client = stage.client();
        let policy = WaitPolicy::default().tolerate(tolerated);
        let error = stage.clock.run(client.wait(&session(), policy)).await;
        let error = error.unwrap_err();
        assert_eq!(error.kind(), WaitErrorKind::TooManyFailures);
        assert_eq!(error.call_error().unwrap().kind(), ErrorKind::Server);
        assert_eq!(stage.times().len(), looks);
    }
    let stage = Stage::playing(vec![bad(), bad(), open(), bad(), bad(), scheduled()]).await;
    let client = stage.client();
    let policy = WaitPolicy::default().tolerate(2);
    let settled = stage.clock.run(client.wait(&session(), policy)).await;
    assert_eq!(settled.unwrap().outcome, Outcome::Scheduled);
}

/// A look that fails is followed by the next look, at the pace of the wait, and not by what the client would try at once.
#[tokio::test]
async fn a_look_is_one_attempt_and_one_more_with_a_token() {
    let stage = Stage::with(|asked, number| match number {
        0 | 2 => empty(503),
        _ if asked.header("authorization").is_empty() => empty(401),
        3 => empty(502),
        4 => open(),
        _ => scheduled(),
    })
    .await;
    let client = stage.client_trying(Retries::default());
    let wait = client.wait(&session(), WaitPolicy::default());
    stage.clock.run(wait).await.unwrap();
    let times = stage.times();
    // The second look is refused for want of a token, and asks with one.
    let at_once: Vec<bool> = times.windows(2).map(|pair| pair[0] == pair[1]).collect();
    assert_eq!(at_once, [false, true, false, false, false], "{times:?}");
    assert!(times[3] - times[2] >= seconds(30));
}

#[tokio::test]
async fn a_longer_retry_after_takes_the_place_of_the_pause() {
    let asks = |wait: &str| Reply::of(429, &[("retry-after", wait)], "");
    for (answer, least) in [
        (asks("5"), 30),
        (asks("30"), 30),
        (asks("31"), 31),
        (asks("120"), 120),
        (asks("soon"), 30),
    ] {
        let stage = Stage::playing(vec![answer, open(), scheduled()]).await;
        let client = stage.client();
        let wait = client.wait(&session(), WaitPolicy::default());
        stage.clock.run(wait).await.unwrap();
        let times = stage.times();
        let pause = times[1] - times[0];
        assert!(
            pause >= seconds(least) && pause <= seconds(least + 3),
            "{pause:?}"
        );
        // It is for once.
        assert!(times[2] - times[1] <= seconds(33));
    }
}

#[tokio::test]
async fn a_retry_after_beyond_the_deadline_does_not_move_it() {
    let stage = Stage::playing(vec![Reply::of(503, &[("retry-after", "86400")], "")]).await;
    let client = stage.client();
    let wait = client.wait(&session(), WaitPolicy::default());
    let error = stage.clock.run(wait).await.unwrap_err();
    assert_eq!(error.kind(), WaitErrorKind::Deadline);
    assert_eq!(stage.clock.elapsed(), seconds(600));
    assert_eq!(stage.times().len(), 1);
}
