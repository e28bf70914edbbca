//! The simulator's hosted page in the frame of the simulator's shop, clicked through.

use std::time::Duration;

use crate::checked::{self, Checked};
use flinks_pay::sandbox::{Fault, FaultRule};
use flinks_pay::session::Operation;
use serde_json::{Value, json};

use crate::devtools::Tab;

const PAGE: bool = false;
const FRAME: bool = true;

/// What the shop's backend sees of a payment that is made.
const SCHEDULED: [&str; 4] = [
    "Initiated EFT0101",
    "InProgress",
    "Completed EFT0302",
    "Completed EFT0301",
];

/// A shop in a tab of 320 pixels, the narrowest that a page has to bear.
struct Shop {
    sandbox: Checked,
    tab: Tab,
    test: &'static str,
    /// Where the hosted page is: in the frame, unless the payor was redirected.
    hosted: bool,
    language: &'static str,
}

impl Shop {
    async fn open(test: &'static str) -> Self {
        let sandbox = checked::start().await;
        let mut tab = Tab::open().await;
        tab.is_wide(320).await;
        Self {
            sandbox,
            tab,
            test,
            hosted: FRAME,
            language: "en",
        }
    }

    /// Orders something, with these choices instead of the preset ones.
    async fn order(&mut self, choices: &[(&str, &str)]) {
        let shop = self.sandbox.base_url().join("demo/").unwrap();
        self.tab.go(shop.as_str()).await;
        // The form is the script's, which is loaded after the document.
        self.tab
            .until(PAGE, "document.readyState === 'complete'")
            .await;
        for (name, value) in choices {
            let choose = format!(
                "document.querySelector('[name={name}]').value = {}",
                json!(value)
            );
            assert_eq!(self.tab.evaluate(PAGE, &choose).await, *value);
        }
        self.tab
            .evaluate(PAGE, "document.querySelector('#order button').click()")
            .await;
    }

    /// Waits for a screen, and looks whether it is fit to be seen and heard.
    async fn sees(&mut self, screen: &str) {
        let title = "document.querySelector('main h1')?.textContent";
        let expected =
            format!("document.getElementById('{screen}')?.content.querySelector('h1').textContent");
        self.tab
            .until(
                self.hosted,
                &format!("{title} !== undefined && {title} === {expected}"),
            )
            .await;
        let seen = self.tab.evaluate(self.hosted, "({
            focus: document.activeElement.tagName,
            lang: document.documentElement.lang,
            fits: document.documentElement.scrollWidth <= innerWidth,
            unnamed: [...document.querySelectorAll('main input')].filter(({ labels }) => labels.length !== 1).length,
            simulator: document.querySelector('.simulator').innerText.length > 20,
            problem: document.getElementById('problem').textContent,
        })").await;
        let fit = json!({
            "focus": "H1", "lang": self.language, "fits": true, "unnamed": 0, "simulator": true, "problem": "",
        });
        assert_eq!(seen, fit, "{screen}");
        self.tab.picture(&format!("{}-{screen}", self.test)).await;
    }

    /// Goes on, and through the review.
    async fn comes_to_the_agreement(&mut self) {
        self.does(&[], 0).await;
        self.sees("Review").await;
        self.does(&[], 0).await;
        self.sees("Pad").await;
    }

    /// Fills fields, chooses, and presses a button, which is counted from 0.
    async fn does(&mut self, fields: &[(&str, &str)], button: usize) {
        for (name, value) in fields {
            let field = format!("document.querySelector('main [name={name}]')");
            let fill = if value.is_empty() {
                format!("{field}.click(), {field}.checked")
            } else {
                format!("{field}.value = {}, true", json!(value))
            };
            assert_eq!(self.tab.evaluate(self.hosted, &fill).await, true, "{name}");
        }
        let press = format!("document.querySelectorAll('main button')[{button}].click(), true");
        assert_eq!(self.tab.evaluate(self.hosted, &press).await, true);
    }

    /// From the first screen to the account.
    async fn logs_in(&mut self, scenario: &str) {
        self.sees("Start").await;
        self.does(&[], 0).await;
        self.sees("BankSelection").await;
        self.does(&[("institution", "")], 0).await;
        self.sees("BankConnection").await;
        self.does(&[("username", scenario), ("password", "Everyday")], 0)
            .await;
        self.sees("AccountSelection").await;
        self.does(&[("account", "")], 0).await;
    }

    /// Waits for a problem with the amount, which is said aloud.
    async fn hears_of(&mut self, problem: &str) {
        let said = format!(
            "(({{ role, textContent }}) => role === 'alert' && textContent.startsWith({}))(document.getElementById('problem')) \
             && document.activeElement.name === 'amount' && document.activeElement.ariaInvalid === 'true'",
            json!(problem)
        );
        self.tab.until(self.hosted, &said).await;
    }

    async fn list(&mut self, id: &str) -> Value {
        let texts =
            format!("[...document.querySelectorAll('#{id} li')].map((line) => line.textContent)");
        self.tab.evaluate(PAGE, &texts).await
    }

    /// Waits for the last line of the statuses, and compares the whole lists.
    async fn ends(&mut self, events: &[&str], statuses: &[&str]) {
        let last = json!(statuses.last().unwrap());
        self.tab
            .until(
                PAGE,
                &format!(
                    "document.querySelector('#statuses li:last-child')?.textContent === {last}"
                ),
            )
            .await;
        self.tab.picture(&format!("{}-shop", self.test)).await;
        assert_eq!(self.list("events").await, json!(events));
        let seen = self.list("statuses").await;
        // The shop asks now and then, so it may miss one on the way.
        let seen: Vec<_> = seen
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Value::as_str)
            .collect();
        assert!(
            seen.iter().all(|status| statuses.contains(status)),
            "{seen:?}"
        );
        assert!(
            self.tab
                .evaluate(PAGE, "document.documentElement.scrollWidth <= innerWidth")
                .await
                == true
        );
        assert_eq!(
            self.tab
                .evaluate(PAGE, "document.getElementById('problem').textContent")
                .await,
            ""
        );
    }
}

