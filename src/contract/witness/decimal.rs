//! Exact decimals, as a schema's bounds and steps are written.

use serde_json::{Number, Value};

/// `units` divided by ten to the power of `scale`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::contract) struct Decimal {
    units: i128,
    scale: u32,
}

/// More digits after the point than a bound or a step is written with.
const MOST_DIGITS: u32 = 15;

impl Decimal {
    pub(in crate::contract) const ONE: Self = Self { units: 1, scale: 0 };
    pub(in crate::contract) const CENT: Self = Self { units: 1, scale: 2 };

    /// The decimal that the number is written as. Nothing for one that is too long or too large to be reckoned with.
    pub(in crate::contract) fn of(number: &Number) -> Option<Self> {
        let text = match number.as_f64() {
            // Without an exponent, which the number's own text may have.
            Some(double) if number.is_f64() => double.to_string(),
            _ => number.to_string(),
        };
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let scale = u32::try_from(fraction.len())
            .ok()
            .filter(|scale| *scale <= MOST_DIGITS)?;
        let units = format!("{whole}{fraction}").parse().ok()?;
        Some(Self { units, scale })
    }

    pub(in crate::contract) fn plus(self, other: Self) -> Option<Self> {
        let scale = self.scale.max(other.scale);
        let units = self.at(scale)?.checked_add(other.at(scale)?)?;
        Some(Self { units, scale })
    }

    pub(in crate::contract) fn minus(self, other: Self) -> Option<Self> {
        self.plus(Self {
            units: other.units.checked_neg()?,
            ..other
        })
    }

    pub(in crate::contract) fn times(self, factor: i128) -> Option<Self> {
        Some(Self {
            units: self.units.checked_mul(factor)?,
            ..self
        })
    }

    /// A tenth of it.
    pub(in crate::contract) fn tenth(self) -> Self {
        Self {
            scale: self.scale + 1,
            ..self
        }
    }

    /// The greatest multiple of `step` that is not over it.
    pub(in crate::contract) fn floor(self, step: Self) -> Option<Self> {
        let scale = self.scale.max(step.scale);
        let (units, step) = (self.at(scale)?, step.at(scale)?);
        let rest = units.checked_rem_euclid(step)?;
        Some(Self {
            units: units.checked_sub(rest)?,
            scale,
        })
    }

    fn at(self, scale: u32) -> Option<i128> {
        let factor = 10_i128.checked_pow(scale.checked_sub(self.scale)?)?;
        self.units.checked_mul(factor)
    }

    /// As a JSON number: an integer without a point. Nothing for one beyond what JSON numbers are read as.
    pub(in crate::contract) fn json(self) -> Option<Value> {
        let mut exact = self;
        while exact.scale > 0 && exact.units % 10 == 0 {
            exact.units /= 10;
            exact.scale -= 1;
        }
        if exact.scale == 0 {
            let signed = i64::try_from(exact.units).ok().map(Number::from);
            let number = signed.or_else(|| u64::try_from(exact.units).ok().map(Number::from));
            return number.map(Value::Number);
        }
        let sign = if exact.units < 0 { "-" } else { "" };
        let digits = exact.units.unsigned_abs().to_string();
        let scale = usize::try_from(exact.scale).ok()?;
        let digits = format!("{digits:0>width$}", width = scale + 1);
        let (whole, fraction) = digits.split_at_checked(digits.len() - scale)?;
        let double: f64 = format!("{sign}{whole}.{fraction}").parse().ok()?;
        Number::from_f64(double).map(Value::Number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn decimal(value: &Value) -> Decimal {
        let Value::Number(number) = value else {
            panic!("no number");
        };
        Decimal::of(number).expect("a decimal")
    }

    #[test]
    fn sums_are_exact() {
        let sum = decimal(&json!(0.1)).plus(decimal(&json!(0.2)));
        assert_eq!(sum.and_then(Decimal::json), Some(json!(0.3)));
        let under = decimal(&json!(100_000)).minus(Decimal::CENT);
        assert_eq!(under.and_then(Decimal::json), Some(json!(99_999.99)));
        let below = decimal(&json!(0)).minus(Decimal::CENT);
        assert_eq!(below.and_then(Decimal::json), Some(json!(-0.01)));
        assert_eq!(Decimal::CENT.tenth().json(), Some(json!(0.001)));
    }

    #[test]
    fn a_whole_number_has_no_point_and_the_ends_of_64_bits_are_kept() {
        assert_eq!(decimal(&json!(20.0)).json(), Some(json!(20)));
        let over = decimal(&json!(i64::MAX)).plus(Decimal::ONE);
        assert_eq!(
            over.and_then(Decimal::json),
            Some(json!(9_223_372_036_854_775_808_u64))
        );
    }

    #[test]
    fn the_multiple_below_is_found_on_both_sides_of_zero() {
        let floor = |value: Value, step: Value| decimal(&value).floor(decimal(&step));
        assert_eq!(
            floor(json!(0.017), json!(0.01)).and_then(Decimal::json),
            Some(json!(0.01))
        );
        assert_eq!(
            floor(json!(-0.5), json!(2)).and_then(Decimal::json),
            Some(json!(-2))
        );
        assert_eq!(floor(json!(1), json!(0)), None);
    }
}
