//! The body of a create: each rule of the contract, broken and on its bound.

use serde_json::{Value, json};

use super::look::SESSION_DETAILS;
use super::samples::{self, with, without};
use crate::contract::tour::report::Basis;
use crate::contract::tour::scene::{Scene, Stop, same};
use crate::session::Operation;

/// A body that is refused: what is wrong with it, where, and the body.
struct Broken {
    says: String,
    /// The member that the refusal is to name; none for a body that is none.
    at: &'static str,
    basis: Basis,
    body: Value,
}

/// A value that is wrong at a place of both products.
#[expect(clippy::too_many_lines, reason = "a table")]
fn wrong() -> Vec<(&'static str, &'static str, Value)> {
    let long = |count: usize| json!("n".repeat(count));
    vec![
        ("/type", "PaymentType", json!("ETRANSFER")),
        ("/type", "PaymentType", json!("eft ")),
        ("/type", "PaymentType", json!(1)),
        ("/direction", "Direction", json!("CREDIT")),
        ("/direction", "Direction", Value::Null),
        ("/currency", "Currency", json!("USD")),
        ("/amount", "Amount", json!(0)),
        ("/amount", "Amount", json!(0.009)),
        ("/amount", "Amount", json!(-1)),
        ("/amount", "Amount", json!(10.123)),
        ("/amount", "Amount", json!(100_000.01)),
        ("/amount", "Amount", json!(1e30)),
        ("/amount", "Amount", json!(true)),
        ("/referenceId", "RegularReferenceId", json!("")),
        ("/referenceId", "RegularReferenceId", json!(" ")),
        ("/referenceId", "RegularReferenceId", json!("a\nb")),
        ("/referenceId", "RegularReferenceId", json!(7)),
        ("/options", "RegularOptions", json!([])),
        ("/options/guarantee", "GuaranteeOff", Value::Null),
        (
            "/options/guarantee/enable",
            "GuaranteeDisabled",
            json!("false"),
        ),
        (
            "/options/guarantee/enable",
            "GuaranteeDisabled",
            Value::Null,
        ),
        (
            "/options/notificationPreferences/language",
            "Language",
            json!("DE"),
        ),
        ("/options/showConsentScreen", "RegularOptions", json!("yes")),
        ("/options/amountModification", "RegularOptions", json!(1)),
        ("/options/limits/minimumAmount", "SessionLimits", json!(0)),
        (
            "/options/limits/maximumAmount",
            "SessionLimits",
            json!(100_000.01),
        ),
        (
            "/options/limits/maximumAmount",
            "SessionLimits",
            json!(10.001),
        ),
        (
            "/options/redirectPreferences/mode",
            "RedirectMode",
            json!("Popup"),
        ),
        (
            "/options/redirectPreferences/urlSuccess",
            "RedirectUrl",
            json!("shop.example"),
        ),
        (
            "/options/redirectPreferences/urlSuccess",
            "RedirectUrl",
            json!("https://"),
        ),
        (
            "/options/redirectPreferences/urlExit",
            "RedirectUrl",
            json!("https://ann:hush@shop.example/"),
        ),
        (
            "/options/redirectPreferences/urlExit",
            "RedirectUrl",
            json!(format!("https://shop.example/{}", "a".repeat(2048))),
        ),
        ("/payor/firstName", "FirstName", json!("")),
        ("/payor/firstName", "FirstName", json!("  ")),
        ("/payor/firstName", "FirstName", long(256)),
        ("/payor/firstName", "FirstName", json!("Ro\u{7f}bin")),
        ("/payor/firstName", "FirstName", Value::Null),
        ("/payor/lastName", "LastName", json!("")),
        ("/payor/lastName", "LastName", long(256)),
        ("/payor/lastName", "LastName", json!(3)),
        ("/payor/middleName", "MiddleName", json!("")),
        ("/payor/middleName", "MiddleName", long(256)),
        ("/payor/email", "Email", json!("nobody")),
        ("/payor/email", "Email", json!("a@b")),
        ("/payor/email", "Email", json!("a b@shop.example")),
        ("/payor/email", "Email", json!("@shop.example")),
        ("/payor/email", "Email", json!(email(257))),
        ("/payor/occupation", "Occupation", json!("")),
        ("/payor/occupation", "Occupation", json!(5)),
        ("/payor/birthDate", "BirthDate", json!("1990-05-21")),
        ("/payor/birthDate", "BirthDate", json!("90-13-01")),
        ("/payor/birthDate", "BirthDate", json!("90-05-32")),
        ("/payor/address/addressLine1", "AddressLine1", json!("")),
        ("/payor/address/addressLine2", "AddressLine2", json!("")),
        ("/payor/address/unit", "Unit", json!("")),
        ("/payor/address/city", "City", json!(" ")),
        ("/payor/address/province", "Province", json!("XX")),
        ("/payor/address/country", "Country", json!("US")),
        ("/payor/address/postalCode", "PostalCode", json!("A1C5M")),
        ("/payor/address/postalCode", "PostalCode", json!("A1C5M33")),
        ("/payor/address/postalCode", "PostalCode", json!("A1C-M3")),
    ]
}

