//! Values of every public type that no call has printed by itself, with markers where a marker can be.

use std::sync::Arc;

use flinks_pay::client::{
    BuildError, CredentialsError, EnvironmentError, Fate, Operation, RETRY_TABLE, Retries,
    Timeouts, TokenReuse, verdict,
};
use flinks_pay::clock::{ManualClock, SystemClock};
use flinks_pay::domain::{
    AccessToken, AccountLabel, AccountNumber, AddressLine1, AddressLine2, ApiKey, BirthDate,
    Charset, City, ClientId, ClientSecret, Country, Currency, Direction, DomainValue, Email,
    FirstName, GuaranteeDisabled, GuaranteeEnabled, GuaranteedReferenceId, InstitutionCode,
    JsonKind, LastName, MiddleName, Occupation, PaymentType, PostalCode, Private, Province, RULES,
    RedirectMode, RedirectUrl, RegularReferenceId, ReportedAmount, ReportedReference,
    TransitNumber, Unit,
};
use flinks_pay::hosted::{HostedEvent, HostedPage};
use flinks_pay::sandbox::judge::{Part, Violation, ViolationsReport};
use flinks_pay::sandbox::{
    About, Advance, Advanced, Behaviour, DeliveriesReport, Fault, FaultList, FaultMet, FaultRule,
    FaultStanding, Forgotten, Goal, JournalReport, Profile, ProfileError, Refusal, RefusalShape,
    RetryAfter, SandboxClock, Scenario, SessionOrder, SessionPage, SessionStanding, Trigger, Turn,
    Webhook, WebhookFaults,
};
use flinks_pay::session::{
    AddressReport, Draft, Extra, GuaranteeDetails, GuaranteeReport, GuaranteedEftType,
    LimitsReport, NotificationReport, Open, OptionsReport, PayeeReport, PayorAccount, PayorReport,
    RedirectReport, RiskLevel, SettlementAccount, Step, StepReport, UserDetails,
};
use flinks_pay::webhook::WebhookSecret;
use flinks_pay::{
    Address, Amount, Client, Credentials, Environment, GuaranteeDecision, GuaranteedEft, Language,
    Limits, Outcome, Payee, Payor, Redirect, RegularEft, SessionId, SessionRequest, SessionStatus,
    StatusDetails,
};
use serde::de::DeserializeOwned;

use crate::given::{guaranteed, payor, regular};
use crate::markers::{
    ACCOUNT, CITY, CLIENT_SECRET, EMAIL, FIRST_NAME, LABEL, LAST_NAME, POSTAL_CODE, REFERENCE,
    SESSION, STREET, TOKEN, URL, WEBHOOK_SECRET,
};
use crate::told::Told;

/// Prints a value of the domain, and why other texts are none.
fn value<T>(told: &mut Told, good: &str)
where
    T: DomainValue + std::fmt::Debug,
{
    told.look(&good.parse::<T>().unwrap_or_else(|error| panic!("{error}")));
    told.look(&Draft::<T>::from(good));
    for bad in [format!("{EMAIL}\u{1b}[31m{ACCOUNT}"), TOKEN.repeat(20)] {
        told.look(&Draft::<T>::from(bad.as_str()));
        if let Err(error) = bad.parse::<T>() {
            told.error(&error);
            told.look(error.found());
            told.look(error.rule());
        }
    }
}

/// Reads a type of an answer and prints it.
fn report<T: DeserializeOwned + std::fmt::Debug>(told: &mut Told, json: serde_json::Value) {
    told.look(&serde_json::from_value::<T>(json).unwrap());
}

pub(crate) fn print(told: &mut Told) {
    domain(told);
    requests(told);
    answers(told);
    settings(told);
    hosted(told);
}

