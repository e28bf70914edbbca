//! Money that is asked for: exact, in whole cents.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use serde_json::{Number, Value};

use super::found::{Found, Invalid, JsonKind};
use super::limit::Limit;
use super::number::{self, Decimal};
use super::rule::{Rule, Severity};
use super::text::wrong_kind;
use super::value::{DomainValue, sealed};

pub(super) static AMOUNT: Rule = Rule {
    id: "amount",
    fields: &[
        "amount",
        "options.limits.minimumAmount",
        "options.limits.maximumAmount",
    ],
    limit: Limit::Cents {
        min: Amount::MIN.cents(),
        max: Amount::MAX.cents(),
    },
    severity: Severity::Refuse,
    source: "S4, GINI-old, S2",
    contract: "#/components/schemas/Amount",
    enforcer: "domain::Amount",
};

pub(super) static AMOUNT_OVER_99999_99: Rule = Rule {
    id: "amount-over-99999.99",
    fields: AMOUNT.fields,
    limit: Limit::Cents {
        min: Amount::MIN.cents(),
        max: 9_999_999,
    },
    severity: Severity::Warn,
    source: "GINI-old",
    contract: "#/components/schemas/Amount",
    enforcer: "domain::Amount",
};

/// An amount of Canadian dollars in whole cents, from 0.01 to 100,000.00.
///
/// In JSON it is a number with at most two decimals. A double only carries it: it is written as the one that the decimal text
/// names, and read by the shortest decimal that names the double, so `0.07` is 7 cents and `0.1 + 0.2` is refused.
///
/// ```
/// use flinks_pay::domain::Amount;
///
/// let amount: Amount = "500.5".parse()?;
/// assert_eq!(amount.cents(), 50_050);
/// assert_eq!(amount.to_string(), "500.50");
/// # Ok::<(), flinks_pay::domain::Invalid>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(NonZeroU32);

impl Amount {
    /// One cent.
    pub const MIN: Self = Self(NonZeroU32::MIN);

    /// 100,000 dollars.
    pub const MAX: Self = Self(NonZeroU32::MIN.saturating_add(9_999_999));

    /// Takes a number of cents.
    ///
    /// # Errors
    ///
    /// Zero, or over [`MAX`](Self::MAX).
    pub fn from_cents(cents: u64) -> Result<Self, Invalid> {
        in_range(cents, Self::MIN.cents(), Self::MAX.cents())
            .and_then(|()| Self::in_range(cents))
            .map_err(|found| AMOUNT.refuse(found))
    }

    /// Returns the number of cents.
    #[must_use]
    pub const fn cents(self) -> u64 {
        self.0.get() as u64
    }

    /// Returns the warnings that apply to this value.
    pub fn warnings(&self) -> impl Iterator<Item = &'static Rule> {
        DomainValue::warnings(self)
    }

    fn from_decimal(decimal: Result<Decimal, Found>) -> Result<Self, Invalid> {
        decimal
            .and_then(|decimal| in_limits(&decimal, Self::MIN.cents(), Self::MAX.cents()))
            .and_then(Self::in_range)
            .map_err(|found| AMOUNT.refuse(found))
    }

    /// Takes cents that are in range, and so are not zero and fit.
    fn in_range(cents: u64) -> Result<Self, Found> {
        let cents = u32::try_from(cents).map_err(|_| TOO_MUCH)?;
        NonZeroU32::new(cents).map(Self).ok_or(TOO_LITTLE)
    }
}

/// Checks a decimal text.
pub(super) fn check(text: &str, min: u64, max: u64) -> Result<(), Found> {
    in_limits(&number::parse(text)?, min, max).map(|_| ())
}

fn in_limits(decimal: &Decimal, min: u64, max: u64) -> Result<u64, Found> {
    if decimal.negative {
        return Err(TOO_LITTLE);
    }
    if decimal.decimals > 2 {
        return Err(Found::Decimals(decimal.decimals));
    }
    let cents = decimal.cents.ok_or(TOO_MUCH)?;
    in_range(cents, min, max).map(|()| cents)
}

fn in_range(cents: u64, min: u64, max: u64) -> Result<(), Found> {
    if cents < min {
        Err(TOO_LITTLE)
    } else if cents > max {
        Err(TOO_MUCH)
    } else {
        Ok(())
    }
}

const TOO_LITTLE: Found = Found::Shape("an amount below the minimum");
const TOO_MUCH: Found = Found::Shape("an amount over the maximum");

/// Cents, written as dollars with two decimals.
pub(super) struct Dollars(pub(super) u64);

