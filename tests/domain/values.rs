//! What every value of the domain promises besides its check: it does not print, it reads only its own JSON type, its JSON
//! Schema is its rule's, and its conversions keep it whole.

use std::fmt::Debug;

use flinks_pay::domain::{
    AccessToken, AccountLabel, AccountNumber, AddressLine1, AddressLine2, Amount, ApiKey,
    BirthDate, City, ClientId, ClientSecret, Country, Currency, Direction, DomainValue, Email,
    FirstName, GuaranteeDisabled, GuaranteeEnabled, GuaranteedReferenceId, InstitutionCode,
    Invalid, Language, LastName, MiddleName, Occupation, PaymentType, PostalCode, Private,
    Province, RULES, RedirectMode, RedirectUrl, RegularReferenceId, ReportedReference, SessionId,
    Severity, TransitNumber, Unit,
};
use serde::de::DeserializeOwned;
use serde_json::json;

/// Calls a macro with every type that is read from a text, and a text that it takes.
macro_rules! every_text_type {
    ($call:ident) => {
        $call!(FirstName, "Marker");
        $call!(LastName, "Marker");
        $call!(MiddleName, "Marker");
        $call!(Occupation, "Marker");
        $call!(AddressLine1, "Marker");
        $call!(AddressLine2, "Marker");
        $call!(Unit, "Marker");
        $call!(City, "Marker");
        $call!(AccountLabel, "Marker");
        $call!(Email, "marker@marker.example");
        $call!(BirthDate, "71-12-13");
        $call!(PostalCode, "M4R2K3");
        $call!(InstitutionCode, "719");
        $call!(TransitNumber, "71913");
        $call!(AccountNumber, "719137191");
        $call!(RedirectUrl, "https://marker.example/marker");
        $call!(GuaranteedReferenceId, "Order-MARKER");
        $call!(RegularReferenceId, "Order-MARKER");
        $call!(SessionId, "0f8fad5b-d9cd-469f-a165-70867728950e");
        $call!(ClientId, "shop-MARKER");
        $call!(ClientSecret, "marker");
        $call!(AccessToken, "marker");
        $call!(ApiKey, "marker");
    };
}

fn assert_hidden(value: &impl Debug, secret: &str) {
    for shown in [format!("{value:?}"), format!("{value:#?}")] {
        let (shown, secret) = (shown.to_lowercase(), secret.to_lowercase());
        assert!(!shown.contains(&secret), "{shown}");
        // No part of it either, but for the start of what is shortened.
        let end: String = secret.chars().skip(secret.chars().count() / 2).collect();
        assert!(!shown.contains(&end), "{shown}");
        assert!(
            shown.contains("[redacted]") || shown.contains('…'),
            "{shown}"
        );
    }
}

#[test]
fn no_value_prints() {
    macro_rules! check {
        ($type:ident, $text:literal) => {
            let value = $type::new($text).unwrap();
            assert_hidden(&value, $text);
            assert_eq!(value.expose(), $text);
            assert!(format!("{value:?}").starts_with(stringify!($type)));
        };
    }
    every_text_type!(check);
    assert_hidden(&Private::new("Marker"), "Marker");
    assert_hidden(&ReportedReference::new("Order-MARKER"), "Order-MARKER");
    assert_hidden(&Some(vec![Private::new("Marker")]), "Marker");
}

#[test]
fn references_are_shortened_and_short_ones_hidden() {
    let shown = |text: &str| {
        let regular = format!("{:?}", RegularReferenceId::new(text).unwrap());
        let guaranteed = format!("{:?}", GuaranteedReferenceId::new(text).unwrap());
        let reported = format!("{:?}", ReportedReference::new(text));
        let inner = |debug: &str| debug.split_once('(').unwrap().1.to_owned();
        assert_eq!(inner(&regular), inner(&guaranteed));
        assert_eq!(inner(&regular), inner(&reported));
        inner(&regular)
    };
    assert_eq!(shown("Order-7"), "Orde…)");
    assert_eq!(shown("Happy1"), "…)");
    assert_eq!(shown("A"), "…)");
    // A reference that a server made up cannot move the cursor of whoever reads the log.
    let reported = format!("{:?}", ReportedReference::new("\u{1b}[2Jabcdef"));
    assert_eq!(reported, "ReportedReference(\\u{1b}[2J…)");
    let id = SessionId::new("0F8FAD5B-d9cd-469f-a165-70867728950E").unwrap();
    assert_eq!(format!("{id:?}"), "SessionId(0f8fad5b…)");
}

#[test]
fn refusals_do_not_print_the_value() {
    // Nine characters that no type takes, the character set of none having the first of them.
    let secret = "\u{7}marker719";
    macro_rules! check {
        ($type:ident, $text:literal) => {
            let invalid: Invalid = $type::new(secret).unwrap_err();
            for shown in [
                invalid.to_string(),
                format!("{invalid:?}"),
                format!("{invalid:#?}"),
            ] {
                assert!(!shown.contains("marker719"), "{shown}");
            }
            let error = serde_json::from_value::<$type>(json!(secret)).unwrap_err();
            assert_eq!(error.to_string(), invalid.to_string());
            assert!(!format!("{error:?}").contains("marker719"));
        };
    }
    every_text_type!(check);
}

