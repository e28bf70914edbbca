//! Payment sessions: what is sent to create one, and what comes back.
//!
//! **Requests are closed.** [`GuaranteedEft`] and [`RegularEft`] are two types, because they are two products: a payee on a
//! regular EFT does not compile. A builder takes texts or validated values and checks nothing until `build()`, which returns
//! every [`Violation`] at once, each with the path of the member, the rule, and what was expected; never the value. What a
//! rule only advises against is in `warnings()`. Reading a request from JSON goes through the same checks.
//!
//! **Replies are open.** A code that this version does not know is kept ([`Open`], `Unknown` variants), and so is a member
//! that it does not know ([`Extra`]): a reply that is odd must not cost the session id in it. What does fail is a value of the
//! wrong JSON type, a missing `sessionId` or `status`, and a `sessionId` that is none. A null member is read as an absent one.
//!
//! Nothing in this module prints a name, an address, an account, a whole reference or a whole session id.
//!
//! Entry points: [`GuaranteedEft::new`], [`RegularEft::new`], [`SessionRequest`]; [`StatusReport`], [`SessionDetails`].

mod address;
mod body;
mod cancelled;
mod confirmed;
mod created;
pub(crate) mod debit;
mod decision;
mod details;
mod draft;
mod extra;
mod guarantee_details;
mod guaranteed;
mod limits;
pub(crate) mod member;
pub(crate) mod open;
mod operation;
mod options_report;
mod outcome;
mod parse;
mod parties_report;
pub(crate) mod payee;
mod payor;
mod product;
mod redirect;
mod regular;
mod request;
mod risk;
#[cfg(feature = "schemars")]
mod schema;
mod session_status;
mod status;
mod status_details;
mod step;
mod violation;

pub use address::{Address, AddressBuilder};
pub use cancelled::CancelledSession;
pub use confirmed::ConfirmedGuarantee;
pub use created::CreatedSession;
pub use decision::GuaranteeDecision;
pub use details::{SessionDetails, StepReport, UserDetails};
pub use draft::Draft;
pub use extra::Extra;
pub(crate) use extra::plain_name;
pub use guarantee_details::GuaranteeDetails;
pub use guaranteed::{GuaranteedEft, GuaranteedEftBuilder};
pub use limits::{Limits, LimitsBuilder};
pub use open::Open;
pub use operation::Operation;
pub use options_report::{
    GuaranteeReport, LimitsReport, NotificationReport, OptionsReport, RedirectReport,
};
pub use outcome::Outcome;
pub use parties_report::{
    AddressReport, PayeeReport, PayorAccount, PayorReport, SettlementAccount,
};
pub use payee::{Payee, PayeeBuilder};
pub use payor::{Payor, PayorBuilder};
pub use redirect::{Redirect, RedirectBuilder};
pub use regular::{RegularEft, RegularEftBuilder};
pub use request::SessionRequest;
pub use risk::{GuaranteedEftType, RiskLevel};
pub use session_status::SessionStatus;
pub use status::StatusReport;
pub use status_details::StatusDetails;
pub use step::Step;
pub use violation::{Violation, Violations, Warning};
