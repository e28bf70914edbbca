//! What leaves: each request as it comes in at the other end.

use super::*;

#[tokio::test]
async fn what_leaves_is_what_the_contract_says_and_nothing_more() {
    let server = Scripted::start(|asked: &Asked| {
        let body = if asked.line.contains("/status") {
            format!(r#"{{"sessionId":"{SESSION}","status":"Initiated","statusDetails":"EFT0101"}}"#)
        } else {
            format!(r#"{{"sessionId":"{SESSION}","referenceId":"invoice-1042","status":"Canceled","statusDetails":"EFT0501"}}"#)
        };
        Reply::json(if asked.line == "POST /api/v2/sessions" { 201 } else { 200 }, &body)
    })
    .await;
    let client = client(&server);
    for operation in Operation::ALL
        .iter()
        .copied()
        .filter(|operation| *operation != Operation::Authorize)
    {
        call(&client, operation).await.unwrap();
    }
    let mut text = String::new();
    for asked in server.asked() {
        writeln!(text, "{}", asked.line).unwrap();
        for (name, value) in &asked.headers {
            let value = if name == "host" || name == "user-agent" {
                "[...]"
            } else {
                value
            };
            writeln!(text, "  {name}: {value}").unwrap();
        }
        writeln!(text, "  {}", asked.body).unwrap();
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("client_requests", text));
}

#[tokio::test]
async fn the_generated_request_is_the_facades_own() {
    let server =
        Scripted::start(|_: &Asked| Reply::json(201, &format!(r#"{{"sessionId":"{SESSION}"}}"#)))
            .await;
    let client = client(&server);
    let guaranteed = request();
    let regular = RegularEft::new(Payor::new("Robin", "Tester"), "robin@example.com")
        .reference_id("a-1")
        .build()
        .unwrap();
    client.create_guaranteed(&guaranteed).await.unwrap();
    client.create(&regular.clone().into()).await.unwrap();
    let sent: Vec<serde_json::Value> = server
        .calls()
        .iter()
        .map(|asked| serde_json::from_str(&asked.body).unwrap())
        .collect();
    assert_eq!(
        sent,
        [
            serde_json::to_value(&guaranteed).unwrap(),
            serde_json::to_value(&regular).unwrap()
        ]
    );
}

#[tokio::test]
async fn credentials_travel_in_each_of_the_three_ways() {
    let reply = |_: &Asked| {
        Reply::json(
            200,
            &format!(r#"{{"sessionId":"{SESSION}","status":"Initiated"}}"#),
        )
    };
    let server = Scripted::start(reply).await;
    // RFC 7617: everything after the first colon is the secret.
    client_with(&server, Credentials::basic("shop", "hü:sh%").unwrap())
        .status(&session())
        .await
        .unwrap();
    client_with(&server, Credentials::form("shop:1", "hü:sh% &=").unwrap())
        .status(&session())
        .await
        .unwrap();
    client_with(&server, Credentials::api_key("key-1", "shop").unwrap())
        .status(&session())
        .await
        .unwrap();
    let asked = server.asked();
    let lines: Vec<&str> = asked.iter().map(|asked| asked.line.as_str()).collect();
    let status = format!("GET /api/v2/sessions/{SESSION}/status");
    assert_eq!(
        lines,
        [
            "POST /api/v1/authorize",
            &status,
            "POST /api/v1/authorize",
            &status,
            &status
        ]
    );
    assert_eq!(asked[0].header("authorization"), ["Basic c2hvcDpow7w6c2gl"]);
    assert_eq!(asked[0].body, "grant_type=client_credentials");
    assert_eq!(asked[1].header("authorization"), ["Bearer token-1"]);
    assert_eq!(asked[2].header("authorization"), [] as [&str; 0]);
    assert_eq!(
        asked[2].body,
        "grant_type=client_credentials&Password=h%C3%BC%3Ash%25+%26%3D&Username=shop%3A1"
    );
    assert_eq!(asked[4].header("authorization"), [] as [&str; 0]);
    assert_eq!(
        (asked[4].header("x-api-key"), asked[4].header("x-client-id")),
        (vec!["key-1"], vec!["shop"])
    );
    let error = client_with(&server, Credentials::api_key("key-1", "shop").unwrap())
        .authorize()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
}

#[tokio::test]
async fn each_create_takes_a_token_of_its_own_and_everything_else_shares() {
    let server = Scripted::start(|asked: &Asked| {
        let status = if asked.line.ends_with("/cancel") {
            "Canceled"
        } else {
            "Initiated"
        };
        let body = format!(
            r#"{{"sessionId":"{SESSION}","status":"{status}","referenceId":"invoice-1042"}}"#
        );
        Reply::json(
            if asked.line == "POST /api/v2/sessions" {
                201
            } else {
                200
            },
            &body,
        )
    })
    .await;
    let client = client(&server);
    for operation in [
        Operation::GetSessionStatus,
        Operation::CreateSession,
        Operation::GetSessionDetails,
        Operation::CreateSession,
        Operation::CancelSession,
    ] {
        call(&client, operation).await.unwrap();
    }
    let used: Vec<String> = server
        .calls()
        .iter()
        .map(|asked| asked.header("authorization").join(","))
        .collect();
    assert_eq!(
        used,
        [
            "Bearer token-1",
            "Bearer token-1",
            "Bearer token-1",
            "Bearer token-2",
            "Bearer token-2"
        ]
    );
}
