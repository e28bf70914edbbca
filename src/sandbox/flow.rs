//! The course of one session: a state machine that knows nothing of HTTP, time or tokens.
//!
//! ```text
//! created            Initiated / EFT0101
//! Start              InProgress
//! Consent            InProgress        only where the consent screen is on
//! BankSelection      InProgress
//! BankConnection     InProgress        or Failed / EFT0401
//! AccountSelection   InProgress        or Failed / EFT0403, EFT0404
//! AmountSelection    InProgress        or Failed / EFT0404; only where no amount is preset
//! GuaranteeOffer     InProgress        or Failed / EFT0402; only with a guarantee
//! Review             InProgress
//! Pad                Completed / EFT0302
//! Complete           Completed / EFT0301
//! ```
//!
//! Each step finishes the screen that the payor sees and shows the next one; a bank that asks a second question is the one
//! screen that takes two. A session that has not ended can be cancelled
//! (Canceled / EFT0501) and can expire (Expired / EFT0601) on every screen. EFT0302 has not ended in this sense: the
//! agreement is not signed and nothing is scheduled.

use serde::{Deserialize, Serialize};

use crate::domain::Amount;
use crate::session::{Limits, SessionStatus, StatusDetails};

use super::behaviour::Behaviour;
use super::defect::{self, Planted};
use super::event::BrowserEvent;
use super::posted::Posted;
use super::scenario::{Cover, Scenario, within};
use super::screen::Screen;

/// What the course of a session depends on; fixed when it is created.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Plan {
    pub(super) guaranteed: bool,
    pub(super) consent_screen: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) limits: Option<Limits>,
    #[serde(with = "by_reference")]
    pub(super) scenario: Scenario,
    /// Whether the integrator is asked about a guarantee.
    pub(super) integrator_decides: bool,
    #[serde(skip)]
    pub(super) planted: Planted,
}

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum End {
    Complete,
    Failed(Failure),
    Cancelled,
    Expired,
}

/// Why a session failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Failure {
    Login,
    Guarantee,
    Name,
    Balance,
}

/// What came of the evaluation of a guarantee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Guarantee {
    /// There is none.
    Refused,
    Offered(Offer),
}

/// A guarantee on offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Offer {
    /// The most that is guaranteed.
    pub(super) amount: Amount,
    /// Whether that is less than what the payor was to pay.
    pub(super) lower: bool,
    /// Whether it is accepted; `None` while undecided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) accepted: Option<bool>,
    awaits_integrator: bool,
    /// What the payor does if the integrator rejects it: only known now, as the decision is not a step of the payor's.
    otherwise: BrowserEvent,
}

/// Why a payor cannot go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stuck {
    Ended,
    Left,
    DecisionPending,
    AmountRefused,
}

/// There is no guarantee to decide about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NothingToDecide;

/// The session has ended already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AlreadyEnded;

/// The state of one session. What it has of serde is the shape of it in a [state file](super::state).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Flow {
    plan: Plan,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    screen: Option<Screen>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    end: Option<End>,
    left: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    amount: Option<Amount>,
    /// Whether the bank has asked its second question, which waits for its answer.
    asked: bool,
    logged_in: bool,
    balance_cents: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name_matches: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    guarantee: Option<Guarantee>,
    events: Posted,
}

/// How far a session has come: whatever changes it changes this, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    screen: Option<Screen>,
    end: Option<End>,
    left: bool,
    awaits_integrator: bool,
    events: usize,
}

/// What the sandbox's bank account holds: twice the highest amount, in cents.
const BALANCE_CENTS: u64 = 2 * Amount::MAX.cents();

impl Flow {
    pub(super) fn new(plan: Plan, preset: Option<Amount>) -> Self {
        Self {
            amount: preset,
            plan,
            screen: None,
            end: None,
            left: false,
            asked: false,
            logged_in: false,
            balance_cents: BALANCE_CENTS,
            name_matches: None,
            guarantee: None,
            events: Posted::none(),
        }
    }

    /// Sees to it that no guarantee will be offered, whatever the scenario says.
    pub(super) fn refuse_cover(&mut self) {
        self.plan.scenario = Scenario::Unhappy1;
    }