fn domain(told: &mut Told) {
    value::<AccountLabel>(told, LABEL);
    value::<AccountNumber>(told, ACCOUNT);
    value::<InstitutionCode>(told, "621");
    value::<TransitNumber>(told, "16001");
    value::<AddressLine1>(told, STREET);
    value::<AddressLine2>(told, STREET);
    value::<Unit>(told, "7C");
    value::<City>(told, CITY);
    value::<Province>(told, "ON");
    value::<Country>(told, "CA");
    value::<PostalCode>(told, POSTAL_CODE);
    value::<FirstName>(told, FIRST_NAME);
    value::<MiddleName>(told, FIRST_NAME);
    value::<LastName>(told, LAST_NAME);
    value::<Occupation>(told, LAST_NAME);
    value::<Email>(told, EMAIL);
    value::<BirthDate>(told, "90-02-10");
    value::<Amount>(told, "120.50");
    value::<RedirectUrl>(told, URL);
    value::<GuaranteedReferenceId>(told, REFERENCE);
    value::<RegularReferenceId>(told, REFERENCE);
    value::<SessionId>(told, SESSION);
    value::<Currency>(told, "CAD");
    value::<Direction>(told, "DEBIT");
    value::<Language>(told, "fr");
    value::<PaymentType>(told, "EFT");
    value::<RedirectMode>(told, "JsEvents");
    told.look(&AccessToken::new(TOKEN).unwrap());
    told.look(&ApiKey::new(TOKEN).unwrap());
    told.look(&ClientId::new(TOKEN).unwrap());
    told.look(&ClientSecret::new(CLIENT_SECRET).unwrap());
    told.error(&ClientSecret::new(&format!("{CLIENT_SECRET}\n")).unwrap_err());
    told.look(&Private::new(EMAIL));
    told.look(&ReportedReference::new(REFERENCE));
    told.look(&ReportedAmount::new(7.into()));
    told.look(&(GuaranteeDisabled));
    told.look(&(GuaranteeEnabled));
    told.look(&JsonKind::Null);
    told.look(&Charset::AlphanumericHyphen);
    for rule in RULES {
        told.look(*rule);
        told.look(&rule.limit);
        told.look(&rule.severity);
    }
}

fn requests(told: &mut Told) {
    let address = Address::new(STREET, CITY, "ON", POSTAL_CODE);
    told.look(&address);
    told.look(&address.clone().build().unwrap());
    told.look(&payor());
    told.look(&payor().build().unwrap());
    let payee = Payee::new("621", "16001", ACCOUNT).label(LABEL);
    told.look(&payee);
    told.look(&payee.build().unwrap());
    let redirect = Redirect::to(URL, URL);
    told.look(&redirect);
    told.look(&redirect.build().unwrap());
    let limits = Limits::new().minimum("1").maximum("900");
    told.look(&limits);
    told.look(&limits.build().unwrap());
    told.look(&GuaranteedEft::new(payor()).reference_id(REFERENCE));
    told.look(&RegularEft::new(payor(), EMAIL).reference_id(REFERENCE));
    told.look(&guaranteed());
    told.look(&regular());
    told.look(&SessionRequest::from(guaranteed()));
    told.look(&GuaranteeDecision::accept());

    // Everything wrong at once: each violation and each warning is printed, and none of the values.
    let long = REFERENCE.repeat(4);
    let warned = GuaranteedEft::new(payor())
        .amount("120.50")
        .reference_id(long);
    for warning in warned.warnings() {
        told.look(&warning);
        told.say(&warning.to_string());
    }
    let odd = |text: &str| format!("{text}\u{1b}[31m");
    let wrong = Payor::new(odd(FIRST_NAME), "")
        .email(odd(EMAIL))
        .birth_date(odd(ACCOUNT))
        .address(Address::new(
            odd(STREET),
            odd(CITY),
            odd("ON"),
            odd(POSTAL_CODE),
        ));
    let violations = GuaranteedEft::new(wrong)
        .amount(format!("{ACCOUNT}.123"))
        .reference_id(odd(REFERENCE))
        .payee(Payee::new(odd("621"), odd("16001"), odd(ACCOUNT)).label(odd(LABEL)))
        .redirect(Redirect::to(odd(URL), EMAIL))
        .build()
        .unwrap_err();
    assert!(violations.len() > 10, "{violations}");
    told.look(&violations);
    told.say(&violations.to_string().replace('\n', " "));
    for violation in &violations {
        told.look(violation);
        told.say(&violation.to_string());
    }
}

