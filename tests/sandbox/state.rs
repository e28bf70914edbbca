//! A sandbox that goes on from its state file: nobody has to notice that it had stopped.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use flinks_pay::SessionId;
use flinks_pay::clock::{Clock as _, ManualClock, SystemClock};
use flinks_pay::domain::{ClientId, ClientSecret};
use flinks_pay::sandbox::{
    CredentialsTaken, DeliveryOutcome, Fault, FaultRule, Sandbox, SandboxBuilder, Webhook,
    WebhookFaults,
};
use flinks_pay::session::Step;
use serde_json::json;

use crate::bench::{Bench, open_statuses};
use crate::bodies::{full_guaranteed, guaranteed, referring};
use crate::checked::Checked;
use crate::receiver::{Receiver, SECRET, secret, settled, until};

/// Stops a sandbox, and starts the one that goes on from its state.
async fn restarted(mut bench: Bench, builder: SandboxBuilder) -> Bench {
    bench.sandbox.restart(builder).await;
    bench
}

fn written(sandbox: &Checked) -> u64 {
    sandbox.state_report().unwrap().written
}

#[tokio::test]
async fn credentials_tokens_sessions_and_events_are_those_of_before() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("state");
    let builder = || Sandbox::builder().state(&path);
    let bench = Bench::with(builder()).await;
    assert!(!bench.sandbox.state_report().unwrap().resumed);
    let (id, secret) = (
        bench.sandbox.client_id().to_owned(),
        bench.sandbox.client_secret().to_owned(),
    );
    let (spent, fresh) = (bench.token().await, bench.token().await);
    let created = bench.create_with(&spent, &full_guaranteed()).await;
    let session = crate::bench::id_of(created.expect(201));
    bench
        .sandbox
        .payor(&session)
        .run_to(&Step::AccountSelection)
        .unwrap();
    let before = bench
        .details_with(&spent, &session)
        .await
        .expect(200)
        .clone();
    let events = bench.sandbox.payor(&session).events().unwrap();

    let bench = restarted(bench, builder()).await;
    assert!(bench.sandbox.state_report().unwrap().resumed);
    assert_eq!(
        (bench.sandbox.client_id(), bench.sandbox.client_secret()),
        (&*id, &*secret)
    );
    assert_eq!(bench.sandbox.journal().len(), 0, "the journal is not kept");
    let after = bench.details_with(&spent, &session).await;
    assert_eq!(*after.expect(200), before);
    assert_eq!(bench.last().credential.as_deref(), Some("token#1"));
    assert_eq!(bench.sandbox.payor(&session).events().unwrap(), events);
    bench
        .create_with(&spent, &guaranteed())
        .await
        .expect_problem(401, "has created a session already");
    let created = bench.create_with(&fresh, &guaranteed()).await;
    assert_ne!(crate::bench::id_of(created.expect(201)), session);
    assert!(![spent, fresh].contains(&bench.token().await));
    bench.sandbox.payor(&session).run().unwrap();
    assert_eq!(bench.state(&session).await, "Completed EFT0301");
}

#[tokio::test]
async fn an_api_key_that_was_made_is_made_once() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("state");
    let builder = || {
        let builder = Sandbox::builder().adjust(|it| it.credentials = CredentialsTaken::ApiKey);
        builder.state(&path)
    };
    let bench = Bench::with(builder()).await;
    let key = bench.sandbox.api_key().unwrap().to_owned();
    let bench = restarted(bench, builder()).await;
    assert_eq!(bench.sandbox.api_key(), Some(&*key));
}