/// Every JSON value of another kind is refused, and the refusal has the kind and not the value.
fn reads_only<T: DeserializeOwned + Debug>(kind: &str) {
    let values = [
        (json!(null), "null"),
        (json!(true), "a boolean"),
        (json!(false), "a boolean"),
        (json!(7_191_371), "a number"),
        (json!(-7_191_371), "a number"),
        (json!(7191.371), "a number"),
        (json!("marker"), "a string"),
        (json!(["marker", 7_191_371]), "an array"),
        (json!({"marker": 7_191_371}), "an object"),
    ];
    for (value, found) in values {
        if found == kind {
            continue;
        }
        let expected = format!("found {found} where {kind} belongs (rule wrong-type)");
        let error = serde_json::from_value::<T>(value.clone())
            .unwrap_err()
            .to_string();
        assert!(error.ends_with(&expected), "{error}");
        let error = serde_json::from_str::<T>(&value.to_string())
            .unwrap_err()
            .to_string();
        assert!(error.contains(&expected), "{error}");
        assert!(
            !error.contains("marker") && !error.contains("719"),
            "{error}"
        );
    }
}

#[test]
fn another_kind_of_json_is_refused_by_its_kind() {
    macro_rules! check {
        ($type:ident, $text:literal) => {
            reads_only::<$type>("a string");
        };
    }
    every_text_type!(check);
    reads_only::<Private>("a string");
    reads_only::<ReportedReference>("a string");
    reads_only::<Province>("a string");
    reads_only::<Amount>("a number");
    reads_only::<flinks_pay::domain::ReportedAmount>("a number");
    reads_only::<GuaranteeEnabled>("a boolean");
    reads_only::<GuaranteeDisabled>("a boolean");
}

#[test]
fn serde_round_trips() {
    macro_rules! check {
        ($type:ident, $text:literal) => {
            let value = $type::new($text).unwrap();
            let json = serde_json::to_string(&value).unwrap();
            assert_eq!(json, format!("\"{}\"", $text));
            let read: $type = serde_json::from_str(&json).unwrap();
            assert_eq!(read.expose(), value.expose());
            // Escaped and out of a buffer, it is the same.
            let escaped = $text
                .chars()
                .map(|c| format!("\\u{:04x}", u32::from(c)))
                .collect::<String>();
            let read: $type = serde_json::from_str(&format!("\"{escaped}\"")).unwrap();
            assert_eq!(read.expose(), value.expose());
            assert_eq!($type::try_from($text.to_owned()).unwrap().expose(), $text);
            assert_eq!($type::try_from($text).unwrap().expose(), $text);
            assert_eq!($text.parse::<$type>().unwrap().expose(), $text);
        };
    }
    every_text_type!(check);
    let private: Private = serde_json::from_value(json!("  any\u{1}thing ")).unwrap();
    assert_eq!(private.expose(), "  any\u{1}thing ");
    assert_eq!(serde_json::to_value(private).unwrap(), "  any\u{1}thing ");
    assert_eq!(
        serde_json::to_value(ReportedReference::new("")).unwrap(),
        ""
    );
}

#[test]
fn codes_read_either_case_only_where_they_say_so() {
    macro_rules! check {
        ($type:ident, $count:literal, $either:literal) => {
            assert_eq!($type::ALL.len(), $count);
            for code in $type::ALL {
                let text = code.as_str();
                assert_eq!(text.parse(), Ok(*code));
                assert_eq!(code.to_string(), text);
                assert_eq!(serde_json::to_value(code).unwrap(), text);
                assert_eq!(serde_json::from_value::<$type>(json!(text)).unwrap(), *code);
                let lower = text.to_ascii_lowercase();
                assert_eq!(lower.parse::<$type>().is_ok(), $either, "{lower}");
                assert_eq!(
                    serde_json::from_value::<$type>(json!(lower)).is_ok(),
                    $either
                );
                for other in [
                    "",
                    " ",
                    "XX",
                    &format!("{text} "),
                    &format!(" {text}"),
                    &text[1..],
                ] {
                    assert!(other.parse::<$type>().is_err(), "{other:?}");
                }
            }
        };
    }
    check!(Province, 13, true);
    check!(Country, 1, true);
    check!(Language, 2, true);
    check!(Currency, 1, true);
    check!(PaymentType, 1, false);
    check!(Direction, 1, false);
    check!(RedirectMode, 2, false);
}

#[test]
fn the_two_constants_take_one_value_each() {
    assert_eq!(serde_json::to_value(GuaranteeEnabled).unwrap(), true);
    assert_eq!(serde_json::to_value(GuaranteeDisabled).unwrap(), false);
    assert!(serde_json::from_value::<GuaranteeEnabled>(json!(true)).is_ok());
    assert!(serde_json::from_value::<GuaranteeDisabled>(json!(false)).is_ok());
    let error = serde_json::from_value::<GuaranteeEnabled>(json!(false)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "expected true, found false (rule guarantee-enabled)"
    );
    let error = serde_json::from_value::<GuaranteeDisabled>(json!(true)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "expected false, found true (rule guarantee-disabled)"
    );
}

