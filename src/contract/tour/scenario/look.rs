//! A session from every side, at one time: what its status says, what its details say, and that they agree.

use serde_json::{Value, json};

use super::create;
use crate::contract::tour::report::Basis;
use crate::contract::tour::scene::{Answer, Scene, Stop, same};
use crate::sandbox::{AccountBeforeLogin, AccountNumberShown};

pub(super) const SESSION_DETAILS: Basis = Basis::Contract("#/components/schemas/SessionDetails");
const REPORT: Basis = Basis::Contract("#/components/schemas/SessionStatusReport");
const STEP: Basis = Basis::Contract("#/components/schemas/SessionStep");
const ACCOUNT: Basis = Basis::Contract("#/components/schemas/PayorAccount");
const GUARANTEE: Basis = Basis::Contract("#/components/schemas/GuaranteeDetails");
const USER: Basis = Basis::Contract("#/components/schemas/UserDetails");

/// The screens in their order.
pub(super) const SCREENS: [&str; 10] = [
    "Start",
    "Consent",
    "BankSelection",
    "BankConnection",
    "AccountSelection",
    "AmountSelection",
    "GuaranteeOffer",
    "Review",
    "Pad",
    "Complete",
];

fn place(screen: &str) -> usize {
    let place = SCREENS.iter().position(|known| *known == screen);
    place.unwrap_or_default()
}

/// How a session is expected to be.
#[derive(Debug, Clone)]
pub(super) struct Expected {
    /// What it was created with.
    pub(super) body: Value,
    /// The screen that the payor sees, or saw last.
    pub(super) screen: Option<&'static str>,
    pub(super) status: &'static str,
    pub(super) code: Option<&'static str>,
    pub(super) amount: Option<f64>,
    /// Whether names were compared, and match.
    pub(super) name_matches: Option<bool>,
    pub(super) low_balance: bool,
    /// What came of the evaluation of the guarantee.
    pub(super) guarantee: Option<Guarantee>,
}

/// What came of the evaluation of a guarantee.
#[derive(Debug, Clone, Copy)]
pub(super) enum Guarantee {
    Refused,
    Offered {
        most: f64,
        lower: bool,
        accepted: Option<bool>,
    },
}

impl Expected {
    /// A session that nobody has opened.
    pub(super) fn new(body: &Value) -> Self {
        Self {
            screen: None,
            status: "Initiated",
            code: Some("EFT0101"),
            amount: body.get("amount").and_then(Value::as_f64),
            body: body.clone(),
            name_matches: None,
            low_balance: false,
            guarantee: None,
        }
    }

    pub(super) fn is_guaranteed(&self) -> bool {
        self.body.pointer("/options/guarantee/enable") == Some(&json!(true))
    }

    /// Brings it to a screen, as a payor does with whom nothing goes wrong.
    pub(super) fn on(&mut self, screen: &'static str) {
        self.screen = Some(screen);
        (self.status, self.code) = match screen {
            "Pad" => ("Completed", Some("EFT0302")),
            "Complete" => ("Completed", Some("EFT0301")),
            _ => ("InProgress", None),
        };
        if place(screen) > place("AccountSelection") {
            self.name_matches = Some(true);
        }
    }

    pub(super) fn end(&mut self, status: &'static str, code: &'static str) {
        (self.status, self.code) = (status, Some(code));
    }

    /// Ends it as failed, with what the code says of the account.
    pub(super) fn fail(&mut self, code: &'static str) {
        self.end("Failed", code);
        self.low_balance = code == "EFT0404";
        self.name_matches = match code {
            "EFT0401" => None,
            "EFT0403" => Some(false),
            _ => Some(true),
        };
    }

    fn has_logged_in(&self) -> bool {
        let reached = |screen| place(screen) >= place("AccountSelection");
        self.screen.is_some_and(reached)
    }
}

/// What was seen.
pub(super) struct Seen {
    pub(super) status: Answer,
    pub(super) details: Answer,
}