/// An address of so many characters, each part of it as long as is allowed.
fn email(length: usize) -> String {
    let tail = ".example";
    let local = "l".repeat(60);
    let rest = length - local.len() - 1 - tail.len();
    let mut domain = String::new();
    while domain.len() < rest {
        if !domain.is_empty() {
            domain.push('.');
        }
        let left = rest - domain.len();
        // Not one character alone behind a point that would be the last one.
        let part = if left == 64 { 62 } else { left.min(63) };
        domain.push_str(&"d".repeat(part));
    }
    format!("{local}@{domain}{tail}")
}

/// A value that is wrong for the payee of a guaranteed session.
fn wrong_payee() -> Vec<(&'static str, &'static str, Value)> {
    let mut all = Vec::new();
    for (member, schema, values) in [
        (
            "institutionCode",
            "InstitutionCode",
            ["", "99", "9999", "99a"].as_slice(),
        ),
        (
            "transitNumber",
            "TransitNumber",
            &["", "7000", "700011", "7000x"],
        ),
        (
            "accountNumber",
            "AccountNumber",
            &["", "440055", "4400550011223", "44005500x"],
        ),
        ("accountLabel", "AccountLabel", &["", " "]),
    ] {
        let pointer = match member {
            "institutionCode" => "/payee/account/institutionCode",
            "transitNumber" => "/payee/account/transitNumber",
            "accountNumber" => "/payee/account/accountNumber",
            _ => "/payee/account/accountLabel",
        };
        all.extend(values.iter().map(|value| (pointer, schema, json!(value))));
    }
    all
}

/// The members that a product cannot do without.
const NEEDED: [(&str, &str); 11] = [
    ("/type", "GuaranteedSessionRequest"),
    ("/direction", "GuaranteedSessionRequest"),
    ("/options", "GuaranteedSessionRequest"),
    ("/payor", "GuaranteedSessionRequest"),
    ("/options/guarantee", "GuaranteedOptions"),
    ("/options/guarantee/enable", "GuaranteeOn"),
    ("/payor/firstName", "GuaranteedPayor"),
    ("/payor/lastName", "GuaranteedPayor"),
    ("/payor/address/addressLine1", "Address"),
    ("/payor/address/city", "Address"),
    ("/payor/address/province", "Address"),
];

const NEEDED_MORE: [(&str, &str); 2] = [
    ("/payor/address/country", "Address"),
    ("/payor/address/postalCode", "Address"),
];

const NEEDED_OF_PAYEE: [(&str, &str); 4] = [
    ("/payee/account", "Payee"),
    ("/payee/account/institutionCode", "PayeeAccount"),
    ("/payee/account/transitNumber", "PayeeAccount"),
    ("/payee/account/accountNumber", "PayeeAccount"),
];

/// The objects that have no other members than those of the contract.
const CLOSED: [&str; 9] = [
    "",
    "/options",
    "/options/guarantee",
    "/options/notificationPreferences",
    "/options/limits",
    "/options/redirectPreferences",
    "/payor",
    "/payor/address",
    "/payee/account",
];

fn schema(name: &str) -> Basis {
    // The pointers are constants, as those of every expectation are.
    let known = SCHEMAS.iter().find(|pointer| pointer.ends_with(name));
    Basis::Contract(known.copied().unwrap_or("#/components/schemas"))
}

