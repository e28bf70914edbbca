//! The events that the page posts to the page that embeds it.

use std::fmt;

use serde::de::{Deserializer as _, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use crate::session::open::open_code;

/// The longest payload that [`HostedEvent::parse`] reads, in bytes. A documented one has fewer than 100.
pub const MAX_PAYLOAD_BYTES: usize = 16_384;

/// The longest name of a step that [`HostedEvent::parse`] takes, in bytes. The longest documented one has 40.
pub const MAX_STEP_BYTES: usize = 128;

open_code! {
    /// An event of the hosted page, named by the member `Step` of a message, in the order of the flow (GEVT; S0 and S2 name
    /// some).
    ///
    /// An event is a hint from a browser, which is the payor's. It may be forged, lost or early; the server's status is the
    /// truth.
    ///
    /// The list is that of Guaranteed EFT. Regular EFT has no page on events: expect the same without those of the guarantee,
    /// and be ready for others. The copy of the list that was read may lack its end. The older Interac product (LEVT) has
    /// events of its own, which are not here; three of its names, `APP_MOUNTED`, `INSTITUTION_SELECTED` and `SUCCESS`, are the
    /// same, so keep the two flows apart by their frames.
    HostedEvent {
        /// The page is loaded.
        AppMounted = "APP_MOUNTED",
        /// The page shows no consent screen: the integrator has one of their own.
        ConsentDisabled = "CONSENT_DISABLED",
        /// The payor chose a bank.
        InstitutionSelected = "INSTITUTION_SELECTED",
        /// The payor sent the bank's login.
        SubmitCredential = "SUBMIT_CREDENTIAL",
        /// The payor answered the bank's further questions.
        SubmitMfa = "SUBMIT_MFA",
        /// The payor chose an account.
        AccountSelected = "ACCOUNT_SELECTED",
        /// The payor entered or confirmed the amount.
        ComponentDepositContinue = "COMPONENT_DEPOSIT_CONTINUE",
        /// Flinks offers a guarantee.
        GuaranteeOffered = "GUARANTEE_OFFERED",
        /// The debit agreement is downloaded or signed.
        ComponentPadDownloaded = "COMPONENT_PAD_DOWNLOADED",
        /// Ends the flow: the payor has finished. Whether the debit is scheduled is for the status to say.
        Success = "SUCCESS",
        /// Ends the flow: there is no guarantee.
        GuaranteeFailed = "GUARANTEE_FAILED",
        /// Ends the flow: the payor refused the debit agreement and left.
        ComponentPadWarningScreenExit = "COMPONENT_PAD_WARNING_SCREEN_EXIT",
        /// Ends the flow: there is no guarantee, and the payor wants another way to pay.
        ComponentOtherFundingOptionsSelected = "COMPONENT_OTHER_FUNDING_OPTIONS_SELECTED",
        /// Ends the flow: the payor declined the lower amount that was offered, and left. That it ends the flow is read from
        /// its place in the list; the line itself is cut off in the copy that was read.
        ComponentNboReturnToClientSelected = "COMPONENT_NBO_RETURN_TO_CLIENT_SELECTED",
    }
}

/// What an embedding page does after an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NextStep {
    /// Nothing: the payor is on the way.
    KeepOpen,
    /// Close the frame and ask for the status, which says whether the debit is scheduled.
    CloseAndAsk,
    /// Close the frame and ask for the status; unless it says otherwise, offer another way to pay. Cancel the session first, or
    /// the payor may pay twice.
    CloseAndOfferAnother,
    /// Keep the frame open and ask for the status: only that can say whether the flow is over.
    Ask,
}

impl HostedEvent {
    /// Returns whether the flow ends with this event, or `None` for one that this version does not know.
    #[must_use]
    pub fn ends_flow(&self) -> Option<bool> {
        match self.next_step() {
            NextStep::KeepOpen => Some(false),
            NextStep::CloseAndAsk | NextStep::CloseAndOfferAnother => Some(true),
            NextStep::Ask => None,
        }
    }