    /// Finishes the screen that the payor sees and shows the next. Returns what the page posted meanwhile.
    pub(super) fn advance(&mut self, behaviour: &Behaviour) -> Result<&[BrowserEvent], Stuck> {
        if self.end.is_some() {
            return Err(Stuck::Ended);
        }
        if self.left {
            return Err(Stuck::Left);
        }
        let scenario = self.plan.scenario;
        if self.screen.is_some_and(|it| scenario.times_out_on(it)) {
            self.end = Some(End::Expired);
            return Ok(&[]);
        }
        let planted = self.plan.planted;
        let behaviour = behaviour.beside(scenario.behaviour());
        let behaviour = &defect::course::behaviour(planted, behaviour);
        let (before, posted) = (self.screen, self.events.all().len());
        match self.screen {
            None => self.arrive(),
            Some(Screen::Start) if self.plan.consent_screen => self.screen = Some(Screen::Consent),
            Some(Screen::Start | Screen::Consent) => self.screen = Some(Screen::BankSelection),
            Some(Screen::BankSelection) => {
                self.events.push(BrowserEvent::InstitutionSelected);
                self.screen = Some(Screen::BankConnection);
            }
            Some(Screen::BankConnection) => self.log_in(behaviour),
            Some(Screen::AccountSelection) => self.select_account(behaviour),
            Some(Screen::AmountSelection) => self.enter_amount(behaviour)?,
            Some(Screen::GuaranteeOffer) => self.answer_offer(behaviour)?,
            Some(Screen::Review) => self.screen = Some(Screen::Pad),
            Some(Screen::Pad) => self.sign(behaviour),
            Some(Screen::Complete) => return Err(Stuck::Ended),
        }
        self.screen = defect::course::shown(planted, before, self.screen);
        Ok(self.events.all().get(posted..).unwrap_or_default())
    }

    fn arrive(&mut self) {
        self.events.push(BrowserEvent::AppMounted);
        if !self.plan.consent_screen {
            self.events.push(BrowserEvent::ConsentDisabled);
        }
        self.screen = Some(Screen::Start);
    }

    fn log_in(&mut self, behaviour: &Behaviour) {
        let answers = std::mem::take(&mut self.asked);
        self.events.push(if answers {
            BrowserEvent::SubmitMfa
        } else {
            BrowserEvent::SubmitCredential
        });
        if behaviour.fail_login {
            self.end = Some(End::Failed(Failure::Login));
            return;
        }
        if behaviour.mfa && !answers {
            self.asked = true;
            return;
        }
        self.logged_in = true;
        self.screen = Some(Screen::AccountSelection);
    }

    fn select_account(&mut self, behaviour: &Behaviour) {
        self.events.push(BrowserEvent::AccountSelected);
        self.name_matches = Some(!behaviour.wrong_name);
        if behaviour.wrong_name {
            self.end = Some(End::Failed(Failure::Name));
            return;
        }
        match self.amount {
            None => self.screen = Some(Screen::AmountSelection),
            Some(amount) => self.amount_known(amount, behaviour),
        }
    }

    fn enter_amount(&mut self, behaviour: &Behaviour) -> Result<(), Stuck> {
        let limits = self.plan.limits.as_ref();
        let amount = behaviour
            .enter_amount
            .unwrap_or_else(|| self.plan.scenario.typed(limits));
        let fits = within(amount, limits);
        if !defect::course::fits(self.plan.planted, amount, limits, fits) {
            return Err(Stuck::AmountRefused);
        }
        self.amount = defect::course::entered(self.plan.planted, amount);
        self.events.push(BrowserEvent::ComponentDepositContinue);
        self.amount_known(amount, behaviour);
        Ok(())
    }

    fn amount_known(&mut self, amount: Amount, behaviour: &Behaviour) {
        if behaviour.low_balance {
            self.balance_cents = amount.cents().saturating_sub(1);
        }
        if self.balance_cents < amount.cents() {
            self.end = Some(End::Failed(Failure::Balance));
        } else if self.plan.guaranteed {
            self.evaluate(amount, behaviour);
        } else {
            self.screen = Some(Screen::Review);
        }
    }

