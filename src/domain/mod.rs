//! Validated values of the Flinks Pay V2 API, and the rules behind them.
//!
//! Every constrained scalar of the contract has one type here, with a private field and one way in: a value that exists is
//! valid. A type checks by calling its static [`Rule`], and [`RULES`] lists those same statics, so what is printed is what is
//! enforced. Nothing here does I/O, and no value that identifies a person prints: not in `Debug`, and not in an error, which
//! says the shape of what was found and never the value.
//!
//! Entry points: [`Amount`], [`Email`], [`AccountNumber`] and their like; [`RULES`] and [`rule`] for the table; [`Invalid`] for
//! what a refused value gives.

#[macro_use]
mod text;
#[macro_use]
mod code;

mod account;
mod address;
mod amount;
mod ascii_set;
mod birth_date;
mod constants;
mod cross_field;
mod email;
mod found;
mod json_shape;
mod limit;
mod name;
mod number;
mod payment;
mod postal_code;
mod private;
mod protocol;
mod redirect_url;
mod reference;
mod reported_amount;
mod rule;
pub(crate) mod rules;
mod secret;
mod session_id;
mod value;

pub use account::{AccountLabel, AccountNumber, InstitutionCode, TransitNumber};
pub use address::{AddressLine1, AddressLine2, City, Country, Province, Unit};
pub use amount::Amount;
pub use birth_date::BirthDate;
pub use constants::{GuaranteeDisabled, GuaranteeEnabled};
pub use email::Email;
pub use found::{Found, Invalid, JsonKind};
pub use limit::{Charset, Limit};
pub use name::{FirstName, LastName, MiddleName, Occupation};
pub use payment::{Currency, Direction, Language, PaymentType, RedirectMode};
pub use postal_code::PostalCode;
pub use private::{Private, ReportedReference};
pub use redirect_url::RedirectUrl;
pub use reference::{GuaranteedReferenceId, RegularReferenceId};
pub use reported_amount::ReportedAmount;
pub use rule::{Rule, Severity};
pub use rules::{RULES, rule};
pub use secret::{AccessToken, ApiKey, ClientId, ClientSecret};
pub use session_id::SessionId;
pub(crate) use text::Shortened;
pub use value::DomainValue;