/// Looks at a session.
pub(super) async fn at(
    scene: &mut Scene,
    session: &str,
    expected: &Expected,
) -> Result<Seen, Stop> {
    let status = scene.status(session).await?;
    let details = scene.details(session).await?;
    let where_ = expected.screen.unwrap_or("the first screen");
    let said = match expected.status {
        "Cancelled" => scene.profile().cancelled_spelling.as_str(),
        other => other,
    };
    for (answer, operation) in [(&status, "the status"), (&details, "the details")] {
        scene.ok(answer, "a session is read", REPORT);
        let says = format!("{operation} names the session that is asked about");
        scene.is(answer, "/sessionId", session, says, REPORT);
        let reference = expected.body.get("referenceId").unwrap_or(&Value::Null);
        let says = format!("{operation} has the reference that was sent");
        scene.is(answer, "/referenceId", reference.clone(), says, REPORT);
        let says = format!("{operation} is {said} at {where_}");
        let at = Basis::Contract("#/components/schemas/SessionStatus");
        scene.is(answer, "/status", said, says, at);
        let code = expected.code;
        let says = format!(
            "{operation} has the code {} at {where_}",
            code.unwrap_or("of none")
        );
        let at = Basis::Contract("#/components/schemas/StatusDetails");
        scene.holds(
            answer,
            says,
            at,
            answer.at("/statusDetails").as_str() == code,
        );
        let says = format!("{operation} leaves out a code that there is not");
        let holds = code.is_some() || !answer.has("/statusDetails");
        scene.holds(answer, says, at, holds);
        let amount = expected.amount.map_or(Value::Null, |amount| json!(amount));
        let says = format!("{operation} has the amount at {where_}");
        let at = Basis::Contract("#/components/schemas/ReportedAmount");
        scene.is(answer, "/amount", amount, says, at);
    }
    create::repeated(scene, &details, &expected.body);
    step(scene, &details, expected);
    account(scene, &details, expected);
    guarantee(scene, &details, expected);
    names(scene, &details, expected);
    let created = details.text("/createdAt").parse::<jiff::Timestamp>();
    let says = "details say when the session was created";
    scene.holds(
        &details,
        says,
        Basis::Deviation("time-stamps"),
        created.is_ok(),
    );
    Ok(Seen { status, details })
}

fn step(scene: &mut Scene, details: &Answer, expected: &Expected) {
    let Some(screen) = expected.screen else {
        let says = "there is no step before the payor has come";
        scene.holds(details, says, STEP, details.at("/step").is_null());
        return;
    };
    scene.is(
        details,
        "/step/current",
        screen,
        format!("the step is {screen}"),
        STEP,
    );
    let is_id = |pointer| uuid::Uuid::try_parse(details.text(pointer)).is_ok();
    let (request, pad) = ("/step/aggregationRequestId", "/step/padId");
    let known = expected.has_logged_in();
    let says = "the request to the bank has an id once the payor has logged in";
    let holds = is_id(request) == known && details.at(request).is_string() == known;
    scene.holds(details, says, STEP, holds);
    let signed = ["Pad", "Complete"].contains(&screen);
    let says = "the agreement has an id once it is shown";
    let holds = is_id(pad) == signed && details.at(pad).is_string() == signed;
    scene.holds(details, says, STEP, holds);
    let ids = [
        details.text("/sessionId"),
        details.text(request),
        details.text(pad),
    ];
    let differ = !signed || (ids[0] != ids[1] && ids[1] != ids[2] && ids[0] != ids[2]);
    scene.holds(details, "the ids of a session differ", STEP, differ);
}

