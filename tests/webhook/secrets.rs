//! What is taken for a secret, and that none is told.

use super::{BODY, SECRET, SESSION, secret, session, verifier};
use flinks_pay::webhook::{Refusal, SecretError, WebhookSecret, WebhookVerifier};

#[test]
fn what_a_person_would_call_no_secret_is_refused() {
    use SecretError::{Blank, ControlCharacter, Surrounded, TooShort};
    let table: [(&str, SecretError); 24] = [
        ("", Blank),
        (" ", Blank),
        ("\n", Blank),
        ("\r\n", Blank),
        ("                        ", Blank),
        ("\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t", Blank),
        ("\u{a0}\u{2003}\u{3000}", Blank),
        ("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", Blank),
        ("\u{feff}", Blank),
        ("\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}", Blank),
        (
            "\u{ad}\u{2060}\u{200f}\u{206f}\u{ad}\u{2060}\u{200f}",
            Blank,
        ),
        (" kQ7-vault-entry-2026", Surrounded),
        ("kQ7-vault-entry-2026 ", Surrounded),
        ("kQ7-vault-entry-2026\n", Surrounded),
        ("\u{feff}kQ7-vault-entry-2026", Surrounded),
        ("kQ7-vault-entry-2026\u{200b}", Surrounded),
        ("kQ7-vault-entry-2026\0", Surrounded),
        ("kQ7-vault\nentry-2026", ControlCharacter),
        ("kQ7-vault\u{85}entry-2026", ControlCharacter),
        ("whsec_", TooShort { bytes: 6 }),
        ("x", TooShort { bytes: 1 }),
        ("kQ7-vault-entry", TooShort { bytes: 15 }),
        ("${SECRET}", TooShort { bytes: 9 }),
        ("ééééééé", TooShort { bytes: 14 }),
    ];
    for (text, expected) in table {
        let error = WebhookSecret::new(text).unwrap_err();
        assert_eq!(error, expected, "{text:?}");
        assert_eq!(WebhookSecret::try_from(text).unwrap_err(), expected);
        assert_eq!(
            WebhookSecret::try_from(text.to_owned()).unwrap_err(),
            expected
        );
        assert_eq!(text.parse::<WebhookSecret>().unwrap_err(), expected);
    }
}

#[test]
fn a_secret_may_have_anything_that_can_be_seen() {
    for text in [
        "kQ7-vault-entry-",
        "two words in the secret",
        "éééééééé",
        "kQ7+/=%$&\"'\\`<>{}kQ7",
    ] {
        let secret = WebhookSecret::new(text).unwrap();
        assert_eq!(secret.expose(), text);
        let verifier = WebhookVerifier::new(secret.clone());
        assert!(verifier.verify_value(secret.sign(b"{}"), b"{}").is_ok());
    }
}

#[test]
fn an_error_says_what_is_wrong_and_not_with_which_text() {
    let texts = [
        ("\t", "the webhook secret is blank"),
        (
            "hush-hush-hush-hush ",
            "the webhook secret begins or ends with white space or an invisible character",
        ),
        (
            "hush-hush\u{7}hush-hush",
            "the webhook secret has a control character in it",
        ),
        (
            "hush-hush",
            "the webhook secret has 9 bytes, expected at least 16 bytes",
        ),
    ];
    for (text, expected) in texts {
        let error = WebhookSecret::new(text).unwrap_err();
        assert_eq!(error.to_string(), expected);
        assert!(!format!("{error:?}").contains("hush"));
    }
}

#[test]
fn nothing_of_a_secret_or_a_session_prints() {
    let verifier = verifier().and_secret(WebhookSecret::new("another-of-these-2025").unwrap());
    let body = BODY.replace("invoice-1042", "robin@example.com");
    let read = verifier.verify_value(secret().sign(body.as_bytes()), body.as_bytes());
    let odd =
        br#"{"type":"for robin@example.com","sessionId":"3b9c1f0e-7d24-4a6b-8e15-d2c4a60f9b37"}"#;
    let other = verifier.verify_value(secret().sign(odd), odd).unwrap();
    let around = format!(r#"{{"tenant":"robin@example.com","data":{BODY}}}"#);
    let around = verifier.verify_value(secret().sign(around.as_bytes()), around.as_bytes());
    let shown = format!(
        "{verifier:?} {verifier:#?} {:?} {read:?} {read:#?} {other:?} {other:#?} {around:?}",
        secret()
    );
    for marker in [
        SECRET,
        "another-of",
        &session().expose(),
        "robin@example",
        "4a6b",
    ] {
        assert!(!shown.contains(marker), "{marker} in {shown}");
    }
    assert_eq!(format!("{:?}", secret()), "WebhookSecret([redacted])");
    // Enough is left to tell events apart.
    assert!(shown.contains("SessionId(3b9c1f0e…)"), "{shown}");
    assert!(shown.contains("body: [83 bytes]"), "{shown}");
    assert!(shown.contains("kind: Some(…)"), "{shown}");
}

#[test]
fn a_kind_is_shown_only_where_it_is_a_name() {
    let longest = format!("Session{}", "k".repeat(57));
    let too_long = format!("{longest}k");
    for (kind, shown) in [
        ("GuaranteeIssued", true),
        ("SessionSetupStatusChanged", true),
        ("paymentReturned", true),
        ("guarantee-for-robin", false),
        ("guarantee.1042", false),
        ("Robin-Tester", false),
        ("Robin.Tester", false),
        ("RobinTester", false),
        ("Sess", false),
        ("", false),
        (longest.as_str(), true),
        (too_long.as_str(), false),
        (SESSION, false),
        ("robin@example", false),
        ("two words", false),
        ("\u{1b}[31m", false),
    ] {
        let body = serde_json::json!({ "type": kind }).to_string();
        let verified = verifier().verify_value(secret().sign(body.as_bytes()), body.as_bytes());
        let debug = format!("{verified:?}");
        let expected = if shown {
            format!("kind: Some({kind:?})")
        } else {
            "kind: Some(…)".to_owned()
        };
        assert!(debug.contains(&expected), "{debug}");
    }
}

#[test]
fn each_of_several_secrets_verifies_and_is_named() {
    let secrets: Vec<WebhookSecret> = [
        "first-secret-2026-04",
        "second-secret-2026-03",
        "third-secret-2026-02",
    ]
    .map(|text| WebhookSecret::new(text).unwrap())
    .into();
    let one = WebhookVerifier::new(secrets[0].clone());
    let three = one
        .clone()
        .and_secret(secrets[1].clone())
        .and_secret(secrets[2].clone());
    for (at, secret) in secrets.iter().enumerate() {
        let header = secret.sign(BODY.as_bytes());
        let verified = three.verify_value(&header, BODY.as_bytes()).unwrap();
        assert_eq!(verified.secret, at);
        // A clone that was made before does not learn the secrets.
        assert_eq!(one.verify_value(&header, BODY.as_bytes()).is_ok(), at == 0);
    }
    let error = three
        .verify_value(secret().sign(BODY.as_bytes()), BODY.as_bytes())
        .unwrap_err();
    assert_eq!(error.reason(), Refusal::WrongSignature);
}

#[test]
fn of_the_same_secret_twice_the_first_is_named() {
    let verifier = verifier().and_secret(secret());
    let read = verifier.verify_value(secret().sign(b"{}"), b"{}").unwrap();
    assert_eq!(read.secret, 0);
}