#[test]
fn canonical_forms() {
    for text in ["a1b2c3", "A1B2C3", "a1b 2c3", "A1b 2C3"] {
        assert_eq!(PostalCode::new(text).unwrap().expose(), "A1B2C3", "{text}");
    }
    for text in [
        "A1B  2C3",
        " A1B2C3",
        "A1B2C3 ",
        "A1 B2C3",
        "A1B-2C3",
        "A1B\t2C3",
        "A1B\u{a0}2C3",
        "à1 1A1",
    ] {
        assert!(PostalCode::new(text).is_err(), "{text}");
    }
    assert_eq!(AccountNumber::new("4400550").unwrap().masked(), "****0550");
    assert_eq!(
        AccountNumber::new("123456789012").unwrap().masked(),
        "****9012"
    );
    let upper = SessionId::new("0F8FAD5B-D9CD-469F-A165-70867728950E").unwrap();
    let lower = SessionId::new("0f8fad5b-d9cd-469f-a165-70867728950e").unwrap();
    assert_eq!(upper, lower);
    assert_eq!(upper.expose(), "0f8fad5b-d9cd-469f-a165-70867728950e");
    let regular = RegularReferenceId::new("Order-7").unwrap();
    assert_eq!(
        GuaranteedReferenceId::from(regular.clone()).expose(),
        "Order-7"
    );
    assert_eq!(
        ReportedReference::from(&regular),
        ReportedReference::new("Order-7")
    );
}

fn warnings<T: DomainValue<Err = Invalid>>(text: &str) -> Vec<&'static str> {
    let Ok(value) = text.parse::<T>() else {
        panic!("{text} is refused")
    };
    value.warnings().map(|rule| rule.id).collect()
}

#[test]
fn every_warning_has_its_edge() {
    let name = |length| "é".repeat(length);
    assert!(warnings::<FirstName>(&name(100)).is_empty());
    assert_eq!(warnings::<FirstName>(&name(101)), ["name-over-100"]);
    assert_eq!(warnings::<LastName>(&name(255)), ["name-over-100"]);
    assert_eq!(warnings::<MiddleName>(&name(101)), ["name-over-100"]);
    let email = |length: usize| format!("ada@{}.{}.ca", "a".repeat(60), "b".repeat(length - 68));
    assert_eq!(email(100).len(), 100);
    assert!(warnings::<Email>(&email(100)).is_empty());
    assert_eq!(warnings::<Email>(&email(101)), ["email-over-100"]);
    assert!(warnings::<GuaranteedReferenceId>(&name(36)).is_empty());
    assert_eq!(
        warnings::<GuaranteedReferenceId>(&name(37)),
        ["reference-id-over-36"]
    );
    assert_eq!(warnings::<BirthDate>("88-11-07"), ["birth-date-century"]);
    assert!(warnings::<PostalCode>("k2e k2e").contains(&"postal-code-shape"));
    assert!(warnings::<PostalCode>("h2x 1y4").is_empty());
    assert!(warnings::<Amount>("99999.99").is_empty());
    assert_eq!(warnings::<Amount>("100000"), ["amount-over-99999.99"]);
    // What is not about one value has its edge in the witness that the contract gives.
    let shown: Vec<_> = RULES
        .iter()
        .filter(|rule| rule.severity == Severity::Warn && rule.enforcer.starts_with("domain::"))
        .collect();
    assert_eq!(shown.len(), 6, "a warning without a case here: {shown:?}");
}

#[cfg(feature = "schemars")]
#[test]
fn the_json_schemas_are_the_rules() {
    use serde_json::Value;

    fn schema<T: schemars::JsonSchema>() -> Value {
        let mut schema = schemars::schema_for!(T).to_value();
        let members = schema.as_object_mut().unwrap();
        assert!(members.remove("$schema").is_some());
        let name = T::schema_name().into_owned();
        assert_eq!(members.remove("title"), Some(Value::String(name)));
        schema
    }
    macro_rules! check {
        ($type:ident, $text:literal) => {
            let expected: serde_json::Map<String, Value> = <$type as DomainValue>::RULES
                .iter()
                .flat_map(|rule| rule.limit.keywords())
                .collect();
            assert!(!expected.is_empty());
            assert_eq!(schema::<$type>(), Value::Object(expected));
        };
    }
    every_text_type!(check);
    check!(Province, "ON");
    check!(Amount, "5");
    // Spelled out once each, so that this test does not only compare the code with itself.
    let digits =
        json!({"type": "string", "minLength": 7, "maxLength": 12, "pattern": "^[0-9]{7,12}$"});
    assert_eq!(schema::<AccountNumber>(), digits);
    let amount = json!({"type": "number", "format": "double", "minimum": 0.01, "maximum": 100_000, "multipleOf": 0.01});
    assert_eq!(schema::<Amount>(), amount);
    assert_eq!(
        schema::<GuaranteeEnabled>(),
        json!({"type": "boolean", "enum": [true]})
    );
    assert_eq!(schema::<Private>(), json!({"type": "string"}));
}
