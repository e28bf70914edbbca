//! How far a payor has come, after the table of the flow in the documentation.

use super::ops::{Departs, Order};

/// What a scenario changes.
#[derive(Debug, Clone, Copy, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
struct Plot {
    departs: Departs,
    /// The guarantee covers half.
    half: bool,
    /// There is no guarantee.
    none: bool,
    /// Cents that are typed where none are preset.
    types: u64,
    expires: bool,
    french: bool,
}

impl Plot {
    fn of(reference: &str) -> Self {
        let mut plot = Self {
            types: 10_000,
            ..Self::default()
        };
        let (name, rest) = reference.split_once('-').unwrap_or((reference, ""));
        // The vendor's names are whole references.
        let name = if rest.is_empty() || name.starts_with("Sandbox") {
            name
        } else {
            ""
        };
        match name {
            "Happy2" => (plot.half, plot.types) = (true, 100_000),
            "Happy3" => (plot.french, plot.types) = (true, 25_000),
            "Unhappy1" => plot.none = true,
            "SandboxLoginFails" => plot.departs.fail_login = true,
            "SandboxSecondQuestion" => plot.departs.mfa = true,
            "SandboxOtherFunding" => (plot.none, plot.departs.other_funding) = (true, true),
            "SandboxWrongName" => plot.departs.wrong_name = true,
            "SandboxLowBalance" => plot.departs.low_balance = true,
            "SandboxDeclinesOffer" => {
                (plot.half, plot.types) = (true, 100_000);
                plot.departs.decline_offer = true;
            }
            "SandboxRefusesAgreement" => plot.departs.refuse_agreement = true,
            "SandboxExpires" => plot.expires = true,
            _ => {}
        }
        plot
    }
}

/// A guarantee on offer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Offer {
    pub(super) most: u64,
    pub(super) lower: bool,
    pub(super) accepted: Option<bool>,
    waits: bool,
    if_not: &'static str,
}

/// What came of the guarantee.
#[derive(Debug, Clone, Copy)]
pub(super) enum Guarantee {
    NotYet,
    None,
    Offered(Offer),
}

#[derive(Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(super) struct Course {
    /// The screens that this session has, in order.
    route: Vec<&'static str>,
    /// How many of them the payor has seen.
    seen: usize,
    plot: Plot,
    asks: bool,
    consent: bool,
    least: u64,
    most: u64,
    pub(super) amount: Option<u64>,
    pub(super) logged_in: bool,
    pub(super) names_match: Option<bool>,
    pub(super) guarantee: Guarantee,
    pub(super) question: bool,
    gone: bool,
    ended: Option<(&'static str, &'static str)>,
}

impl Course {
    pub(super) fn new(order: &Order, asks: bool) -> Self {
        let consent = order.consent == Some(true);
        let skipped = |screen: &&str| match *screen {
            "Consent" => !consent,
            "AmountSelection" => order.cents.is_some(),
            "GuaranteeOffer" => !order.guaranteed,
            _ => false,
        };
        let all = [
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
        let (least, most) = order.limits.unwrap_or_default();
        Self {
            route: all.into_iter().filter(|it| !skipped(it)).collect(),
            seen: 0,
            plot: Plot::of(order.scenario),
            asks,
            consent,
            least: least.unwrap_or(0),
            most: most.unwrap_or(u64::MAX),
            amount: order.cents,
            logged_in: false,
            names_match: None,
            guarantee: Guarantee::NotYet,
            question: false,
            gone: false,
            ended: None,
        }
    }

    pub(super) fn screen(&self) -> Option<&'static str> {
        self.seen.checked_sub(1).map(|last| self.route[last])
    }

    pub(super) fn state(&self) -> (&'static str, Option<&'static str>) {
        match (self.ended, self.screen()) {
            (Some((status, code)), _) => (status, Some(code)),
            (None, None) => ("Initiated", Some("EFT0101")),
            (None, Some("Pad")) => ("Completed", Some("EFT0302")),
            (None, Some(_)) => ("InProgress", None),
        }
    }

    pub(super) fn over(&self) -> bool {
        self.gone || self.ended.is_some()
    }

    pub(super) fn complete(&self) -> bool {
        self.ended == Some(("Completed", "EFT0301"))
    }

    pub(super) fn french(&self) -> bool {
        self.plot.french
    }

    fn end(&mut self, status: &'static str, code: &'static str) {
        self.question = false;
        self.ended.get_or_insert((status, code));
    }

    pub(super) fn time_is_over(&mut self) {
        self.end("Expired", "EFT0601");
    }

    /// Whether it could be cancelled.
    pub(super) fn cancel(&mut self) -> bool {
        let open = self.ended.is_none();
        self.end("Cancelled", "EFT0501");
        open
    }

    fn fails(&mut self, code: &'static str) {
        self.end("Failed", code);
    }