fn answers(told: &mut Told) {
    let odd = serde_json::json!({ "novel": { "of": EMAIL } });
    let account = serde_json::json!({
        "institutionCode": "621", "transitNumber": "16001", "accountNumber": ACCOUNT, "accountLabel": LABEL, "novel": ACCOUNT,
    });
    report::<Extra>(told, odd.clone());
    report::<StepReport>(
        told,
        serde_json::json!({ "current": "Pad", "padId": SESSION, "aggregationRequestId": SESSION }),
    );
    report::<PayorAccount>(told, account.clone());
    report::<SettlementAccount>(told, account.clone());
    report::<PayeeReport>(told, serde_json::json!({ "account": account }));
    report::<PayorReport>(
        told,
        serde_json::json!({ "firstName": FIRST_NAME, "lastName": LAST_NAME, "email": EMAIL, "account": account }),
    );
    report::<AddressReport>(
        told,
        serde_json::json!({ "addressLine1": STREET, "city": CITY, "postalCode": POSTAL_CODE }),
    );
    report::<RedirectReport>(
        told,
        serde_json::json!({ "urlSuccess": URL, "urlExit": URL }),
    );
    report::<OptionsReport>(
        told,
        serde_json::json!({ "redirectPreferences": { "urlSuccess": URL }, "novel": EMAIL }),
    );
    report::<LimitsReport>(told, odd.clone());
    report::<NotificationReport>(told, odd.clone());
    report::<GuaranteeReport>(told, odd.clone());
    report::<GuaranteeDetails>(told, odd.clone());
    report::<UserDetails>(told, odd);
    told.look(&Open::Known(Language::Fr));
    told.look(&RiskLevel::Unrated);
    told.look(&GuaranteedEftType::from("novel"));
    told.look(&Step::from("Pad"));
    told.look(&SessionStatus::from("Failed"));
    told.look(&StatusDetails::from("EFT0301"));
    // Anything may stand in the place of a code.
    for odd in [EMAIL, ACCOUNT, SESSION, STREET, URL] {
        told.look(&Open::<Language>::from(odd));
        told.look(&RiskLevel::from(odd));
        told.look(&GuaranteedEftType::from(odd));
        told.look(&Step::from(odd));
        told.look(&SessionStatus::from(odd));
        told.look(&StatusDetails::from(odd));
    }
    told.look(&Outcome::Cancelled);
}

fn hosted(told: &mut Told) {
    let base = Environment::custom("https://pay.example").unwrap();
    let page = HostedPage::new(&base, &SessionId::new(SESSION).unwrap());
    told.look(&page);
    told.look(&page.iframe().title(LABEL));
    for payload in [
        serde_json::json!({ "Step": "PAYMENT_SUCCESS", "sessionId": SESSION }).to_string(),
        serde_json::json!({ "Step": "NOVEL\u{1b}[31m", "sessionId": SESSION, "novel": ACCOUNT })
            .to_string(),
        serde_json::json!({ "Step": EMAIL, EMAIL: ACCOUNT }).to_string(),
        serde_json::json!({ "Step": SESSION }).to_string(),
        serde_json::json!({ "Step": 7, "novel": ACCOUNT }).to_string(),
        TOKEN.to_owned(),
        String::new(),
    ] {
        match HostedEvent::parse(&payload) {
            Ok(event) => {
                told.look(&event.next_step());
                told.look(&event);
            }
            Err(error) => told.error(&error),
        }
    }
}

fn settings(told: &mut Told) {
    let credentials = || Credentials::basic("shop", CLIENT_SECRET).unwrap();
    told.look(&credentials());
    let base = Environment::custom("https://pay.example").unwrap();
    told.look(&base);
    let builder = || Client::builder(base.clone(), credentials());
    told.look(&builder().on_drift(|_| {}));
    told.look(
        &builder()
            .identity_pem(CLIENT_SECRET)
            .proxy(format!("http://{LABEL}:{TOKEN}@proxy.example")),
    );
    let build = [
        builder()
            .identity_pem(format!(
                "-----BEGIN PRIVATE KEY-----\n{CLIENT_SECRET}\n-----END PRIVATE KEY-----\n"
            ))
            .build(),
        builder()
            .proxy(format!(
                "nowhere://{LABEL}:{TOKEN}@proxy.example/{CLIENT_SECRET}"
            ))
            .build(),
        builder().user_agent(format!("{EMAIL}\n")).build(),
        builder().root_certificates_pem(CLIENT_SECRET).build(),
        builder()
            .root_certificates_pem(format!(
                "-----BEGIN CERTIFICATE-----\n{CLIENT_SECRET}\n-----END CERTIFICATE-----\n"
            ))
            .build(),
    ];
    for error in build {
        told.error::<BuildError>(&error.unwrap_err());
    }
    for url in [
        format!("https://{CLIENT_SECRET}:{TOKEN}@pay.example"),
        format!("http://{LABEL}.example"),
        format!("https://pay.example/?token={TOKEN}"),
        format!("{{{TOKEN}}}"),
        TOKEN.to_owned(),
    ] {
        told.error::<EnvironmentError>(&Environment::custom(&url).unwrap_err());
    }
    for refused in [
        Credentials::basic(&format!("{TOKEN}:"), CLIENT_SECRET),
        Credentials::form(TOKEN, &format!("{CLIENT_SECRET}\u{1b}")),
        Credentials::api_key(&format!("{TOKEN}\r\n"), "shop"),
    ] {
        told.error::<CredentialsError>(&refused.unwrap_err());
    }
    told.look(&Timeouts::default());
    told.look(&Retries::default());
    told.look(&TokenReuse::Shared);
    told.look(&flinks_pay::ErrorKind::Decode);
    let token = flinks_pay::client::Operation::Authorize;
    told.look(&token);
    for fate in Fate::ALL.iter().copied() {
        told.look(&fate);
        told.look(&verdict(Operation::Authorize, fate));
    }
    told.look(&RETRY_TABLE[0]);
    told.look(&Retries::off());
    told.look(&SystemClock);
    told.look(&ManualClock::new());
    told.look(&SandboxClock::over(Arc::new(SystemClock)));
    told.look(&Behaviour::default());
    told.look(&Scenario::Happy1);
    let profile = Profile::EFT;
    told.look(&profile);
    told.look(&profile.token_lifetime);
    told.look(&profile.token_use);
    told.look(&profile.credentials);
    told.look(&profile.status_access);
    told.look(&profile.cancelled_spelling);
    told.look(&profile.account_number);
    told.look(&profile.account_before_login);
    told.look(&profile.create_status);
    told.look(&profile.cancel_details);
    told.look(&profile.errors);
    told.look(&profile.errors.cancel);
    told.look(&profile.completed_webhook);
    told.look(&Profile::QUESTIONS[0]);
    for text in ["NAME", "NAME=NAME", "token-use=NAME", "strict,NAME"] {
        let odd = text.replace("NAME", FIRST_NAME);
        told.error::<ProfileError>(&odd.parse::<Profile>().unwrap_err());
    }
    simulator(told);
}