    fn evaluate(&mut self, amount: Amount, behaviour: &Behaviour) {
        self.screen = Some(Screen::GuaranteeOffer);
        let otherwise = if behaviour.other_funding {
            BrowserEvent::ComponentOtherFundingOptionsSelected
        } else {
            BrowserEvent::GuaranteeFailed
        };
        let cover = self.plan.scenario.cover(amount, self.plan.limits.as_ref());
        let (amount, lower) = match defect::course::cover(self.plan.planted, cover) {
            Cover::Whole => (amount, false),
            Cover::Lower(lower) => (lower, true),
            Cover::Nothing => {
                self.guarantee = Some(Guarantee::Refused);
                self.refuse_guarantee(otherwise);
                return;
            }
        };
        let awaits_integrator = self.plan.integrator_decides;
        // A guarantee of the whole amount needs nobody's consent where the integrator is not asked (GCON).
        let accepted = (!awaits_integrator && !lower).then_some(true);
        let offer = Offer {
            amount,
            lower,
            accepted,
            awaits_integrator,
            otherwise,
        };
        self.guarantee = Some(Guarantee::Offered(offer));
        self.events.push(BrowserEvent::GuaranteeOffered);
    }

    fn refuse_guarantee(&mut self, last_message: BrowserEvent) {
        self.end = Some(End::Failed(Failure::Guarantee));
        self.events.push(last_message);
    }

    fn answer_offer(&mut self, behaviour: &Behaviour) -> Result<(), Stuck> {
        if let Some(Guarantee::Offered(offer)) = &mut self.guarantee {
            if offer.awaits_integrator {
                return Err(Stuck::DecisionPending);
            }
            if offer.lower && behaviour.decline_offer {
                offer.accepted = Some(false);
                self.left = true;
                self.events
                    .push(BrowserEvent::ComponentNboReturnToClientSelected);
                return Ok(());
            }
            offer.accepted = Some(true);
            self.amount = defect::course::accepted(self.plan.planted, self.amount, offer.amount);
        }
        self.screen = Some(Screen::Review);
        Ok(())
    }

    fn sign(&mut self, behaviour: &Behaviour) {
        if behaviour.refuse_agreement {
            self.left = true;
            self.events
                .push(BrowserEvent::ComponentPadWarningScreenExit);
            return;
        }
        self.events.push(BrowserEvent::ComponentPadDownloaded);
        self.events.push(BrowserEvent::Success);
        self.screen = Some(Screen::Complete);
        self.end = Some(End::Complete);
    }

    /// Records the integrator's decision about the guarantee on offer.
    ///
    /// The code of a guarantee that the integrator rejects is not published; EFT0402 is taken, as there is no guarantee then.
    pub(super) fn decide(&mut self, accept: bool) -> Result<(), NothingToDecide> {
        let planted = self.plan.planted;
        if defect::course::is_lost(planted, self.pending_offer().is_some()) {
            return Ok(());
        }
        let accept = defect::course::decision(planted, accept);
        let offer = self.pending_offer().ok_or(NothingToDecide)?;
        offer.awaits_integrator = false;
        offer.accepted = Some(accept);
        if !accept {
            let last_message = offer.otherwise;
            self.refuse_guarantee(last_message);
        }
        Ok(())
    }

    /// Ends a session whose guarantee could not be told to the integrator: the third delivery of the guarantee webhook has failed
    /// (GCON).
    ///
    /// The code is not published either; EFT0402 is taken, as for a guarantee that is rejected. The offer itself stays
    /// undecided.
    pub(super) fn fail_delivery(&mut self) -> Result<(), NothingToDecide> {
        let offer = self.pending_offer().ok_or(NothingToDecide)?;
        let last_message = offer.otherwise;
        self.refuse_guarantee(last_message);
        Ok(())
    }

    /// The offer that the integrator is still to decide about.
    fn pending_offer(&mut self) -> Option<&mut Offer> {
        let again = defect::course::waits_on(self.plan.planted);
        match &mut self.guarantee {
            Some(Guarantee::Offered(offer))
                if (offer.awaits_integrator || again) && self.end.is_none() =>
            {
                Some(offer)
            }
            _ => None,
        }
    }

    /// The same, to be looked at.
    pub(super) fn offer_to_decide(&self) -> Option<&Offer> {
        match &self.guarantee {
            Some(Guarantee::Offered(offer)) if offer.awaits_integrator && self.end.is_none() => {
                Some(offer)
            }
            _ => None,
        }
    }

    /// Ends a session by an API call.
    pub(super) fn cancel(&mut self) -> Result<(), AlreadyEnded> {
        let open = self.end.is_none();
        if !defect::course::may_cancel(self.plan.planted, open, self.screen) {
            return Err(AlreadyEnded);
        }
        self.end = Some(End::Cancelled);
        Ok(())
    }

    /// Ends a session whose time is over. One that has ended stays as it is.
    pub(super) fn expire(&mut self) {
        self.end.get_or_insert(End::Expired);
    }