    /// Returns what an embedding page does next.
    #[must_use]
    pub fn next_step(&self) -> NextStep {
        match self {
            Self::AppMounted
            | Self::ConsentDisabled
            | Self::InstitutionSelected
            | Self::SubmitCredential
            | Self::SubmitMfa
            | Self::AccountSelected
            | Self::ComponentDepositContinue
            | Self::GuaranteeOffered
            | Self::ComponentPadDownloaded => NextStep::KeepOpen,
            Self::Success => NextStep::CloseAndAsk,
            Self::GuaranteeFailed
            | Self::ComponentPadWarningScreenExit
            | Self::ComponentOtherFundingOptionsSelected
            | Self::ComponentNboReturnToClientSelected => NextStep::CloseAndOfferAnother,
            Self::Unknown(_) => NextStep::Ask,
        }
    }

    /// Reads the payload of a message, as JSON text: an object with a member `Step`. Other members are ignored, since none is
    /// documented; a step that this version does not know is kept.
    ///
    /// It is for a backend or an app that is handed the payload by a page. Such a text comes from a browser: log the event, do
    /// not act on it alone.
    ///
    /// # Errors
    ///
    /// The text is longer than [`MAX_PAYLOAD_BYTES`], is no JSON object, or its `Step` is missing, no text, empty, or longer
    /// than [`MAX_STEP_BYTES`].
    ///
    /// # Examples
    ///
    /// ```
    /// use flinks_pay::HostedEvent;
    ///
    /// let event = HostedEvent::parse(r#"{"Step":"GUARANTEE_FAILED"}"#)?;
    /// assert_eq!(event.ends_flow(), Some(true));
    ///
    /// let newer = HostedEvent::parse(r#"{"Step":"CONFETTI_SHOWN"}"#)?;
    /// assert_eq!(newer.as_str(), "CONFETTI_SHOWN");
    /// assert_eq!(newer.ends_flow(), None);
    /// # Ok::<(), flinks_pay::hosted::HostedEventError>(())
    /// ```
    pub fn parse(payload: &str) -> Result<Self, HostedEventError> {
        if payload.len() > MAX_PAYLOAD_BYTES {
            return Err(HostedEventError::TooLong);
        }
        let mut reader = serde_json::Deserializer::from_str(payload);
        let step = reader
            .deserialize_any(StepMember)
            .and_then(|step| reader.end().map(|()| step))
            .map_err(|error| {
                // serde's own account of a wrong type repeats the value.
                if error.is_data() {
                    HostedEventError::NotAnObject
                } else {
                    HostedEventError::NotJson(error)
                }
            })?;
        match step {
            None => Err(HostedEventError::NoStep),
            Some(Value::String(step)) if (1..=MAX_STEP_BYTES).contains(&step.len()) => {
                Ok(Self::from(step))
            }
            Some(Value::String(_)) => Err(HostedEventError::StepLength),
            Some(_) => Err(HostedEventError::StepNotText),
        }
    }
}

/// Finds the member `Step`. Where it comes twice the last one counts, as in a browser.
struct StepMember;

impl<'de> Visitor<'de> for StepMember {
    type Value = Option<Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut step = None;
        while let Some(name) = members.next_key::<String>()? {
            if name == "Step" {
                step = Some(members.next_value()?);
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(step)
    }
}

/// Why a payload is no event. The payload is not repeated.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HostedEventError {
    /// Longer than [`MAX_PAYLOAD_BYTES`].
    #[error("the payload has more than {MAX_PAYLOAD_BYTES} bytes")]
    TooLong,
    /// Not JSON; the source has the place.
    #[error("the payload is not JSON")]
    NotJson(#[source] serde_json::Error),
    /// JSON, and not an object.
    #[error("the payload is no JSON object")]
    NotAnObject,
    /// No member `Step`.
    #[error("the payload has no member Step")]
    NoStep,
    /// `Step` is something else than a text.
    #[error("the member Step is no text")]
    StepNotText,
    /// `Step` is empty, or longer than [`MAX_STEP_BYTES`].
    #[error("the member Step must have 1 to {MAX_STEP_BYTES} bytes")]
    StepLength,
}