/// The documents of the simulator's control API.
fn simulator(told: &mut Told) {
    told.look(&Advance { seconds: 7 });
    report::<About>(told, serde_json::json!({ "name": "x", "version": "y" }));
    report::<Advanced>(told, serde_json::json!({ "movedSeconds": 7 }));
    let violation = serde_json::json!({
        "operation": "authorize", "status": 200, "part": "answer", "pointer": "/expires_in", "keyword": "type", "count": 1,
    });
    report::<Part>(told, violation["part"].clone());
    report::<Violation>(told, violation.clone());
    let judged = serde_json::json!({
        "judged": { "authorize": 1 }, "withoutOperation": 0, "spoilt": 0, "respelled": {}, "total": 1, "violations": [violation],
    });
    report::<ViolationsReport>(told, judged);
    report::<JournalReport>(told, serde_json::json!({ "exchanges": [], "dropped": 0 }));
    report::<DeliveriesReport>(told, serde_json::json!({ "deliveries": [], "dropped": 0 }));
    told.look(&WebhookFaults::default());
    for url in ["canarypath", "http://canary.example/canarypath"] {
        let secret = WebhookSecret::new(WEBHOOK_SECRET).unwrap();
        told.error(&Webhook::new(url, secret).unwrap_err());
    }
    report::<Refusal>(told, serde_json::json!({ "seconds": 7 }));
    report::<RefusalShape>(told, serde_json::json!("problem"));
    report::<RetryAfter>(told, serde_json::json!({ "date": 7 }));
    report::<Turn>(told, serde_json::json!("pass"));
    report::<Goal>(told, serde_json::json!({ "steps": 7 }));
    let none = serde_json::json!({ "sessions": 0, "tokens": 0, "faults": 0, "exchanges": 0, "webhooks": 0 });
    report::<Forgotten>(told, none);
    let fault = serde_json::json!({ "anotherSession": { "session": SESSION } });
    report::<Fault>(told, fault.clone());
    let trigger = serde_json::json!({ "always": fault });
    report::<Trigger>(told, trigger.clone());
    let rule = serde_json::json!({ "session": SESSION, "trigger": trigger });
    report::<FaultRule>(told, rule.clone());
    let standing =
        serde_json::json!({ "id": 1, "rule": rule, "seen": 1, "fired": 1, "exhausted": true });
    report::<FaultStanding>(told, standing.clone());
    report::<FaultList>(told, serde_json::json!({ "faults": [standing] }));
    let met = serde_json::json!({
        "rule": 1, "name": "anotherSession", "applied": true, "effective": true, "breaksContract": true,
    });
    report::<FaultMet>(told, met);
    let order = serde_json::json!({ "request": guaranteed(), "until": { "step": "Pad" } });
    report::<SessionOrder>(told, order);
    let standing = serde_json::json!({
        "sessionId": SESSION, "referenceId": REFERENCE, "guaranteed": true, "status": "Initiated",
        "step": null, "over": false, "createdAt": "2026-03-01T09:05:00Z",
    });
    report::<SessionStanding>(told, standing.clone());
    report::<SessionPage>(
        told,
        serde_json::json!({ "sessions": [standing], "next": SESSION }),
    );
}