    /// Opens a session again that was cancelled: a [defect].
    pub(super) fn reopen(&mut self) {
        self.end = self.end.filter(|end| *end != End::Cancelled);
    }

    /// Ends a session whose time is over, even if it has ended: a [defect].
    pub(super) fn expire_again(&mut self) {
        self.end = Some(End::Expired);
    }

    pub(super) fn status(&self) -> (SessionStatus, Option<StatusDetails>) {
        defect::course::status(self.plan.planted, self.true_status())
    }

    fn true_status(&self) -> (SessionStatus, Option<StatusDetails>) {
        let (status, details) = match (self.end, self.screen) {
            (Some(End::Complete), _) => (SessionStatus::Completed, StatusDetails::Eft0301),
            (Some(End::Failed(failure)), _) => (SessionStatus::Failed, failure.code()),
            (Some(End::Cancelled), _) => (SessionStatus::Cancelled, StatusDetails::Eft0501),
            (Some(End::Expired), _) => (SessionStatus::Expired, StatusDetails::Eft0601),
            (None, None) => (SessionStatus::Initiated, StatusDetails::Eft0101),
            (None, Some(Screen::Pad)) => (SessionStatus::Completed, StatusDetails::Eft0302),
            (None, Some(_)) => return (SessionStatus::InProgress, None),
        };
        (status, Some(details))
    }

    /// Whether a guarantee on offer waits for the integrator.
    pub(super) fn awaits_integrator(&self) -> bool {
        matches!(self.guarantee, Some(Guarantee::Offered(offer)) if offer.awaits_integrator)
    }

    /// Whether the payor has nothing more to do here.
    pub(super) fn is_over(&self) -> bool {
        self.end.is_some() || self.left
    }

    /// Whether the payment is set up, so that nothing of it is provisional.
    pub(super) fn is_complete(&self) -> bool {
        self.end == Some(End::Complete)
    }

    /// The screen that the payor sees; `None` before the payor has come.
    pub(super) fn screen(&self) -> Option<Screen> {
        self.screen
    }

    /// Whether the debit agreement has been shown.
    pub(super) fn has_agreement(&self) -> bool {
        matches!(self.screen, Some(Screen::Pad | Screen::Complete))
    }

    pub(super) fn amount(&self) -> Option<Amount> {
        self.amount
    }

    pub(super) fn limits(&self) -> Option<&Limits> {
        self.plan.limits.as_ref()
    }

    /// Whether the bank waits for the answer to its second question.
    pub(super) fn asks_question(&self) -> bool {
        self.asked && self.end.is_none()
    }

    pub(super) fn is_logged_in(&self) -> bool {
        self.logged_in
    }

    pub(super) fn balance_cents(&self) -> u64 {
        self.balance_cents
    }

    /// Whether the names match; `None` before they are compared.
    pub(super) fn name_matches(&self) -> Option<bool> {
        self.name_matches
    }

    /// What came of the evaluation of the guarantee; `None` before it.
    pub(super) fn guarantee(&self) -> Option<Guarantee> {
        self.guarantee
    }

    /// How far it has come.
    pub(super) fn place(&self) -> Place {
        Place {
            screen: self.screen,
            end: self.end,
            left: self.left,
            awaits_integrator: self.awaits_integrator(),
            events: self.events.all().len(),
        }
    }

    /// What the page has posted so far.
    pub(super) fn events(&self) -> &[BrowserEvent] {
        self.events.all()
    }
}

impl Failure {
    fn code(self) -> StatusDetails {
        match self {
            Self::Login => StatusDetails::Eft0401,
            Self::Guarantee => StatusDetails::Eft0402,
            Self::Name => StatusDetails::Eft0403,
            Self::Balance => StatusDetails::Eft0404,
        }
    }
}

/// A scenario in a state file: by the reference id that selects it.
mod by_reference {
    use std::borrow::Cow;

    use serde::de::{Error, Unexpected};
    use serde::{Deserialize, Deserializer, Serializer};

    use super::Scenario;

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
    pub(super) fn serialize<S: Serializer>(it: &Scenario, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(it.reference_id())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Scenario, D::Error> {
        let name = Cow::<str>::deserialize(from)?;
        let mut all = Scenario::ALL.iter().copied();
        all.find(|scenario| scenario.reference_id() == name)
            .ok_or_else(|| Error::invalid_value(Unexpected::Str("another text"), &"a scenario"))
    }
}
