//! Members that are new, missing, null, there twice, or of a shape that no decoder holds; and what stands around them.

use super::*;

fn deep(levels: usize) -> String {
    format!("{}{}", "[".repeat(levels), "]".repeat(levels))
}

#[tokio::test]
async fn an_unknown_member_never_fails_an_answer() {
    // What comes, and whether it can be held.
    for (value, held) in [
        ("1".to_owned(), true),
        ("null".to_owned(), true),
        (r#"{"a":[1,{"b":null}]}"#.to_owned(), true),
        (deep(100), true),
        (deep(10_000), false),
        ("1e400".to_owned(), false),
        (r#"{"a":[{"b":-1e400}]}"#.to_owned(), false),
        (r#""half a pair: \ud800""#.to_owned(), false),
    ] {
        let shown = &value[..value.len().min(40)];
        let body = format!(
            r#"{{"novel":{value},"sessionId":"{SESSION}","status":"Canceled","statusDetails":"EFT0501","referenceId":"invoice-1042","newer":"kept"}}"#
        );
        let server = answering(Reply::json(200, &body)).await;
        let client = client(&server);
        let answer = client.status(&session()).await.unwrap();
        assert_eq!(answer.extra.get("newer").unwrap(), "kept", "{shown}");
        assert_eq!(answer.extra.get("novel").is_some(), held, "{shown}");
        let expected: &[&str] = if held { &[] } else { &["/novel properties"] };
        assert_eq!(odd(&answer), expected, "{shown}");
        assert_eq!(
            answer.raw().body(),
            body.as_bytes(),
            "{shown}: the raw answer has it"
        );
        // And so for every other operation.
        for operation in ABOUT_SESSIONS {
            call(&client, operation).await.unwrap();
        }
    }
}

#[tokio::test]
async fn an_unknown_member_deep_inside_never_fails_an_answer() {
    for value in [deep(10_000), "1e400".to_owned()] {
        let body = format!(
            r#"{{"sessionId":"{SESSION}","status":"Initiated","payor":{{"firstName":"Robin","account":{{"accountNumber":"****4321","novel":{value}}}}}}}"#
        );
        let server = answering(Reply::json(200, &body)).await;
        let details = client(&server).details(&session()).await.unwrap();
        assert_eq!(odd(&details), ["/payor/account/novel properties"]);
        let account = details.payor.as_ref().unwrap().account().unwrap();
        assert_eq!(
            account.account_number.as_ref().unwrap().expose(),
            "****4321"
        );
    }
}

#[tokio::test]
async fn a_token_is_read_past_what_is_new() {
    let body = format!(
        r#"{{"novel":{},"access_token":"token-1","token_type":"bearer","expires_in":599,"scope":1e999}}"#,
        deep(10_000)
    );
    let server =
        Scripted::start(move |_: &Asked| Reply::of(200, &[("x-scripted", "authorize")], &body))
            .await;
    let base = Environment::custom(server.base()).unwrap();
    let client = Client::builder(base, Credentials::basic("shop", "hush").unwrap())
        .build()
        .unwrap();
    let token = client.authorize().await.unwrap();
    assert_eq!(token.access_token.expose(), "token-1");
    assert_eq!(odd(&token), ["/novel properties", "/scope properties"]);
}

#[tokio::test]
async fn a_known_member_that_cannot_be_held_fails_with_its_place() {
    for (member, path) in [
        (format!(r#""amount":{}"#, deep(10_000)), "amount"),
        (r#""referenceId":1e400"#.to_owned(), "referenceId"),
        // Nothing of the other one is told.
        (r#""7654321":1e400,"amount":1e400"#.to_owned(), "amount"),
    ] {
        let body = format!(r#"{{"sessionId":"{SESSION}","status":"Failed",{member}}}"#);
        assert_eq!(
            refused(status_of(body).await),
            (ErrorKind::Decode, path.to_owned())
        );
    }
}

#[tokio::test]
async fn a_known_member_that_comes_twice_is_not_chosen_between() {
    for twice in [
        format!(r#""sessionId":"{SESSION}","sessionId":"{OTHER}","status":"Failed""#),
        format!(r#""sessionId":"{SESSION}","sessionId":"{SESSION}","status":"Failed""#),
        format!(r#""sessionId":"{SESSION}","status":"Failed","status":"Completed""#),
        // Written otherwise, it is the same name.
        format!(r#""sessionId":"{SESSION}","status":"Failed","st\u0061tus":"Completed""#),
        format!(r#""sessionId":"{SESSION}","status":"Failed","status":"Completed","novel":1e400"#),
    ] {
        let answer = status_of(format!("{{{twice}}}")).await;
        assert_eq!(refused(answer).0, ErrorKind::Decode, "{twice}");
    }
    let body = format!(r#"{{"sessionId":"{SESSION}","status":"Failed","novel":1,"novel":2}}"#);
    let answer = status_of(body).await.unwrap();
    assert_eq!(
        answer.extra.get("novel").unwrap(),
        2,
        "nobody decides by it"
    );
}

#[tokio::test]
async fn a_required_member_is_there_and_not_null() {
    for (body, path) in [
        (r#"{"status":"Failed"}"#.to_owned(), "sessionId"),
        (
            r#"{"sessionId":null,"status":"Failed"}"#.to_owned(),
            "sessionId",
        ),
        (format!(r#"{{"sessionId":"{SESSION}"}}"#), "status"),
        (
            format!(r#"{{"sessionId":"{SESSION}","status":null}}"#),
            "status",
        ),
        // JSON tells upper case from lower.
        (
            format!(r#"{{"SessionId":"{SESSION}","status":"Failed"}}"#),
            "sessionId",
        ),
    ] {
        assert_eq!(
            refused(status_of(&body).await),
            (ErrorKind::Decode, path.to_owned()),
            "{body}"
        );
    }
}

#[tokio::test]
async fn null_stands_for_absent_and_is_told_where_the_contract_has_none() {
    let body = format!(
        r#"{{"sessionId":"{SESSION}","status":"Initiated","referenceId":null,"amount":null,"statusDetails":null}}"#
    );
    let answer = status_of(body).await.unwrap();
    assert!(answer.reference_id.is_none() && answer.amount.is_none());
    assert_eq!(answer.status_details, None);
    assert_eq!(odd(&answer), ["/statusDetails nullable"]);
}

#[tokio::test]
async fn what_stands_around_the_object_counts() {
    let object =
        format!(r#"{{"sessionId":"{SESSION}","status":"Initiated","statusDetails":"EFT0101"}}"#);
    for around in [
        format!("\u{FEFF}{object}"),
        format!(" \r\n\t{object}\r\n "),
        format!("\u{FEFF}\n{object}"),
    ] {
        let answer = status_of(&around).await.unwrap();
        assert_eq!(odd(&answer), [""; 0], "{around:?}");
    }
    for around in [
        format!("{object}x"),
        format!("{object}{object}"),
        format!("{object}]"),
        format!("{object}\0"),
        format!("[{object}]"),
        format!("\u{FEFF}\u{FEFF}{object}"),
        format!(")]}}',\n{object}"),
        format!("callback({object})"),
        deep(10_000),
        "[".repeat(10_000),
        r#"{"a":"#.repeat(10_000),
        "null".to_owned(),
        "\"text\"".to_owned(),
        String::new(),
        " ".to_owned(),
    ] {
        let answer = status_of(&around).await;
        let shown: String = around.chars().take(60).collect();
        assert_eq!(refused(answer).0, ErrorKind::Decode, "{shown:?}");
    }
    // JSON is UTF-8 throughout.
    let latin = [
        object.trim_end_matches('}').as_bytes(),
        b",\"novel\":\"\xE9\"}",
    ]
    .concat();
    let server = answering(Reply::of(
        200,
        &[("content-type", "application/json; charset=iso-8859-1")],
        latin,
    ))
    .await;
    let error = client(&server).status(&session()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
}