    /// What the integrator says, or that nothing could be said to them; whether anything was to be decided.
    pub(super) fn decide(&mut self, accept: Option<bool>) -> bool {
        let Guarantee::Offered(offer) = &mut self.guarantee else {
            return false;
        };
        if !offer.waits || self.ended.is_some() {
            return false;
        }
        offer.waits = false;
        offer.accepted = accept;
        if accept != Some(true) {
            self.fails("EFT0402");
        }
        true
    }

    /// One step: what the page posts, or why there is none.
    pub(super) fn step(&mut self, told: &Departs) -> Result<Vec<&'static str>, &'static str> {
        if self.ended.is_some() {
            return Err("session_ended");
        }
        if self.gone {
            return Err("payor_left");
        }
        let plot = self.plot.departs;
        let mut posts = Vec::new();
        let Some(screen) = self.screen() else {
            self.seen = 1;
            posts.push("APP_MOUNTED");
            if !self.consent {
                posts.push("CONSENT_DISABLED");
            }
            return Ok(posts);
        };
        match screen {
            "BankSelection" if self.plot.expires => self.time_is_over(),
            "BankSelection" => {
                posts.push("INSTITUTION_SELECTED");
                self.seen += 1;
            }
            "BankConnection" => {
                let answers = self.question;
                self.question = false;
                posts.push(["SUBMIT_CREDENTIAL", "SUBMIT_MFA"][usize::from(answers)]);
                if told.fail_login || plot.fail_login {
                    self.fails("EFT0401");
                } else if (told.mfa || plot.mfa) && !answers {
                    self.question = true;
                } else {
                    self.logged_in = true;
                    self.seen += 1;
                }
            }
            "AccountSelection" => {
                posts.push("ACCOUNT_SELECTED");
                let wrong = told.wrong_name || plot.wrong_name;
                self.names_match = Some(!wrong);
                if wrong {
                    self.fails("EFT0403");
                } else if let Some(cents) = self.amount {
                    posts.extend(self.settle(cents, told));
                } else {
                    self.seen += 1;
                }
            }
            "AmountSelection" => {
                let typed = self.plot.types.max(self.least).min(self.most);
                let cents = told.enter.unwrap_or(typed);
                if cents < self.least || cents > self.most {
                    return Err("amount_refused");
                }
                self.amount = Some(cents);
                posts.push("COMPONENT_DEPOSIT_CONTINUE");
                posts.extend(self.settle(cents, told));
            }
            "GuaranteeOffer" => {
                let Guarantee::Offered(offer) = &mut self.guarantee else {
                    unreachable!("a session without a guarantee has ended");
                };
                if offer.waits {
                    return Err("decision_pending");
                }
                let declines = offer.lower && (told.decline_offer || plot.decline_offer);
                offer.accepted = Some(!declines);
                if declines {
                    self.gone = true;
                    posts.push("COMPONENT_NBO_RETURN_TO_CLIENT_SELECTED");
                } else {
                    self.amount = Some(offer.most);
                    self.seen += 1;
                }
            }
            "Pad" if told.refuse_agreement || plot.refuse_agreement => {
                self.gone = true;
                posts.push("COMPONENT_PAD_WARNING_SCREEN_EXIT");
            }
            "Pad" => {
                self.seen += 1;
                posts.extend(["COMPONENT_PAD_DOWNLOADED", "SUCCESS"]);
                self.end("Completed", "EFT0301");
            }
            _ => self.seen += 1,
        }
        Ok(posts)
    }

    /// What follows once the amount is known.
    fn settle(&mut self, cents: u64, told: &Departs) -> Option<&'static str> {
        if told.low_balance || self.plot.departs.low_balance {
            self.fails("EFT0404");
            return None;
        }
        self.seen += 1;
        if self.screen() != Some("GuaranteeOffer") {
            return None;
        }
        let other = told.other_funding || self.plot.departs.other_funding;
        let if_not = if other {
            "COMPONENT_OTHER_FUNDING_OPTIONS_SELECTED"
        } else {
            "GUARANTEE_FAILED"
        };
        let half = cents / 2;
        let covered = match self.plot {
            Plot { none: true, .. } => None,
            Plot { half: true, .. } => {
                (half > 0 && half >= self.least && half <= self.most).then_some(half)
            }
            _ => Some(cents),
        };
        let Some(most) = covered else {
            self.guarantee = Guarantee::None;
            self.fails("EFT0402");
            return Some(if_not);
        };
        self.guarantee = Guarantee::Offered(Offer {
            most,
            lower: self.plot.half,
            accepted: (!self.asks && !self.plot.half).then_some(true),
            waits: self.asks,
            if_not,
        });
        Some("GUARANTEE_OFFERED")
    }

    /// What the page posts when the integrator's answer ends the session.
    pub(super) fn last_message(&self) -> Option<&'static str> {
        match self.guarantee {
            Guarantee::Offered(offer) => Some(offer.if_not),
            _ => None,
        }
    }
}