const SCHEMAS: [&str; 39] = [
    "#/components/schemas/GuaranteedSessionRequest",
    "#/components/schemas/RegularSessionRequest",
    "#/components/schemas/PaymentType",
    "#/components/schemas/Direction",
    "#/components/schemas/Currency",
    "#/components/schemas/Amount",
    "#/components/schemas/RegularReferenceId",
    "#/components/schemas/GuaranteedReferenceId",
    "#/components/schemas/RegularOptions",
    "#/components/schemas/GuaranteedOptions",
    "#/components/schemas/GuaranteeOff",
    "#/components/schemas/GuaranteeOn",
    "#/components/schemas/GuaranteeDisabled",
    "#/components/schemas/Language",
    "#/components/schemas/SessionLimits",
    "#/components/schemas/RedirectMode",
    "#/components/schemas/RedirectUrl",
    "#/components/schemas/GuaranteedPayor",
    "#/components/schemas/RegularPayor",
    "#/components/schemas/FirstName",
    "#/components/schemas/LastName",
    "#/components/schemas/MiddleName",
    "#/components/schemas/Email",
    "#/components/schemas/Occupation",
    "#/components/schemas/BirthDate",
    "#/components/schemas/AddressLine1",
    "#/components/schemas/AddressLine2",
    "#/components/schemas/Unit",
    "#/components/schemas/City",
    "#/components/schemas/Province",
    "#/components/schemas/Country",
    "#/components/schemas/PostalCode",
    "#/components/schemas/InstitutionCode",
    "#/components/schemas/TransitNumber",
    "#/components/schemas/AccountNumber",
    "#/components/schemas/AccountLabel",
    "#/components/schemas/PayeeAccount",
    "#/components/schemas/Payee",
    "#/components/schemas/Address",
];

fn broken() -> Vec<Broken> {
    let mut all = Vec::new();
    for (product, whole) in [
        ("guaranteed", samples::full_guaranteed()),
        ("regular", samples::full_regular()),
    ] {
        let guaranteed = product == "guaranteed";
        let mut add = |says: String, at, basis, body| {
            let says = format!("{says} of a {product} session is refused");
            all.push(Broken {
                says,
                at,
                basis,
                body,
            });
        };
        let mut values = wrong();
        let mut needed = [NEEDED.as_slice(), &NEEDED_MORE].concat();
        if guaranteed {
            values.extend(wrong_payee());
            needed.extend(NEEDED_OF_PAYEE);
        } else {
            needed.push(("/payor/email", "RegularPayor"));
        }
        for (at, name, value) in values {
            // A long text says nothing more in whole.
            let shown: String = value.to_string().chars().take(40).collect();
            let body = with(whole.clone(), at, value);
            add(format!("{at} {shown}"), at, schema(name), body);
        }
        for (at, name) in needed {
            let body = without(whole.clone(), at);
            add(format!("a missing {at}"), at, schema(name), body);
        }
        for holder in CLOSED {
            if whole.pointer(holder).is_some() {
                let at = format!("{holder}/unheardOf");
                let body = with(whole.clone(), &at, json!(1));
                let basis = Basis::Deviation("additional-members");
                add(format!("{at} (unknown)"), "/unheardOf", basis, body);
            }
        }
        let reference = if guaranteed { 101 } else { 37 };
        let body = with(whole.clone(), "/referenceId", json!("r".repeat(reference)));
        let basis = Basis::Deviation("reference-id-length");
        add(
            format!("a reference of {reference}"),
            "/referenceId",
            basis,
            body,
        );
        rules(&whole, &mut add);
    }
    let payee = samples::full_guaranteed();
    let payee = payee.get("payee").cloned().unwrap_or_default();
    all.push(Broken {
        says: "a payee of a regular session is refused".to_owned(),
        at: "/payee",
        basis: Basis::Deviation("payee-by-product"),
        body: with(samples::full_regular(), "/payee", payee),
    });
    for reference in ["a b", "a_b", "é", "a/b"] {
        all.push(Broken {
            says: format!("a reference `{reference}` of a regular session is refused"),
            at: "/referenceId",
            basis: schema("RegularReferenceId"),
            body: with(samples::full_regular(), "/referenceId", json!(reference)),
        });
    }
    all
}

