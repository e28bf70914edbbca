//! What the payor sees and does, screen by screen.

use std::time::Duration;

use flinks_pay::session::Step;
use serde_json::{Value, json};

use super::{account, act, arrival, logged_in, login, look, play, shows};
use crate::bench::Bench;
use crate::bodies::{full_guaranteed, guaranteed, referring, regular, without};

#[tokio::test]
async fn a_payment_is_made_screen_by_screen() {
    let bench = Bench::start().await;
    let id = bench.session(&guaranteed()).await;
    assert_eq!(look(&bench, &id).await["screen"], "Opening");
    // Nobody has come by looking.
    assert_eq!(bench.state(&id).await, "Initiated EFT0101");
    let mut turns = arrival();
    turns.extend([
        (login("Happy1", "Everyday"), "AccountSelection"),
        (account(), "GuaranteeOffer"),
        (json!({ "screen": "GuaranteeOffer" }), "Review"),
        (json!({ "screen": "Review" }), "Pad"),
        (json!({ "screen": "Pad", "sign": true }), "Complete"),
    ]);
    let last = play(&bench, &id, &turns).await;
    assert_eq!(bench.state(&id).await, "Completed EFT0301");
    assert_eq!(last["over"], true);
    assert_eq!(last["amount"], 120.5);
    assert_eq!(
        last["events"],
        json!([
            "APP_MOUNTED",
            "CONSENT_DISABLED",
            "INSTITUTION_SELECTED",
            "SUBMIT_CREDENTIAL",
            "ACCOUNT_SELECTED",
            "GUARANTEE_OFFERED",
            "COMPONENT_PAD_DOWNLOADED",
            "SUCCESS"
        ])
    );
}

#[tokio::test]
async fn the_page_gets_nothing_personal() {
    let bench = Bench::start().await;
    let id = bench.session(&full_guaranteed()).await;
    let mut seen = look(&bench, &id).await.to_string();
    for _ in 0..20 {
        if bench.sandbox.payor(&id).step().is_err() {
            break;
        }
        seen.push_str(&look(&bench, &id).await.to_string());
    }
    let request = full_guaranteed();
    let mut private: Vec<&str> = Vec::new();
    for part in [
        "firstName",
        "lastName",
        "middleName",
        "email",
        "occupation",
        "birthDate",
    ] {
        private.extend(request["payor"][part].as_str());
    }
    private.extend(
        request["payor"]["address"]
            .as_object()
            .unwrap()
            .values()
            .filter_map(Value::as_str)
            .filter(|text| text.len() > 3),
    );
    private.push(
        request["payee"]["account"]["accountNumber"]
            .as_str()
            .unwrap(),
    );
    // The payor's account is shown by its last digits.
    private.push("300458826");
    assert!(private.len() > 6, "{private:?}");
    for text in private {
        assert!(!seen.contains(text), "{text}");
    }
    assert!(seen.contains("****8826"));
}

#[tokio::test]
async fn a_login_that_is_wrong_fails_the_session() {
    let bench = Bench::start().await;
    for (username, password) in [("Happy1", "everyday"), ("Happy2", "Everyday"), ("", "")] {
        let id = bench.session(&guaranteed()).await;
        play(&bench, &id, &arrival()).await;
        shows(
            &act(&bench, &id, &login(username, password)).await,
            "LoginFailed",
        );
        assert_eq!(bench.state(&id).await, "Failed EFT0401");
    }
}

#[tokio::test]
async fn a_second_question_wants_its_answer() {
    let bench = Bench::start().await;
    let mut asking = login("Happy1", "Everyday");
    asking["secondQuestion"] = json!(true);
    for (answer, screen) in [("montréal", "AccountSelection"), ("Canada", "LoginFailed")] {
        let id = bench.session(&guaranteed()).await;
        play(&bench, &id, &arrival()).await;
        shows(&act(&bench, &id, &asking).await, "SecondQuestion");
        // The login is done: to send it again answers nothing.
        let again = act(&bench, &id, &login("Happy1", "Everyday")).await;
        again.expect_error(409, "screen_changed");
        let answer = json!({ "screen": "SecondQuestion", "answer": answer });
        let answer = act(&bench, &id, &answer).await;
        shows(&answer, screen);
        let events = answer.body["events"].as_array().unwrap();
        assert_eq!(events.last().unwrap(), "SUBMIT_MFA");
    }
}

#[tokio::test]
async fn what_a_developer_chooses_is_what_happens() {
    let bench = Bench::start().await;
    for (choice, screen, state) in [
        ("wrongName", "NameMismatch", "Failed EFT0403"),
        ("lowBalance", "LowBalance", "Failed EFT0404"),
    ] {
        let id = bench.session(&guaranteed()).await;
        logged_in(&bench, &id, "Happy1").await;
        let mut chosen = account();
        chosen[choice] = json!(true);
        shows(&act(&bench, &id, &chosen).await, screen);
        assert_eq!(bench.state(&id).await, state);
    }
}

#[tokio::test]
async fn without_a_guarantee_the_payor_may_want_another_way_to_pay() {
    let bench = Bench::start().await;
    for (other, event) in [
        (false, "GUARANTEE_FAILED"),
        (true, "COMPONENT_OTHER_FUNDING_OPTIONS_SELECTED"),
    ] {
        let id = bench.session(&referring(guaranteed(), "Unhappy1")).await;
        logged_in(&bench, &id, "Unhappy1").await;
        let mut chosen = account();
        chosen["otherFunding"] = json!(other);
        let answer = act(&bench, &id, &chosen).await;
        shows(&answer, "NoGuarantee");
        let events = answer.body["events"].as_array().unwrap();
        assert_eq!(events.last().unwrap(), event);
        assert_eq!(bench.state(&id).await, "Failed EFT0402");
    }
}