#[tokio::test]
async fn no_time_passes_in_between_and_what_had_passed_has() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("state");
    let now = SystemClock.wall();
    let (day, minute) = (Duration::from_secs(86_400), Duration::from_secs(60));
    let builder = |date| {
        let clock = Arc::new(ManualClock::starting_at(date));
        Sandbox::builder().clock(clock).state(&path)
    };
    let bench = Bench::with(builder(now)).await;
    let token = bench.token().await;
    let session = bench.session(&guaranteed()).await;
    bench.sandbox.advance(4 * minute);
    let bench = restarted(bench, builder(now + day)).await;
    bench.details_with(&token, &session).await.expect(200);
    assert_eq!(bench.last().at_millis, 240_000);
    // A token lives 299 seconds.
    bench.sandbox.advance(Duration::from_secs(58));
    bench.details_with(&token, &session).await.expect(200);
    bench.sandbox.advance(Duration::from_secs(1));
    bench.details_with(&token, &session).await.expect(401);
    let bench = restarted(bench, builder(now - day)).await;
    assert_eq!(bench.state(&session).await, "Initiated EFT0101");
    bench.sandbox.advance(25 * minute);
    assert_eq!(bench.state(&session).await, "Initiated EFT0101");
    bench.sandbox.advance(Duration::from_secs(1));
    assert_eq!(bench.state(&session).await, "Expired EFT0601");
    let last = bench
        .sandbox
        .prepare(&flinks_pay::sandbox::SessionOrder::new(guaranteed()))
        .unwrap();
    let first = bench.sandbox.sessions(None, 1).unwrap().sessions.remove(0);
    let seconds = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_second();
    assert_eq!(
        seconds(&last.created_at) - seconds(&first.created_at),
        30 * 60
    );
}

async fn status(bench: &Bench, session: &SessionId) -> u16 {
    let request = bench.get(&crate::bench::path(session, "status"));
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn fault_rules_go_on_where_they_were() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("state");
    let builder = || open_statuses().state(&path);
    let bench = Bench::with(builder()).await;
    let session = bench.session(&guaranteed()).await;
    let rule = FaultRule::next(2, Fault::status(503));
    bench.sandbox.fault(rule.session(session)).unwrap();
    assert_eq!(status(&bench, &session).await, 503);
    let bench = restarted(bench, builder()).await;
    assert_eq!(status(&bench, &session).await, 503);
    assert_eq!(status(&bench, &session).await, 200);
    let faults = bench.sandbox.faults().faults;
    assert_eq!(
        (faults[0].seen, faults[0].fired, faults[0].exhausted),
        (3, 2, true)
    );
}

#[tokio::test]
async fn what_is_owed_to_a_receiver_is_told_after_the_restart() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("state");
    let receiver = Receiver::start().await;
    let mut late = WebhookFaults::default();
    late.late_seconds = Some(60);
    let builder = || {
        let builder = Sandbox::builder().state(&path);
        builder.webhook(receiver.webhook().with_faults(late))
    };
    let bench = Bench::with(builder()).await;
    let session = bench.session(&referring(guaranteed(), "Unhappy1")).await;
    bench.sandbox.payor(&session).run().unwrap();
    assert_eq!(bench.sandbox.webhooks().waiting, 1);
    let bench = restarted(bench, builder()).await;
    let text = fs::read_to_string(&path).unwrap();
    let port = receiver.webhook().url().port().unwrap().to_string();
    assert!(
        !text.contains(SECRET) && !text.contains(&port),
        "who is named at the start is not kept"
    );
    assert_eq!(bench.sandbox.webhooks().waiting, 1);
    bench.sandbox.advance(Duration::from_secs(60));
    settled(&bench.sandbox).await;
    assert_eq!(receiver.states(), ["Failed EFT0402"]);
    // It is not told again.
    let bench = restarted(bench, builder()).await;
    assert_eq!(bench.sandbox.webhooks().waiting, 0);
    let session = bench.session(&referring(guaranteed(), "Unhappy1")).await;
    bench.sandbox.payor(&session).run().unwrap();
    // Nobody is named any more, so nobody can be told.
    let bench = restarted(bench, Sandbox::builder().state(&path)).await;
    let report = bench.sandbox.webhooks();
    assert_eq!(
        (report.session, report.waiting, report.dropped),
        (None, 0, 1)
    );
}