/// What breaks the rules that no schema can say.
fn rules(whole: &Value, add: &mut impl FnMut(String, &'static str, Basis, Value)) {
    let limits = "/options/limits";
    let bounds =
        |minimum: f64, maximum: f64| json!({ "minimumAmount": minimum, "maximumAmount": maximum });
    let body = with(
        without(whole.clone(), "/amount"),
        limits,
        bounds(10.01, 10.0),
    );
    let rule = Basis::Rule("limits-ordered");
    add(
        "a minimum over the maximum".to_owned(),
        "/options/limits",
        rule,
        body,
    );
    let rule = Basis::Rule("amount-within-limits");
    for amount in [19.99, 30.01] {
        let body = with(whole.clone(), limits, bounds(20.0, 30.0));
        let body = with(body, "/amount", json!(amount));
        add(
            format!("{amount} outside of 20 to 30"),
            "/amount",
            rule,
            body,
        );
    }
    let redirect = "/options/redirectPreferences";
    let rule = Basis::Rule("redirect-urls");
    for preferences in [
        json!({ "mode": "RedirectUri" }),
        json!({ "mode": "RedirectUri", "urlSuccess": "https://shop.example/paid" }),
        json!({ "mode": "RedirectUri", "urlExit": "https://shop.example/left" }),
    ] {
        let body = with(whole.clone(), redirect, preferences);
        add(
            "a redirect without both addresses".to_owned(),
            redirect,
            rule,
            body,
        );
    }
    let rule = Basis::Rule("redirect-url-scheme");
    for url in [
        "javascript://shop.example/",
        "DATA://shop.example/",
        "vbscript://shop.example/",
    ] {
        let at = "/options/redirectPreferences/urlSuccess";
        let body = with(whole.clone(), at, json!(url));
        add(format!("a redirect to {url}"), at, rule, body);
    }
    let rule = Basis::Rule("birth-date-exists");
    for date in ["89-02-29", "90-04-31"] {
        let at = "/payor/birthDate";
        let body = with(whole.clone(), at, json!(date));
        add(format!("the birth date {date}"), at, rule, body);
    }
    let rule = Basis::Rule("email-part-lengths");
    for email in [
        format!("{}@shop.example", "a".repeat(65)),
        format!("ada@{}.example", "a".repeat(64)),
    ] {
        let body = with(whole.clone(), "/payor/email", json!(email));
        add(
            "a part of an email that is too long".to_owned(),
            "/payor/email",
            rule,
            body,
        );
    }
}

pub(super) async fn refused(scene: &mut Scene) -> Result<(), Stop> {
    let create = Operation::CreateSession;
    let simulator = scene.course.control.is_some();
    scene.course.forget_tokens();
    for Broken {
        says,
        at,
        basis,
        body,
    } in broken()
    {
        // A create that is refused does not spend the token.
        let who = crate::contract::tour::scene::Who::Us;
        let answer = scene.call(create, "", who, Some(&body)).await?;
        if answer.status() < 300 {
            scene.course.forget_tokens();
        }
        let refused = scene.refused(&answer, create, 400, says.clone(), basis);
        if refused && simulator {
            // The path without the slash in front, and points for the others.
            let path = at.trim_start_matches('/').replace('/', ".");
            let told = format!(
                "{} {}",
                answer.text("/detail"),
                answer.text("/error_description")
            );
            let says = format!("{says}, and {path} is named");
            scene.holds(&answer, says, Basis::Simulator, told.contains(&path));
        }
    }
    let (one, two) = (
        with(samples::full_guaranteed(), "/payor/firstName", json!("")),
        "/payor/lastName",
    );
    let both = with(one, two, json!(""));
    let answer = scene.post(&both).await?;
    let told = format!(
        "{} {}",
        answer.text("/detail"),
        answer.text("/error_description")
    );
    if simulator {
        let says = "everything that is wrong is told at once";
        let fits = told.contains("payor.firstName") && told.contains("payor.lastName");
        scene.holds(&answer, says, Basis::Simulator, fits);
    }
    Ok(())
}

/// Values on the bound of what is taken, for both products.
fn right() -> Vec<(&'static str, Value)> {
    vec![
        ("/amount", json!(0.01)),
        ("/amount", json!(99_999.99)),
        ("/amount", json!(100_000)),
        ("/amount", Value::Null),
        ("/currency", json!("CAD")),
        ("/referenceId", Value::Null),
        ("/referenceId", json!("a")),
        ("/referenceId", json!("r".repeat(36))),
        ("/options/notificationPreferences", json!({})),
        ("/options/notificationPreferences/language", json!("EN")),
        ("/options/notificationPreferences/language", json!("FR")),
        ("/options/showConsentScreen", Value::Null),
        ("/options/limits", json!({})),
        ("/options/limits/minimumAmount", json!(0.01)),
        ("/options/limits/maximumAmount", json!(100_000)),
        (
            "/options/limits",
            json!({ "minimumAmount": 10, "maximumAmount": 10 }),
        ),
        (
            "/options/limits",
            json!({ "minimumAmount": null, "maximumAmount": null }),
        ),
        ("/options/redirectPreferences", json!({})),
        (
            "/options/redirectPreferences",
            json!({ "mode": "JsEvents", "urlExit": null }),
        ),
        (
            "/options/redirectPreferences",
            json!({
                "mode": "RedirectUri",
                "urlSuccess": format!("https://shop.example/{}", "a".repeat(2048 - 21)),
                "urlExit": "app://open/left",
            }),
        ),
        ("/payor/firstName", json!("f".repeat(255))),
        ("/payor/lastName", json!("É".repeat(255))),
        ("/payor/middleName", Value::Null),
        ("/payor/middleName", json!("m".repeat(255))),
        ("/payor/email", json!(email(256))),
        (
            "/payor/email",
            json!(format!("{}@shop.example", "a".repeat(64))),
        ),
        ("/payor/occupation", Value::Null),
        ("/payor/birthDate", Value::Null),
        ("/payor/birthDate", json!("88-02-29")),
        ("/payor/address", Value::Null),
        ("/payor/address", {
            let bare = without(samples::address(), "/addressLine2");
            without(bare, "/unit")
        }),
        ("/payor/address", {
            let odd = with(samples::address(), "/addressLine2", Value::Null);
            with(odd, "/unit", Value::Null)
        }),
    ]
}

/// Of the guaranteed product alone.
fn right_guaranteed() -> Vec<(&'static str, Value)> {
    vec![
        (
            "/referenceId",
            json!("Order 1 / Été".to_owned() + &"x".repeat(87)),
        ),
        ("/payee/account/accountNumber", json!("4400550")),
        ("/payee/account/accountNumber", json!("440055001122")),
        ("/payee/account", {
            json!({ "institutionCode": "000", "transitNumber": "00000", "accountNumber": "0000000" })
        }),
    ]
}

pub(super) async fn taken(scene: &mut Scene) -> Result<(), Stop> {
    let provinces = [
        "AB", "BC", "MB", "NB", "NL", "NT", "NS", "NU", "ON", "PE", "QC", "SK", "YT",
    ];
    let mut bodies = Vec::new();
    for whole in [samples::full_guaranteed(), samples::full_regular()] {
        for (at, value) in right() {
            let mut body = whole.clone();
            if at == "/amount" || at.starts_with("/options/limits") {
                // One would stand in the way of the other.
                body = without(without(body, "/amount"), "/options/limits");
            }
            bodies.push((at, with(body, at, value)));
        }
    }
    for (at, value) in right_guaranteed() {
        let base = if at == "/payee/account" {
            samples::guaranteed()
        } else {
            samples::full_guaranteed()
        };
        bodies.push((at, with(base, at, value)));
    }
    for province in provinces {
        let at = "/payor/address/province";
        bodies.push((at, with(samples::full_regular(), at, json!(province))));
    }
    for amount in [20, 30] {
        let limits = json!({ "minimumAmount": 20, "maximumAmount": 30 });
        let body = with(samples::guaranteed(), "/options/limits", limits);
        bodies.push(("/amount", with(body, "/amount", json!(amount))));
    }
    for (at, body) in bodies {
        let session = scene.create(&body).await?;
        let details = scene.details(&session).await?;
        let sent = body.pointer(at).cloned().unwrap_or_default();
        let unreported = ["/payor/occupation", "/payor/birthDate"].contains(&at);
        if !sent.is_object() && !unreported {
            let says = format!("details repeat {at} on its bound");
            scene.holds(&details, says, SESSION_DETAILS, same(details.at(at), &sent));
        }
        let cancelled = scene.cancel(&session).await?;
        let at = Basis::Contract("#/components/schemas/CancelledSession");
        scene.ok(&cancelled, "a session is cancelled", at);
    }
    Ok(())
}