#[tokio::test]
async fn an_amount_is_typed_as_people_type_it() {
    let bench = Bench::start().await;
    let mut body = without(guaranteed(), "/amount");
    body["options"]["limits"] = json!({ "minimumAmount": 20, "maximumAmount": 2000 });
    let id = bench.session(&body).await;
    logged_in(&bench, &id, "Happy1").await;
    let answer = act(&bench, &id, &account()).await;
    shows(&answer, "AmountSelection");
    assert_eq!(answer.body["minimum"], 20);
    assert_eq!(answer.body["maximum"], 2000);
    let typed = |amount: &str| json!({ "screen": "AmountSelection", "amount": amount });
    for amount in ["", "1,000", "ten"] {
        let answer = act(&bench, &id, &typed(amount)).await;
        answer.expect_error(400, "invalid_amount");
    }
    let outside = act(&bench, &id, &typed("2000.01")).await;
    outside.expect_error(409, "amount_refused");
    assert_eq!(outside.body["view"]["screen"], "AmountSelection");
    shows(
        &act(&bench, &id, &typed("1 234,50 $")).await,
        "GuaranteeOffer",
    );
    assert_eq!(bench.status(&id).await.body["amount"], 1234.5);
}

#[tokio::test]
async fn a_lower_offer_is_taken_or_declined() {
    let bench = Bench::start().await;
    for (accept, screen, state) in [
        (true, "Review", "InProgress -"),
        (false, "Left", "InProgress -"),
    ] {
        let id = bench.session(&referring(guaranteed(), "Happy2")).await;
        logged_in(&bench, &id, "Happy2").await;
        let answer = act(&bench, &id, &account()).await;
        shows(&answer, "LowerOffer");
        assert_eq!(answer.body["offer"], 60.25);
        let answer = act(
            &bench,
            &id,
            &json!({ "screen": "LowerOffer", "accept": accept }),
        )
        .await;
        shows(&answer, screen);
        assert_eq!(answer.body["amount"], if accept { 60.25 } else { 120.5 });
        assert_eq!(bench.state(&id).await, state);
    }
}

#[tokio::test]
async fn a_payor_may_refuse_the_agreement() {
    let bench = Bench::start().await;
    let id = bench.session(&guaranteed()).await;
    bench.sandbox.payor(&id).run_to(&Step::Pad).unwrap();
    let answer = act(&bench, &id, &json!({ "screen": "Pad", "sign": false })).await;
    shows(&answer, "Left");
    let events = answer.body["events"].as_array().unwrap();
    assert_eq!(events.last().unwrap(), "COMPONENT_PAD_WARNING_SCREEN_EXIT");
    assert_eq!(bench.state(&id).await, "Completed EFT0302");
    bench.sandbox.advance(Duration::from_secs(30 * 60));
    assert_eq!(look(&bench, &id).await["screen"], "TimedOut");
}

#[tokio::test]
async fn the_consent_screen_wants_a_consent() {
    let bench = Bench::start().await;
    let mut body = guaranteed();
    body["options"]["showConsentScreen"] = json!(true);
    let id = bench.session(&body).await;
    play(
        &bench,
        &id,
        &[
            (json!({ "screen": "Opening" }), "Start"),
            (json!({ "screen": "Start" }), "Consent"),
        ],
    )
    .await;
    let no = act(&bench, &id, &json!({ "screen": "Consent", "agree": false })).await;
    no.expect_error(400, "invalid_request");
    let yes = act(&bench, &id, &json!({ "screen": "Consent", "agree": true })).await;
    shows(&yes, "BankSelection");
}

#[tokio::test]
async fn a_regular_session_has_no_offer() {
    let bench = Bench::start().await;
    let id = bench.session(&regular()).await;
    logged_in(&bench, &id, "Happy1").await;
    shows(&act(&bench, &id, &account()).await, "Review");
}

#[tokio::test]
async fn a_redirect_goes_where_the_request_says() {
    let bench = Bench::start().await;
    let mut body = guaranteed();
    body["options"]["redirectPreferences"] = json!({
        "mode": "RedirectUri",
        "urlSuccess": "https://shop.example/paid",
        "urlExit": "https://shop.example/left",
    });
    let id = bench.session(&body).await;
    let view = look(&bench, &id).await;
    assert_eq!(view["messages"], false);
    assert_eq!(
        view["leave"],
        json!({ "url": "https://shop.example/left", "now": false })
    );
    bench.sandbox.payor(&id).run().unwrap();
    let view = look(&bench, &id).await;
    assert_eq!(
        view["leave"],
        json!({ "url": "https://shop.example/paid", "now": true })
    );

    let failed = bench.session(&referring(body, "Unhappy1")).await;
    bench.sandbox.payor(&failed).run().unwrap();
    let view = look(&bench, &failed).await;
    assert_eq!(
        view["leave"],
        json!({ "url": "https://shop.example/left", "now": false })
    );

    // By messages there is nowhere to go, whatever the URLs say.
    let mut body = guaranteed();
    body["options"]["redirectPreferences"] =
        json!({ "mode": "JsEvents", "urlExit": "https://shop.example/left" });
    let id = bench.session(&body).await;
    let view = look(&bench, &id).await;
    assert_eq!(view["messages"], true);
    assert_eq!(view.get("leave"), None);
}
