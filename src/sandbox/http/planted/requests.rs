//! Requests that are carried out.

use super::*;

#[tokio::test]
async fn a_request_that_was_accepted_and_is_invalid_is_found() {
    let planted = Planted::start(Operation::CreateSession, created).await;
    assert_eq!(
        planted.found(planted.call().json(&request())).await,
        [""; 0]
    );
    let payee = json!({ "account": {
        "institutionCode": "815", "transitNumber": "70001", "accountNumber": "440055001",
    } });
    let regular = with(request(), "/options/guarantee/enable", json!(false));
    let long = format!("robin@{}.example", "a".repeat(64));
    for (body, found) in [
        (
            with(request(), "/type", json!("CARD")),
            " at \"/type\": enum",
        ),
        (
            with(request(), "/amount", json!("20")),
            " at \"/amount\": type",
        ),
        (
            with(request(), "/amount", json!(0)),
            " at \"/amount\": minimum",
        ),
        // The name of an unknown member may be anything, so it is not told.
        (
            with(request(), "/Robin Tester", json!(1)),
            ": additionalProperties",
        ),
        (
            with(request(), "/payor", json!({ "firstName": "Robin" })),
            " at \"/payor/lastName\": required",
        ),
        (
            with(request(), "/payor/firstName", json!("")),
            " at \"/payor/firstName\": minLength",
        ),
        (
            with(request(), "/payor/email", json!("robin")),
            " at \"/payor/email\": ",
        ),
        (with(regular, "/payee", payee), ": additionalProperties"),
        (json!([]), ": type"),
        (
            with(request(), "/currency", json!("usd")),
            " at \"/currency\": enum",
        ),
        // Rules that no schema says.
        (
            with(request(), "/amount", json!(9.99)),
            ": amount-within-limits",
        ),
        (
            with(request(), "/amount", json!(30.01)),
            ": amount-within-limits",
        ),
        (
            with(
                with(request(), "/amount", json!(null)),
                "/options/limits/minimumAmount",
                json!(31),
            ),
            " at \"/options/limits\": limits-ordered",
        ),
        (
            with(
                request(),
                "/options/redirectPreferences",
                json!({ "mode": "RedirectUri" }),
            ),
            " at \"/options/redirectPreferences\": redirect-urls",
        ),
        (
            with(
                request(),
                "/options/redirectPreferences/urlExit",
                json!("data://shop.example/"),
            ),
            " at \"/options/redirectPreferences/urlExit\": redirect-url-scheme",
        ),
        (
            with(request(), "/payor/birthDate", json!("89-02-29")),
            " at \"/payor/birthDate\": birth-date-exists",
        ),
        (
            with(request(), "/payor/email", json!(long)),
            " at \"/payor/email\": ",
        ),
    ] {
        let places = planted.found(planted.call().json(&body)).await;
        assert!(
            places
                .iter()
                .any(|place| place.starts_with(&format!("request{found}"))),
            "{body:#}\n{places:?}"
        );
        assert!(!format!("{places:?}").contains("Robin"), "{places:?}");
    }
}

#[tokio::test]
async fn what_is_around_a_body_is_judged_too() {
    let planted = Planted::start(Operation::CreateSession, created).await;
    let path = Operation::CreateSession.path();
    let text = request().to_string();
    let json = ("content-type", "application/json");
    for (request, found) in [
        (planted.to(path).json(&request()), "request: security"),
        (
            planted
                .to(path)
                .json(&request())
                .header("x-api-key", "only-half"),
            "request: security",
        ),
        (
            planted
                .to(path)
                .json(&request())
                .basic_auth("shop", Some("x")),
            "request: security",
        ),
        (planted.call().body(text.clone()), "request: content-type"),
        (
            planted.call().form(&[("type", "EFT")]),
            "request: content-type",
        ),
        (
            planted.call().header(json.0, json.1).body("{"),
            "request: json",
        ),
        (planted.call().header(json.0, json.1), "request: json"),
    ] {
        let places = planted.found(request).await;
        assert_eq!(places[0], found, "{places:?}");
    }
    let by_key = planted.to(path).json(&request());
    let by_key = by_key
        .header("X-Api-Key", "key")
        .header("X-Client-Id", "shop");
    assert_eq!(planted.found(by_key).await, [""; 0]);

    let planted = Planted::start(Operation::GetSessionStatus, || {
        Answer::of(
            StatusCode::OK,
            &json!({ "sessionId": ID, "status": "Initiated" }),
        )
    })
    .await;
    for (path, found) in [
        (format!("/api/v2/sessions/{ID}/status"), &[][..]),
        // Escaped, it is the same path.
        (format!("/api/v2/sessions/%37{}/status", &ID[1..]), &[][..]),
        (
            "/api/v2/sessions/7/status".to_owned(),
            &["request: session-id"][..],
        ),
        (
            "/api/v2/sessions/%FF/status".to_owned(),
            &["request: session-id"][..],
        ),
    ] {
        assert_eq!(planted.found(planted.to(&path)).await, found, "{path}");
    }
}

#[tokio::test]
async fn a_form_is_judged_as_the_object_that_it_stands_for() {
    let planted = Planted::start(Operation::Authorize, || {
        let token = json!({ "access_token": "x", "token_type": "bearer", "expires_in": 299 });
        Answer::of(StatusCode::OK, &token)
    })
    .await;
    let grant = ("grant_type", "client_credentials");
    for (form, found) in [
        (vec![grant], &[][..]),
        (vec![grant, ("Username", "a"), ("Password", "b")], &[][..]),
        (vec![], &["request at \"/grant_type\": required"][..]),
        (
            vec![("grant_type", "password")],
            &["request at \"/grant_type\": enum"][..],
        ),
        (
            vec![grant, ("scope", "all")],
            &["request: additionalProperties"][..],
        ),
        (
            vec![grant, ("Username", "a")],
            &["request: credentials-paired"][..],
        ),
        (vec![grant, grant], &["request: json"][..]),
    ] {
        let request = planted.to(Operation::Authorize.path()).form(&form);
        assert_eq!(planted.found(request).await, found, "{form:?}");
    }
}

#[tokio::test]
async fn spellings_that_are_taken_are_counted_by_rule() {
    let planted = Planted::start(Operation::CreateSession, created).await;
    let address = json!({
        "addressLine1": "1 Main", "city": "Hull", "province": "qc", "country": "ca", "postalCode": "j8x 1a1",
    });
    let body = with(
        with(request(), "/payor/address", address),
        "/currency",
        json!("cad"),
    );
    let body = with(
        body,
        "/options/notificationPreferences",
        json!({ "language": "fr" }),
    );
    let body = with(body, "/payor/email", json!("robin@ab--cd.example"));
    assert_eq!(planted.found(planted.call().json(&body)).await, [""; 0]);
    let respelled = planted.core.world().tally.report().respelled;
    let all: Vec<&str> = respelled.keys().map(String::as_str).collect();
    assert_eq!(
        all,
        [
            "country",
            "currency",
            "email",
            "language",
            "postal-code",
            "province"
        ]
    );
    assert!(respelled.values().all(|count| *count == 1));
    // What is not in that list is found.
    let other = with(request(), "/direction", json!("debit"));
    let places = planted.found(planted.call().json(&other)).await;
    assert_eq!(places, ["request at \"/direction\": enum"]);
}