const CLOSES: &str = "(a shop closes the frame now)";
const TO_THE_ACCOUNT: [&str; 5] = [
    "APP_MOUNTED",
    "CONSENT_DISABLED",
    "INSTITUTION_SELECTED",
    "SUBMIT_CREDENTIAL",
    "ACCOUNT_SELECTED",
];

fn events(more: &[&'static str]) -> Vec<&'static str> {
    [&TO_THE_ACCOUNT[..], more].concat()
}

#[tokio::test]
#[ignore = "needs chromium"]
async fn a_payment_is_clicked_through_with_a_mistake_on_the_way() {
    let mut shop = Shop::open("happy").await;
    shop.order(&[("scenario", "Happy1"), ("amount", "")]).await;
    shop.logs_in("Happy1").await;
    shop.sees("AmountSelection").await;
    // Nothing typed, then something that could be two amounts: the problem is said, and the field is where one is.
    shop.does(&[], 0).await;
    shop.hears_of("Please fill in").await;
    shop.does(&[("amount", "1,000")], 0).await;
    shop.hears_of("Please type an amount").await;
    shop.does(&[("amount", "210.40")], 0).await;
    shop.sees("GuaranteeOffer").await;
    shop.comes_to_the_agreement().await;
    // Two clicks in one turn are one.
    shop.does(&[], 0).await;
    shop.sees("Complete").await;
    let more = [
        "COMPONENT_DEPOSIT_CONTINUE",
        "GUARANTEE_OFFERED",
        "COMPONENT_PAD_DOWNLOADED",
        "SUCCESS",
        CLOSES,
    ];
    shop.ends(&events(&more), &SCHEDULED).await;
}

#[tokio::test]
#[ignore = "needs chromium"]
async fn a_lower_offer_is_taken_in_french() {
    let mut shop = Shop::open("lower").await;
    shop.language = "fr";
    shop.order(&[
        ("scenario", "Happy2"),
        ("language", "FR"),
        ("amount", "1000"),
    ])
    .await;
    shop.logs_in("Happy2").await;
    shop.sees("LowerOffer").await;
    let amounts = shop
        .tab
        .evaluate(
            FRAME,
            "[...document.querySelectorAll('main dd')].map((amount) => amount.textContent)",
        )
        .await;
    assert_eq!(amounts, json!(["1\u{a0}000,00\u{a0}$", "500,00\u{a0}$"]));
    shop.comes_to_the_agreement().await;
    shop.does(&[], 0).await;
    shop.sees("Complete").await;
    let more = [
        "GUARANTEE_OFFERED",
        "COMPONENT_PAD_DOWNLOADED",
        "SUCCESS",
        CLOSES,
    ];
    shop.ends(&events(&more), &SCHEDULED).await;
}

#[tokio::test]
#[ignore = "needs chromium"]
async fn without_a_guarantee_nothing_is_paid() {
    let mut shop = Shop::open("no-guarantee").await;
    shop.order(&[("scenario", "Unhappy1")]).await;
    shop.logs_in("Unhappy1").await;
    shop.sees("NoGuarantee").await;
    shop.ends(
        &events(&["GUARANTEE_FAILED", CLOSES]),
        &["Initiated EFT0101", "InProgress", "Failed EFT0402"],
    )
    .await;
}

#[tokio::test]
#[ignore = "needs chromium"]
async fn a_payor_thinks_twice_and_leaves_at_the_agreement() {
    let mut shop = Shop::open("exit").await;
    shop.order(&[("scenario", "Happy1")]).await;
    shop.logs_in("Happy1").await;
    shop.sees("GuaranteeOffer").await;
    shop.comes_to_the_agreement().await;
    shop.does(&[], 1).await;
    shop.sees("PadWarning").await;
    shop.does(&[], 0).await;
    shop.sees("Pad").await;
    shop.does(&[], 1).await;
    shop.sees("PadWarning").await;
    shop.does(&[], 1).await;
    shop.sees("Left").await;
    let more = [
        "GUARANTEE_OFFERED",
        "COMPONENT_PAD_WARNING_SCREEN_EXIT",
        CLOSES,
    ];
    shop.ends(
        &events(&more),
        &["Initiated EFT0101", "InProgress", "Completed EFT0302"],
    )
    .await;
}

#[tokio::test]
#[ignore = "needs chromium"]
async fn a_redirect_brings_the_payor_back() {
    let mut shop = Shop::open("redirect").await;
    shop.hosted = PAGE;
    shop.order(&[("scenario", "Happy1"), ("mode", "RedirectUri")])
        .await;
    shop.logs_in("Happy1").await;
    shop.sees("GuaranteeOffer").await;
    shop.does(&[], 0).await;
    shop.sees("Review").await;
    // There is a way back on every screen.
    let exit = shop.sandbox.base_url().join("demo/?back=exit").unwrap();
    assert_eq!(
        shop.tab
            .evaluate(PAGE, "document.getElementById('leave').href")
            .await,
        exit.as_str()
    );
    shop.does(&[], 0).await;
    shop.sees("Pad").await;
    shop.does(&[], 0).await;
    shop.tab
        .until(
            PAGE,
            "location.search === '?back=success' && document.readyState === 'complete'",
        )
        .await;
    shop.ends(&["(came back by urlSuccess)"], &["Completed EFT0301"])
        .await;
}

#[tokio::test]
#[ignore = "needs chromium"]
async fn what_goes_wrong_is_said_on_the_page_and_two_clicks_are_one_payment() {
    let mut shop = Shop::open("faults").await;
    let once = FaultRule::next(1, Fault::status(500)).on(Operation::CreateSession);
    shop.sandbox.fault(once).unwrap();
    shop.order(&[("scenario", "Happy1")]).await;
    let problem = "document.getElementById('problem').textContent";
    let begun = "document.getElementById('payment').hidden === false";
    let said = format!("{problem}.startsWith('The payment could not be begun: the server failed')");
    shop.tab.until(PAGE, &said).await;
    assert_eq!(shop.tab.evaluate(PAGE, begun).await, false);

    let twice = "for (const _ of [1, 2]) document.querySelector('#order button').click()";
    shop.tab.evaluate(PAGE, twice).await;
    shop.tab.until(PAGE, begun).await;
    assert_eq!(shop.tab.evaluate(PAGE, problem).await, "");
    let sessions = shop.sandbox.sessions(None, 10).unwrap().sessions;
    assert_eq!(sessions.len(), 1);

    let lasting = FaultRule::always(Fault::status(503)).on(Operation::GetSessionStatus);
    shop.sandbox.fault(lasting).unwrap();
    let said = format!("{problem}.startsWith('The status could not be read: the server failed')");
    shop.tab.until(PAGE, &said).await;
    shop.sandbox.clear_faults();
    shop.tab.until(PAGE, &format!("{problem} === ''")).await;
}

#[tokio::test]
#[ignore = "needs chromium"]
async fn a_session_that_expires_says_so_by_itself() {
    let mut shop = Shop::open("expired").await;
    shop.order(&[("scenario", "Happy1")]).await;
    shop.sees("Start").await;
    shop.does(&[], 0).await;
    shop.sees("BankSelection").await;
    shop.sandbox.advance(Duration::from_secs(30 * 60));
    shop.sees("TimedOut").await;
    shop.ends(
        &["APP_MOUNTED", "CONSENT_DISABLED"],
        &["Initiated EFT0101", "InProgress", "Expired EFT0601"],
    )
    .await;
}

#[tokio::test]
#[ignore = "needs chromium"]
async fn an_event_from_another_origin_is_not_listened_to() {
    let mut shop = Shop::open("forged").await;
    // The shop's own policy would keep the other origin out of the frame; the listener has to do without it.
    shop.tab
        .on_page("Page.setBypassCSP", json!({ "enabled": true }))
        .await;
    shop.order(&[("scenario", "Happy1")]).await;
    shop.sees("Start").await;
    shop.tab.evaluate(PAGE, "globalThis.heard = [];
        addEventListener('message', ({ data, origin, source }) =>
            heard.push([data.Step, origin, source === document.getElementById('flinks-pay').contentWindow]));
        postMessage({ Step: 'SUCCESS' }, '*');
        const frame = document.getElementById('flinks-pay');
        frame.src = frame.src.replace('localhost', '127.0.0.1');
        true").await;
    shop.tab.until(PAGE, "heard.length === 2").await;
    let own = shop
        .sandbox
        .base_url()
        .as_str()
        .trim_end_matches('/')
        .to_owned();
    // One has neither window nor origin, the other the window alone.
    let heard = json!([["SUCCESS", own, false], ["APP_MOUNTED", own, true]]);
    assert_eq!(shop.tab.evaluate(PAGE, "heard").await, heard);
    assert_eq!(
        shop.list("events").await,
        json!(["APP_MOUNTED", "CONSENT_DISABLED"])
    );
}