fn account(scene: &mut Scene, details: &Answer, expected: &Expected) {
    let account = details.at("/payor/account");
    if !expected.has_logged_in() {
        let stands = match scene.profile().account_before_login {
            AccountBeforeLogin::Null => details.has("/payor/account") && account.is_null(),
            AccountBeforeLogin::Absent => !details.has("/payor/account"),
            _ => account.as_object().is_some_and(serde_json::Map::is_empty),
        };
        let says = "there is no account before the login";
        scene.holds(
            details,
            says,
            Basis::Deviation("account-before-login"),
            stands,
        );
        return;
    }
    let digits = |pointer: &str, count: usize| {
        let text = account
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default();
        text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let fits = digits("/institutionCode", 3) && digits("/transitNumber", 5);
    scene.holds(
        details,
        "the account is known after the login",
        ACCOUNT,
        fits,
    );
    let number = details.text("/payor/account/accountNumber");
    let masked = match scene.profile().account_number {
        AccountNumberShown::Full => false,
        AccountNumberShown::Masked => true,
        _ => expected.code != Some("EFT0301"),
    };
    let hidden = number.bytes().filter(|byte| !byte.is_ascii_digit()).count();
    let shown = number.bytes().filter(u8::is_ascii_digit).count();
    let fits = if masked {
        shown == 4 && hidden >= 3 && number.bytes().rev().take(4).all(|it| it.is_ascii_digit())
    } else {
        hidden == 0 && (7..=12).contains(&shown)
    };
    let says = if masked {
        "the number of the account is masked"
    } else {
        "the number of the account is whole"
    };
    scene.holds(
        details,
        says,
        Basis::Deviation("reported-account-number"),
        fits,
    );
    let balance = details.at("/payor/account/availableBalance").as_f64();
    let amount = expected.amount.unwrap_or_default();
    let enough = balance.is_some_and(|balance| balance >= amount);
    let says = "the balance is enough, unless the session fails for want of it";
    let fits = balance.is_some() && enough != expected.low_balance;
    scene.holds(details, says, ACCOUNT, fits);
}

fn guarantee(scene: &mut Scene, details: &Answer, expected: &Expected) {
    let at = |member: &str| details.at(&format!("/guaranteeDetails/{member}"));
    let risks = ["overallRiskLevel", "transactionRiskLevel", "userRiskLevel"];
    match expected.guarantee {
        None => {
            let says = "there is no guarantee before it is evaluated, nor without one";
            scene.holds(
                details,
                says,
                GUARANTEE,
                details.at("/guaranteeDetails").is_null(),
            );
        }
        Some(Guarantee::Refused) => {
            let says = "no guarantee is offered";
            scene.holds(
                details,
                says,
                GUARANTEE,
                at("guaranteeOffered") == &json!(false),
            );
            let says = "what is not offered has no amount and is not accepted";
            let nothing = at("highestDebitAmountToGuarantee").is_null()
                && at("guaranteeAccepted") != &json!(true)
                && at("guaranteedEftType").is_null();
            scene.holds(details, says, GUARANTEE, nothing);
            let says = "the risk is high where nothing is offered";
            let high = risks.iter().all(|risk| at(risk) == &json!("High"));
            scene.holds(details, says, Basis::Simulator, high);
        }
        Some(Guarantee::Offered {
            most,
            lower,
            accepted,
        }) => {
            let says = "a guarantee is offered";
            scene.holds(
                details,
                says,
                GUARANTEE,
                at("guaranteeOffered") == &json!(true),
            );
            let says = "the most that is guaranteed is told";
            let told = same(at("highestDebitAmountToGuarantee"), &json!(most));
            scene.holds(details, says, GUARANTEE, told);
            let accepted = accepted.map_or(Value::Null, Value::Bool);
            let says = format!("a guarantee is accepted: {accepted}");
            let basis = Basis::Deviation("guarantee-acceptance");
            scene.holds(details, says, basis, at("guaranteeAccepted") == &accepted);
            let (kind, risk) = if lower {
                ("Partial", "Medium")
            } else {
                ("Full", "Low")
            };
            let says = "how much is covered is told";
            scene.holds(
                details,
                says,
                GUARANTEE,
                at("guaranteedEftType") == &json!(kind),
            );
            let says = format!("the risk of a {kind} guarantee is {risk}");
            let fits = risks.iter().all(|it| at(it) == &json!(risk));
            scene.holds(details, says, Basis::Simulator, fits);
        }
    }
}

fn names(scene: &mut Scene, details: &Answer, expected: &Expected) {
    let Some(matches) = expected.name_matches else {
        let says = "names are not compared before the account is selected";
        scene.holds(details, says, USER, details.at("/userDetails").is_null());
        return;
    };
    let says = "names are compared";
    scene.is(details, "/userDetails/matchingPerformed", true, says, USER);
    let likeness = details.at("/userDetails/nameMatch").as_f64();
    let fits = likeness.is_some_and(|it| (0.0..=100.0).contains(&it) && (it > 50.0) == matches);
    let says = if matches {
        "the names are alike"
    } else {
        "the names are not alike"
    };
    scene.holds(details, says, USER, fits);
}
