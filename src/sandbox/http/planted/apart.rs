//! What is left out.

use super::*;

#[tokio::test]
async fn what_is_spoilt_on_purpose_is_counted_and_not_judged() {
    let planted = Planted::start(Operation::CreateSession, || {
        let mut answer = Answer::of(StatusCode::IM_A_TEAPOT, &json!({ "tea": true }));
        answer.noted.spoilt = true;
        answer
    })
    .await;
    assert_eq!(
        planted.found(planted.call().json(&json!({}))).await,
        [""; 0]
    );
    let report = planted.core.world().tally.report();
    assert_eq!((report.spoilt, judged(&report)), (1, 0));
}

#[tokio::test]
async fn without_the_self_check_nothing_is_judged_and_the_answer_is_the_same() {
    let spoilt = || Answer::of(StatusCode::IM_A_TEAPOT, &json!({ "tea": true }));
    let mut answers = Vec::new();
    for judging in [false, true] {
        let planted = Planted::judging(judging, Operation::GetSessionStatus, spoilt).await;
        let response = planted.call().send().await.unwrap();
        let (status, told) = (response.status(), response.headers().contains_key(HEADER));
        assert_eq!(told, judging);
        let report = planted.core.world().tally.report();
        assert_eq!(
            (judged(&report), report.total),
            (u64::from(judging), u64::from(judging))
        );
        assert_eq!(report.is_empty(), !judging);
        answers.push((status, response.text().await.unwrap()));
    }
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn a_request_that_breaks_off_is_none_of_an_operation() {
    let planted = Planted::start(Operation::CreateSession, created).await;
    let long = vec![b' '; crate::sandbox::http::exchange::MAX_REQUEST_BYTES + 1];
    let request = planted.call().header("content-type", "application/json");
    assert_eq!(planted.found(request.body(long)).await, [""; 0]);
    assert_eq!(planted.core.world().tally.report().without_operation, 1);
}
