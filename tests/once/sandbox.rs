//! Against the simulator: payors who are faster than a replacement, and sessions that time out.

use flinks_pay::sandbox::Sandbox;

use super::*;
use crate::checked;

fn at(sandbox: &Sandbox) -> Client {
    let credentials = Credentials::basic(sandbox.client_id(), sandbox.client_secret()).unwrap();
    Client::builder(
        Environment::custom(sandbox.base_url().as_str()).unwrap(),
        credentials,
    )
    .build()
    .unwrap()
}

fn arrived(sandbox: &Sandbox) -> usize {
    let journal = sandbox.journal();
    let creates = journal
        .iter()
        .filter(|it| it.operation.as_deref() == Some("createSession"));
    creates.count()
}

#[tokio::test]
async fn a_debt_is_paid_once_however_often_it_is_asked_for() {
    let sandbox = checked::start().await;
    let client = at(&sandbox);
    let first = *once(&client).await.unwrap().session_id();
    let new = client.replace(&first, &debt(), &request()).await.unwrap();
    let second = *new.session_id();
    assert_ne!(first, second);
    // The payor pays while somebody decides to replace the session.
    sandbox.payor(&second).run().unwrap();
    let refused = client.replace(&second, &debt(), &request()).await;
    let refused = refused.unwrap_err();
    assert!(
        matches!(&refused, OnceError::NotReplaced { report, cancel: Some(_), .. } if report.is_scheduled()),
        "{refused:?}"
    );
    for _ in 0..3 {
        let refused = once(&client).await.unwrap_err();
        assert!(matches!(refused, OnceError::Paid { .. }), "{refused:?}");
    }
    assert_eq!(arrived(&sandbox), 2);
}

#[tokio::test]
async fn a_session_that_timed_out_is_found_by_its_status_or_replaced() {
    let sandbox = checked::start().await;
    let client = at(&sandbox);
    let first = *once(&client).await.unwrap().session_id();
    sandbox.advance(Duration::from_secs(24 * 60 * 60));
    let still = once(&client).await.unwrap();
    assert!(
        matches!(still, Once::Live(it) if it == first),
        "nobody asked"
    );
    client.status(&first).await.unwrap();
    let second = *once(&client).await.unwrap().session_id();
    assert_ne!(first, second);
    sandbox.advance(Duration::from_secs(24 * 60 * 60));
    let third = client.replace(&second, &debt(), &request()).await.unwrap();
    assert_ne!(*third.session_id(), second);
    assert_eq!(arrived(&sandbox), 3);
}