impl fmt::Display for Dollars {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

/// Cents as a JSON number of dollars.
pub(super) fn dollars(cents: u64) -> Value {
    match odd(cents) {
        None => Value::from(cents / 100),
        Some(dollars) => Value::from(dollars),
    }
}

/// Dollars that are no whole number of them, as the double that the decimal text names.
fn odd(cents: u64) -> Option<f64> {
    if cents.is_multiple_of(100) {
        return None;
    }
    Some(match u32::try_from(cents) {
        // Both numbers are exact, and a quotient is rounded once: to the double that is nearest to the decimal, which is the one
        // that its text names.
        Ok(cents) => f64::from(cents) / 100.0,
        // It is a decimal number, whatever the cents are; if it were not, this would be written as `null`.
        Err(_) => Dollars(cents).to_string().parse().unwrap_or(f64::NAN),
    })
}

/// Dollars with two decimals, such as `500.00`.
impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Dollars(self.cents()).fmt(f)
    }
}

/// Reads dollars as plain decimal text: `500`, `500.5` or `500.00`; no sign, no exponent, no thousands separator.
impl FromStr for Amount {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::from_decimal(number::parse(text))
    }
}

impl TryFrom<&str> for Amount {
    type Error = Invalid;

    fn try_from(text: &str) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl TryFrom<String> for Amount {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl sealed::Sealed for Amount {}

impl DomainValue for Amount {
    const RULES: &'static [&'static Rule] = &[&AMOUNT];
    const WARNINGS: &'static [&'static Rule] = &[&AMOUNT_OVER_99999_99];

    fn warns(&self, warning: &'static Rule) -> bool {
        match warning.limit {
            Limit::Cents { min, max } => in_range(self.cents(), min, max).is_err(),
            _ => false,
        }
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match odd(self.cents()) {
            None => serializer.serialize_u64(self.cents() / 100),
            Some(dollars) => serializer.serialize_f64(dollars),
        }
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AmountVisitor)
    }
}

struct AmountVisitor;

impl AmountVisitor {
    /// Whole dollars.
    fn dollars<E: de::Error>(dollars: Option<u64>) -> Result<Amount, E> {
        dollars
            .and_then(|dollars| dollars.checked_mul(100))
            .ok_or_else(|| AMOUNT.refuse(TOO_MUCH))
            .and_then(Amount::from_cents)
            .map_err(E::custom)
    }
}

impl<'de> Visitor<'de> for AmountVisitor {
    type Value = Amount;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    fn visit_u64<E: de::Error>(self, dollars: u64) -> Result<Amount, E> {
        Self::dollars(Some(dollars))
    }

    fn visit_i64<E: de::Error>(self, dollars: i64) -> Result<Amount, E> {
        self.visit_i128(i128::from(dollars))
    }

    fn visit_u128<E: de::Error>(self, dollars: u128) -> Result<Amount, E> {
        Self::dollars(u64::try_from(dollars).ok())
    }

    fn visit_i128<E: de::Error>(self, dollars: i128) -> Result<Amount, E> {
        if dollars.is_negative() {
            return Err(E::custom(AMOUNT.refuse(TOO_LITTLE)));
        }
        Self::dollars(u64::try_from(dollars).ok())
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Amount, E> {
        Amount::from_decimal(number::parse_f64(number)).map_err(E::custom)
    }

    // Where a dependent turns on `serde_json/arbitrary_precision`, numbers come as a map that only `Number` can read.
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Amount, A::Error> {
        match Number::deserialize(MapAccessDeserializer::new(map)) {
            Ok(number) => match (number.as_u64(), number.as_f64()) {
                (Some(dollars), _) => self.visit_u64(dollars),
                (None, Some(number)) => self.visit_f64(number),
                (None, None) => Err(de::Error::custom(AMOUNT.refuse(TOO_MUCH))),
            },
            Err(_) => Err(wrong_kind(JsonKind::Object, JsonKind::Number)),
        }
    }

    wrong_kinds!(JsonKind::Number: bool string unit seq);
}

json_schema!(Amount);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn odd_cents_are_the_double_of_their_decimal_text(
            cents in prop_oneof![
                0..100_u64,
                Amount::MIN.cents()..=Amount::MAX.cents(),
                (u64::from(u32::MAX) - 100)..(u64::from(u32::MAX) + 100),
                any::<u64>(),
            ],
        ) {
            let expected = Dollars(cents).to_string().parse::<f64>();
            match odd(cents) {
                None => prop_assert!(cents.is_multiple_of(100)),
                Some(found) => prop_assert_eq!(Ok(found.to_bits()), expected.map(f64::to_bits)),
            }
        }
    }
}
