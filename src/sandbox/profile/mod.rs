//! How the sandbox answers where the vendor's pages disagree.

pub(super) mod choices;
pub(super) mod questions;
pub(super) mod text;

use std::time::Duration;

use axum::http::StatusCode;

use self::choices::{
    AccountBeforeLogin, AccountNumberShown, CancelDetails, CancelledSpelling, CompletedWebhook,
    CreateStatus, CredentialsTaken, ErrorShape, StatusAccess, TokenLifetime, TokenUse,
};
use crate::session::{Operation, SessionStatus};

/// A value for each question on which the vendor's pages disagree. [`QUESTIONS`](Self::QUESTIONS) has them all, each with the
/// entry of `openapi/deviations.toml` that quotes the pages.
///
/// There are four by name, and each value can be changed, in code or in text:
///
/// ```
/// use flinks_pay::sandbox::{Profile, TokenUse};
///
/// let mut profile = Profile::GEFT;
/// profile.token_use = TokenUse::Single;
/// assert_eq!("geft,token-use=single".parse(), Ok(profile));
/// assert_eq!(profile.to_string(), "geft,token-use=single");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Profile {
    /// How long a token lives.
    pub token_lifetime: TokenLifetime,
    /// How many sessions a token creates.
    pub token_use: TokenUse,
    /// Which credentials are taken.
    pub credentials: CredentialsTaken,
    /// Who may read a status.
    pub status_access: StatusAccess,
    /// How the cancelled status is spelled.
    pub cancelled_spelling: CancelledSpelling,
    /// How the number of the payor's account is shown.
    pub account_number: AccountNumberShown,
    /// What stands for the payor's account before the login.
    pub account_before_login: AccountBeforeLogin,
    /// What a create is answered with.
    pub create_status: CreateStatus,
    /// Whether a cancel is answered with the code, too.
    pub cancel_details: CancelDetails,
    /// What the refusals of each operation look like.
    pub errors: ErrorShapes,
    /// When a webhook tells that a session is completed.
    pub completed_webhook: CompletedWebhook,
}

/// What the refusals of each operation look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ErrorShapes {
    /// `authorize`.
    pub authorize: ErrorShape,
    /// `createSession`.
    pub create: ErrorShape,
    /// `getSessionStatus`.
    pub status: ErrorShape,
    /// `getSessionDetails`.
    pub details: ErrorShape,
    /// `cancelSession`.
    pub cancel: ErrorShape,
    /// `confirmGuarantee`.
    pub confirm: ErrorShape,
}

impl Profile {
    /// The default: strict in what it takes, awkward in what it gives.
    ///
    /// A token creates one session and lives for the shorter time, and a status is read with a credential only: a client that
    /// sends none, as the newer pages have it (GSTA, S2), has to live with a 401 as well (S0). Both sides of a disagreement are
    /// shown where one session can show both, as with the account's number and with the two completions.
    ///
    /// It is open in one thing. Every scheme of credentials is taken, as none is stricter than another: which one holds
    /// depends on what a client has been given.
    pub const STRICT: Self = Self {
        token_lifetime: TokenLifetime::Seconds299,
        token_use: TokenUse::Single,
        credentials: CredentialsTaken::All,
        status_access: StatusAccess::Credential,
        cancelled_spelling: CancelledSpelling::Canceled,
        account_number: AccountNumberShown::MaskedUntilComplete,
        account_before_login: AccountBeforeLogin::Null,
        create_status: CreateStatus::Created,
        cancel_details: CancelDetails::Given,
        errors: ErrorShapes::all(ErrorShape::Pages),
        completed_webhook: CompletedWebhook::Both,
    };

    /// The pages of Guaranteed EFT, read by the letter (GIDX, S1, S2, S3); of the pages on the status, the newer (GSTA).
    pub const GEFT: Self = Self {
        token_lifetime: TokenLifetime::Seconds599,
        token_use: TokenUse::Reusable,
        credentials: CredentialsTaken::Basic,
        status_access: StatusAccess::Anybody,
        account_before_login: AccountBeforeLogin::Empty,
        create_status: CreateStatus::Ok,
        ..Self::STRICT
    };

    /// The pages of regular EFT, read by the letter (EIDX, S4, EDET, ECAN): no operation is open, and where its pages show no
    /// error, it is problem details.
    pub const EFT: Self = Self {
        token_lifetime: TokenLifetime::Seconds599,
        token_use: TokenUse::Reusable,
        credentials: CredentialsTaken::Basic,
        cancelled_spelling: CancelledSpelling::Cancelled,
        account_number: AccountNumberShown::Masked,
        errors: ErrorShapes {
            authorize: ErrorShape::Problem,
            cancel: ErrorShape::Problem,
            confirm: ErrorShape::Problem,
            ..ErrorShapes::all(ErrorShape::Pages)
        },
        ..Self::STRICT
    };

    /// The easiest reading of everything.
    pub const LENIENT: Self = Self {
        token_lifetime: TokenLifetime::Seconds599,
        token_use: TokenUse::Reusable,
        status_access: StatusAccess::Anybody,
        account_number: AccountNumberShown::Full,
        completed_webhook: CompletedWebhook::Scheduled,
        ..Self::STRICT
    };

    /// Every profile that has a name, the default first.
    pub const NAMED: &'static [(&'static str, Self)] = &[
        ("strict", Self::STRICT),
        ("geft", Self::GEFT),
        ("eft", Self::EFT),
        ("lenient", Self::LENIENT),
    ];

    /// How a status is spelled.
    pub(super) fn spell<'s>(&self, status: &'s SessionStatus) -> &'s str {
        match status {
            SessionStatus::Cancelled => self.cancelled_spelling.as_str(),
            other => other.as_str(),
        }
    }

    /// The status of an operation's success.
    pub(super) fn success_of(&self, operation: Operation) -> StatusCode {
        match (operation, self.create_status) {
            (Operation::CreateSession, CreateStatus::Created) => StatusCode::CREATED,
            _ => StatusCode::OK,
        }
    }
}

impl Default for Profile {
    fn default() -> Self {
        Self::STRICT
    }
}

impl TokenLifetime {
    /// Returns the time.
    #[must_use]
    pub const fn duration(self) -> Duration {
        Duration::from_secs(match self {
            Self::Seconds299 => 299,
            Self::Seconds599 => 599,
        })
    }
}

impl ErrorShapes {
    /// The same shape for every operation.
    #[must_use]
    pub const fn all(shape: ErrorShape) -> Self {
        Self {
            authorize: shape,
            create: shape,
            status: shape,
            details: shape,
            cancel: shape,
            confirm: shape,
        }
    }

    /// Returns the shape of an operation's refusals.
    #[must_use]
    pub const fn of(&self, operation: Operation) -> ErrorShape {
        match operation {
            Operation::Authorize => self.authorize,
            Operation::CreateSession => self.create,
            Operation::GetSessionStatus => self.status,
            Operation::GetSessionDetails => self.details,
            Operation::CancelSession => self.cancel,
            Operation::ConfirmGuarantee => self.confirm,
        }
    }
}
