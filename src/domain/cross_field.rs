//! Rules on several members of a body. The request builders of `session` check those of a create.

use super::limit::Limit;
use super::rule::{Rule, Severity};

const REQUESTS: &str = "session::GuaranteedEft, session::RegularEft";

pub(crate) static LIMITS_ORDERED: Rule = Rule {
    id: "limits-ordered",
    fields: &[
        "options.limits.minimumAmount",
        "options.limits.maximumAmount",
    ],
    limit: Limit::CrossField("a minimum amount that is not over the maximum amount"),
    severity: Severity::Refuse,
    source: "contract",
    contract: "#/components/schemas/SessionLimits",
    enforcer: "session::Limits",
};

pub(crate) static AMOUNT_WITHIN_LIMITS: Rule = Rule {
    id: "amount-within-limits",
    fields: &[
        "amount",
        "options.limits.minimumAmount",
        "options.limits.maximumAmount",
    ],
    limit: Limit::CrossField("an amount inside the limits of the same request"),
    severity: Severity::Refuse,
    source: "contract",
    contract: "#/components/schemas/CreateSessionRequest",
    enforcer: REQUESTS,
};

pub(crate) static REDIRECT_URLS: Rule = Rule {
    id: "redirect-urls",
    fields: &[
        "options.redirectPreferences.mode",
        "options.redirectPreferences.urlSuccess",
        "options.redirectPreferences.urlExit",
    ],
    limit: Limit::CrossField("both URLs with the mode RedirectUri"),
    severity: Severity::Refuse,
    source: "contract",
    contract: "#/components/schemas/RedirectPreferences",
    enforcer: "session::Redirect",
};

pub(crate) static PAYEE_ONLY_GUARANTEED: Rule = Rule {
    id: "payee-only-guaranteed",
    fields: &["payee", "options.guarantee.enable"],
    limit: Limit::CrossField(
        "no payee without a guarantee: the funds go to the configured settlement account",
    ),
    severity: Severity::Refuse,
    source: "S4",
    contract: "#/components/schemas/RegularSessionRequest",
    enforcer: "session::RegularEft",
};

pub(crate) static ADDRESS_COMPLETE: Rule = Rule {
    id: "address-complete",
    fields: &[
        "payor.address.addressLine1",
        "payor.address.city",
        "payor.address.province",
        "payor.address.country",
        "payor.address.postalCode",
    ],
    limit: Limit::CrossField("an address with first line, city, province, country and postal code"),
    severity: Severity::Refuse,
    source: "S4",
    contract: "#/components/schemas/Address/required",
    enforcer: "session::Address",
};

pub(crate) static EMAIL_REQUIRED_REGULAR: Rule = Rule {
    id: "email-required-regular",
    fields: &["payor.email", "options.guarantee.enable"],
    limit: Limit::CrossField("an email address where there is no guarantee"),
    severity: Severity::Refuse,
    source: "S4",
    contract: "#/components/schemas/RegularPayor/required",
    enforcer: "session::RegularEft",
};

pub(crate) static CREDENTIALS_PAIRED: Rule = Rule {
    id: "credentials-paired",
    fields: &["Username", "Password"],
    limit: Limit::CrossField("Username and Password together, or neither"),
    severity: Severity::Refuse,
    source: "contract",
    contract: "#/components/schemas/AuthorizeRequest",
    enforcer: "client::Credentials",
};

// An answer is never refused for it: an odd pair is there to be noticed, not to cost the caller the answer.
pub(crate) static STATUS_AND_CODE_AGREE: Rule = Rule {
    id: "status-and-code-agree",
    fields: &["status", "statusDetails"],
    limit: Limit::CrossField("a details code beside the status that it belongs to"),
    severity: Severity::Warn,
    source: "S0",
    contract: "#/components/schemas/SessionStatusReport",
    enforcer: "session::StatusDetails::belongs_to",
};
