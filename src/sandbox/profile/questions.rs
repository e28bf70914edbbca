//! The questions that a profile answers, as data: for text, for a listing, and for tests that try every answer.

use super::Profile;
use super::choices::{
    AccountBeforeLogin, AccountNumberShown, CancelDetails, CancelledSpelling, CompletedWebhook,
    CreateStatus, CredentialsTaken, ErrorShape, StatusAccess, TokenLifetime, TokenUse,
};

/// A question on which the vendor's pages disagree.
#[derive(Debug)]
#[non_exhaustive]
pub struct Question {
    /// Its name, as in `token-use`.
    pub name: &'static str,
    /// The names of its values.
    pub values: &'static [&'static str],
    /// The entries of `openapi/deviations.toml` that quote the pages.
    pub deviations: &'static [&'static str],
    get: fn(&Profile) -> &'static str,
    set: fn(&mut Profile, &str) -> bool,
}

impl Question {
    /// Returns the name of the value that a profile has.
    #[must_use]
    pub fn value(&self, profile: &Profile) -> &'static str {
        (self.get)(profile)
    }

    /// Gives a profile the value of this name; `false` for a name that is none of the question's.
    pub(super) fn answer(&self, profile: &mut Profile, value: &str) -> bool {
        (self.set)(profile, value)
    }
}

macro_rules! question {
    ($name:literal, $kind:ident, $($field:ident).+, $($deviation:literal),+) => {
        Question {
            name: $name,
            values: $kind::NAMES,
            deviations: &[$($deviation),+],
            get: |profile| profile.$($field).+.as_str(),
            set: |profile, name| {
                let value = $kind::named(name);
                if let Some(value) = value {
                    profile.$($field).+ = value;
                }
                value.is_some()
            },
        }
    };
}

impl Profile {
    /// Every question.
    pub const QUESTIONS: &'static [Question] = &[
        question!(
            "token-lifetime",
            TokenLifetime,
            token_lifetime,
            "token-lifetime"
        ),
        question!("token-use", TokenUse, token_use, "token-reuse"),
        question!(
            "credentials",
            CredentialsTaken,
            credentials,
            "credentials-transport",
            "credential-schemes"
        ),
        question!(
            "status-access",
            StatusAccess,
            status_access,
            "status-credential"
        ),
        question!(
            "cancelled-spelling",
            CancelledSpelling,
            cancelled_spelling,
            "cancelled-spelling"
        ),
        question!(
            "account-number",
            AccountNumberShown,
            account_number,
            "reported-account-number"
        ),
        question!(
            "account-before-login",
            AccountBeforeLogin,
            account_before_login,
            "account-before-login"
        ),
        question!(
            "create-status",
            CreateStatus,
            create_status,
            "create-status"
        ),
        question!(
            "cancel-details",
            CancelDetails,
            cancel_details,
            "cancel-status-details"
        ),
        question!(
            "authorize-errors",
            ErrorShape,
            errors.authorize,
            "error-shape"
        ),
        question!("create-errors", ErrorShape, errors.create, "error-shape"),
        question!("status-errors", ErrorShape, errors.status, "error-shape"),
        question!("details-errors", ErrorShape, errors.details, "error-shape"),
        question!("cancel-errors", ErrorShape, errors.cancel, "error-shape"),
        question!("confirm-errors", ErrorShape, errors.confirm, "error-shape"),
        question!(
            "completed-webhook",
            CompletedWebhook,
            completed_webhook,
            "status-details-eft0302"
        ),
    ];
}