#[tokio::test]
async fn a_guarantee_of_which_nobody_can_be_told_any_more_has_failed_to_be_delivered() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("state");
    let receiver = Receiver::start().await;
    let mut late = WebhookFaults::default();
    late.late_seconds = Some(60);
    let builder = Sandbox::builder().state(&path);
    let named = builder.guarantee_webhook(receiver.webhook().with_faults(late));
    let bench = Bench::with(named).await;
    let session = bench.session(&guaranteed()).await;
    let payor = bench.sandbox.payor(&session);
    payor.run_to(&Step::GuaranteeOffer).unwrap();
    assert_eq!(bench.sandbox.webhooks().waiting, 1);
    let bench = restarted(bench, Sandbox::builder().state(&path)).await;
    settled(&bench.sandbox).await;
    assert_eq!(bench.sandbox.webhooks().dropped, 1);
    assert_eq!(bench.state(&session).await, "Failed EFT0402");
}

#[tokio::test]
async fn an_event_that_was_under_way_is_told_again() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("state");
    let receiver = Receiver::holding().await;
    let builder = || Sandbox::builder().state(&path).webhook(receiver.webhook());
    let bench = Bench::with(builder()).await;
    let session = bench.session(&referring(guaranteed(), "Unhappy1")).await;
    let before = written(&bench.sandbox);
    bench.sandbox.payor(&session).run().unwrap();
    until(|| receiver.seen().len() == 1).await;
    until(|| written(&bench.sandbox) > before).await;
    let Bench { sandbox, .. } = bench;
    // As if it were killed: nothing is written at the end.
    drop(sandbox);
    receiver.release(2);
    let bench = Bench::with(builder()).await;
    settled(&bench.sandbox).await;
    assert_eq!(receiver.states(), ["Failed EFT0402"; 2]);
    assert_eq!(
        bench.sandbox.deliveries()[0].outcome,
        DeliveryOutcome::Answered { status: 200 }
    );
}

#[tokio::test]
async fn a_receiver_that_was_registered_while_it_ran_stays_registered() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("state");
    let (named, registered) = (Receiver::start().await, Receiver::start().await);
    let builder = || Sandbox::builder().state(&path).webhook(named.webhook());
    let bench = Bench::with(builder()).await;
    let put =
        json!({ "session": { "url": registered.webhook().url().as_str(), "secret": SECRET } });
    let request = bench
        .to(reqwest::Method::PUT, "_sandbox/webhooks")
        .json(&put);
    assert_eq!(request.send().await.unwrap().status(), 200);
    let bench = restarted(bench, builder()).await;
    let session = bench.session(&referring(guaranteed(), "Unhappy1")).await;
    bench.sandbox.payor(&session).run().unwrap();
    settled(&bench.sandbox).await;
    assert_eq!(
        (named.seen().len(), registered.states()),
        (0, vec!["Failed EFT0402".to_owned()])
    );
    let request = bench.to(reqwest::Method::DELETE, "_sandbox/webhooks");
    assert_eq!(request.send().await.unwrap().status(), 200);
    let bench = restarted(bench, builder()).await;
    assert_eq!(bench.sandbox.webhooks().session, None);
}

