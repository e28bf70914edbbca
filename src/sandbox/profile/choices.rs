//! What can be chosen where the vendor's pages disagree. Each answer names the page that it is read from.

/// An enum whose values have names, for text.
macro_rules! choice {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $value:ident = $text:literal,)+ }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$doc])* $value,)+
        }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$value,)+];

            pub(super) const NAMES: &'static [&'static str] = &[$($text,)+];

            /// Returns the name of the value.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$value => $text,)+
                }
            }

            pub(super) fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().find(|value| value.as_str() == name).copied()
            }
        }
    };
}

choice! {
    /// How long a token lives: `token-lifetime` in the register of deviations.
    TokenLifetime {
        /// 299 seconds (AUTH).
        Seconds299 = "299",
        /// 599 seconds (GIDX, EIDX, S4).
        Seconds599 = "599",
    }
}

choice! {
    /// How many sessions a token creates: `token-reuse` in the register of deviations.
    TokenUse {
        /// One; a create that is refused does not spend it (AUTH).
        Single = "single",
        /// Any number until it expires (GIDX, EIDX).
        Reusable = "reusable",
    }
}

choice! {
    /// Which credentials are taken: `credentials-transport` and `credential-schemes` in the register of deviations.
    CredentialsTaken {
        /// Client id and secret either way, and an API key of a client that has one.
        All = "all",
        /// Client id and secret by HTTP Basic only (GIDX, EIDX).
        Basic = "basic",
        /// Client id and secret as form fields only (AUTH).
        Form = "form",
        /// An API key beside the client id only; there are no tokens (S2).
        ApiKey = "api-key",
    }
}

choice! {
    /// Who may read a status: `status-credential` in the register of deviations.
    StatusAccess {
        /// Whoever has the session id; a credential that is given must be right all the same (S2, GSTA).
        Anybody = "anybody",
        /// The client that created the session; for others there is none (S0).
        Credential = "credential",
    }
}

choice! {
    /// How the cancelled status is spelled: `cancelled-spelling` in the register of deviations.
    CancelledSpelling {
        /// With one L (S0, S3).
        Canceled = "Canceled",
        /// With two (ECAN, TCAN).
        Cancelled = "Cancelled",
    }
}

choice! {
    /// How the number of the payor's account is shown: `reported-account-number` in the register of deviations.
    AccountNumberShown {
        /// Its last four digits, and in full once the session is complete: each of both that S1 shows, in its place.
        MaskedUntilComplete = "masked-until-complete",
        /// Its last four digits, always (the text of S1).
        Masked = "masked",
        /// In full, always (the sample of S1).
        Full = "full",
    }
}

choice! {
    /// What stands for the payor's account before the login: `account-before-login` in the register of deviations.
    AccountBeforeLogin {
        /// Null (the sample of S1).
        Null = "null",
        /// Nothing: the member is left out.
        Absent = "absent",
        /// An object without members (the text of S1).
        Empty = "empty",
    }
}

choice! {
    /// What a create is answered with: `create-status` in the register of deviations.
    CreateStatus {
        /// 201 (S4).
        Created = "201",
        /// 200, as the pages of Guaranteed EFT give no number.
        Ok = "200",
    }
}

choice! {
    /// Whether a cancel is answered with the code, too: `cancel-status-details` in the register of deviations.
    CancelDetails {
        /// EFT0501 (S3).
        Given = "given",
        /// Left out (TCAN).
        Absent = "absent",
    }
}

choice! {
    /// What a refusal looks like: `error-shape` in the register of deviations.
    ///
    /// Where the contract has one shape only, the other is outside of the contract, and the answer says so in the header
    /// `x-sandbox-departure`.
    ErrorShape {
        /// As the page of the operation has it; where no page has it, one of the two.
        Pages = "pages",
        /// Problem details, RFC 7807 (S4).
        Problem = "problem",
        /// `error` and `error_description` (S0, S1).
        Error = "error",
    }
}

choice! {
    /// When a webhook tells that a session is completed: `status-details-eft0302` in the register of deviations.
    CompletedWebhook {
        /// When the account is verified (EFT0302), and again when the agreement is signed (EFT0301): both are the status
        /// `Completed`, and both are a success for S0.
        Both = "both",
        /// When the agreement is signed, which alone is a success for S2.
        Scheduled = "scheduled",
    }
}
