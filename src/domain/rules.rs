//! The table of every rule: the statics that the types check by, in the order of a request.

use super::account::{ACCOUNT_LABEL, ACCOUNT_NUMBER, INSTITUTION_CODE, TRANSIT_NUMBER};
use super::address::{ADDRESS_LINE_1, ADDRESS_LINE_2, CITY, COUNTRY, PROVINCE, UNIT};
use super::amount::{AMOUNT, AMOUNT_OVER_99999_99};
use super::birth_date::{BIRTH_DATE, BIRTH_DATE_CENTURY, BIRTH_DATE_EXISTS};
pub(crate) use super::constants::{GUARANTEE_DISABLED, GUARANTEE_ENABLED};
pub(crate) use super::cross_field::{
    ADDRESS_COMPLETE, AMOUNT_WITHIN_LIMITS, CREDENTIALS_PAIRED, EMAIL_REQUIRED_REGULAR,
    LIMITS_ORDERED, PAYEE_ONLY_GUARANTEED, REDIRECT_URLS, STATUS_AND_CODE_AGREE,
};
use super::email::{EMAIL, EMAIL_OVER_100, EMAIL_PART_LENGTHS};
pub(crate) use super::json_shape::{MISSING_MEMBER, UNKNOWN_MEMBER, WRONG_TYPE};
use super::name::{FIRST_NAME, LAST_NAME, MIDDLE_NAME, NAME_OVER_100, OCCUPATION};
use super::payment::{CURRENCY, DIRECTION, LANGUAGE, PAYMENT_TYPE, REDIRECT_MODE};
use super::postal_code::{POSTAL_CODE, POSTAL_CODE_SHAPE};
pub(crate) use super::protocol::{
    AMOUNT_WITHIN_CLIENT_LIMITS, CANCEL_OPEN_ONLY, CREDENTIALS_IN_ONE_PLACE,
    GUARANTEE_PENDING_ONLY, PAYEE_OR_SETTLEMENT, TOKEN_PER_CREATE,
};
use super::redirect_url::{REDIRECT_URL, REDIRECT_URL_SCHEME};
use super::reference::{REFERENCE_ID_GUARANTEED, REFERENCE_ID_OVER_36, REFERENCE_ID_REGULAR};
use super::rule::Rule;
use super::secret::{ACCESS_TOKEN, API_KEY, CLIENT_ID, CLIENT_SECRET};
use super::session_id::SESSION_ID;

/// Every rule of the domain.
pub static RULES: &[&Rule] = &[
    // The request itself.
    &PAYMENT_TYPE,
    &DIRECTION,
    &CURRENCY,
    &AMOUNT,
    &AMOUNT_OVER_99999_99,
    &AMOUNT_WITHIN_LIMITS,
    &REFERENCE_ID_GUARANTEED,
    &REFERENCE_ID_OVER_36,
    &REFERENCE_ID_REGULAR,
    // Its options.
    &GUARANTEE_ENABLED,
    &GUARANTEE_DISABLED,
    &LANGUAGE,
    &LIMITS_ORDERED,
    &REDIRECT_MODE,
    &REDIRECT_URL,
    &REDIRECT_URL_SCHEME,
    &REDIRECT_URLS,
    // The payor.
    &FIRST_NAME,
    &LAST_NAME,
    &MIDDLE_NAME,
    &NAME_OVER_100,
    &EMAIL,
    &EMAIL_PART_LENGTHS,
    &EMAIL_OVER_100,
    &EMAIL_REQUIRED_REGULAR,
    &OCCUPATION,
    &BIRTH_DATE,
    &BIRTH_DATE_EXISTS,
    &BIRTH_DATE_CENTURY,
    &ADDRESS_LINE_1,
    &ADDRESS_LINE_2,
    &UNIT,
    &CITY,
    &PROVINCE,
    &COUNTRY,
    &POSTAL_CODE,
    &POSTAL_CODE_SHAPE,
    &ADDRESS_COMPLETE,
    // The payee.
    &INSTITUTION_CODE,
    &TRANSIT_NUMBER,
    &ACCOUNT_NUMBER,
    &ACCOUNT_LABEL,
    &PAYEE_ONLY_GUARANTEED,
    // The JSON as such.
    &UNKNOWN_MEMBER,
    &WRONG_TYPE,
    &MISSING_MEMBER,
    // Calls and credentials.
    &SESSION_ID,
    &CLIENT_ID,
    &CLIENT_SECRET,
    &ACCESS_TOKEN,
    &API_KEY,
    &CREDENTIALS_PAIRED,
    &CREDENTIALS_IN_ONE_PLACE,
    &TOKEN_PER_CREATE,
    &CANCEL_OPEN_ONLY,
    &GUARANTEE_PENDING_ONLY,
    &PAYEE_OR_SETTLEMENT,
    &AMOUNT_WITHIN_CLIENT_LIMITS,
    // Answers.
    &STATUS_AND_CODE_AGREE,
];

/// Returns the rule with that id.
#[must_use]
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.id == id)
}