#[tokio::test]
async fn secrets_that_were_given_are_not_in_the_file_and_only_its_owner_reads_it() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("state");
    let webhook =
        |path: &str| Webhook::new(&format!("http://127.0.0.1:9/{path}"), secret()).unwrap();
    let builder = Sandbox::builder()
        .client_id(ClientId::new("the-shop").unwrap())
        .client_secret(ClientSecret::new("marker-client-secret").unwrap())
        .api_key(flinks_pay::domain::ApiKey::new("marker-api-key").unwrap())
        .another_client(
            ClientId::new("another").unwrap(),
            ClientSecret::new("marker-other-secret").unwrap(),
        )
        .webhook(webhook("marker-session"))
        .guarantee_webhook(webhook("marker-guarantee"));
    let bench = Bench::with(builder.state(&path)).await;
    bench.session(&guaranteed()).await;
    let Bench { sandbox, .. } = bench;
    sandbox.shutdown().await;
    let text = fs::read_to_string(&path).unwrap();
    assert!(
        text.contains("the-shop") && text.contains("Robin"),
        "{text}"
    );
    assert!(!text.contains("marker") && !text.contains(SECRET), "{text}");
    #[cfg(unix)]
    for file in [path.clone(), directory.path().join("state.lock")] {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[tokio::test]
async fn what_changes_is_written_soon_and_what_does_not_is_not() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("state");
    let builder = || Sandbox::builder().state(&path);
    let bench = Bench::with(builder()).await;
    assert_eq!(written(&bench.sandbox), 1);
    let session = bench.session(&guaranteed()).await;
    let has = |text: &str| fs::read_to_string(&path).unwrap().contains(text);
    until(|| has(&session.expose())).await;
    bench.sandbox.payor(&session).run_to(&Step::Review).unwrap();
    until(|| has("\"screen\":\"review\"")).await;
    // What a call has seen of the time is kept, too, and then nothing is left to write.
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let still = written(&bench.sandbox);
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert_eq!(written(&bench.sandbox), still);
    bench.status(&session).await.expect(200);
    until(|| written(&bench.sandbox) == still + 1).await;
    let Bench { sandbox, .. } = bench;
    drop(sandbox);
    let bench = Bench::with(builder()).await;
    bench.sandbox.payor(&session).run().unwrap();
    assert_eq!(bench.state(&session).await, "Completed EFT0301");
}

#[tokio::test]
async fn a_write_that_fails_is_counted_and_tried_again() {
    let directory = tempfile::tempdir().unwrap();
    let inner = directory.path().join("inner");
    let gone = directory.path().join("gone");
    fs::create_dir(&inner).unwrap();
    let path = inner.join("state");
    let bench = Bench::with(Sandbox::builder().state(&path)).await;
    let first = bench.session(&guaranteed()).await;
    until(|| fs::read_to_string(&path).unwrap().contains(&first.expose())).await;
    fs::rename(&inner, &gone).unwrap();
    let second = bench.session(&guaranteed()).await;
    let report = bench.sandbox.state_failure().await;
    assert!(
        report.behind && report.failed > 0 && report.problem.is_some(),
        "{report:?}"
    );
    assert_eq!(
        bench.state(&second).await,
        "Initiated EFT0101",
        "it goes on"
    );
    fs::rename(&gone, &inner).unwrap();
    until(|| !bench.sandbox.state_report().unwrap().behind).await;
    assert!(
        fs::read_to_string(&path)
            .unwrap()
            .contains(&second.expose())
    );
    assert_eq!(
        bench.sandbox.state_report().unwrap().path,
        fs::canonicalize(&path).unwrap()
    );
}

#[tokio::test]
async fn what_a_killed_process_has_left_beside_the_file_is_no_harm() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("state");
    let beside = directory.path().join("state.tmp");
    let builder = || Sandbox::builder().state(&path);
    fs::write(&beside, "half a st").unwrap();
    let bench = Bench::with(builder()).await;
    assert!(!beside.exists());
    let session = bench.session(&guaranteed()).await;
    #[cfg(unix)]
    {
        // Not even where somebody has made a link of it.
        fs::write(directory.path().join("precious"), "mine").unwrap();
        std::os::unix::fs::symlink("precious", &beside).unwrap();
    }
    let bench = restarted(bench, builder()).await;
    assert_eq!(bench.state(&session).await, "Initiated EFT0101");
    #[cfg(unix)]
    assert_eq!(
        fs::read_to_string(directory.path().join("precious")).unwrap(),
        "mine"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_to_a_state_file_stays_one() {
    let directory = tempfile::tempdir().unwrap();
    let (path, link) = (
        directory.path().join("state"),
        directory.path().join("link"),
    );
    let bench = Bench::with(Sandbox::builder().state(&path)).await;
    let session = bench.session(&guaranteed()).await;
    std::os::unix::fs::symlink("state", &link).unwrap();
    let bench = restarted(bench, Sandbox::builder().state(&link)).await;
    assert_eq!(bench.state(&session).await, "Initiated EFT0101");
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(!Path::new(&directory.path().join("link.lock")).exists());
}
