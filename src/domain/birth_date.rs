//! When a payor was born, with two digits for the year.

use super::found::{Found, Invalid};
use super::limit::{Limit, characters, position};
use super::rule::{Rule, Severity};

pub(super) static BIRTH_DATE: Rule = Rule {
    id: "birth-date",
    fields: &["payor.birthDate"],
    limit: Limit::TwoDigitDate,
    severity: Severity::Refuse,
    source: "S4",
    contract: "#/components/schemas/BirthDate",
    enforcer: "domain::BirthDate",
};

pub(super) static BIRTH_DATE_EXISTS: Rule = Rule {
    id: "birth-date-exists",
    fields: &["payor.birthDate"],
    limit: Limit::ExistingDay,
    severity: Severity::Refuse,
    source: "S4",
    contract: "#/components/schemas/BirthDate",
    enforcer: "domain::BirthDate",
};

pub(super) static BIRTH_DATE_CENTURY: Rule = Rule {
    id: "birth-date-century",
    fields: &["payor.birthDate"],
    limit: Limit::Advice("the century is not sent"),
    severity: Severity::Warn,
    source: "S4",
    contract: "#/components/schemas/BirthDate",
    enforcer: "domain::BirthDate",
};

text_value! {
    /// A payor's date of birth as `yy-MM-dd`. The day exists in 19yy or in 20yy; the century is not sent.
    BirthDate {
        rules: [BIRTH_DATE, BIRTH_DATE_EXISTS],
        warnings: [BIRTH_DATE_CENTURY],
        debug: redacted,
    }
}

impl BirthDate {
    /// Takes a full date, and keeps the last two digits of the year.
    ///
    /// # Errors
    ///
    /// The day does not exist, or the year is outside 1900 to 2099: two digits would stand for another one.
    pub fn from_ymd(year: i32, month: u8, day: u8) -> Result<Self, Invalid> {
        if !(1900..=2099).contains(&year) {
            return Err(BIRTH_DATE.refuse(Found::Shape("a year outside 1900 to 2099")));
        }
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        if !(1..=12).contains(&month) || !(1..=days(month, leap)).contains(&day) {
            return Err(BIRTH_DATE_EXISTS.refuse(NO_SUCH_DAY));
        }
        Self::try_from(format!("{:02}-{month:02}-{day:02}", year % 100))
    }
}

/// The contract's pattern. [`check`] accepts the same texts without a regular expression.
pub(super) const PATTERN: &str = "^[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$";

const NO_SUCH_DAY: Found = Found::Shape("a day that the month does not have");

/// Checks the shape, the month, and a day of 1 to 31.
pub(super) fn check(text: &str) -> Result<(), Found> {
    let [y1, y2, h1, m1, m2, h2, d1, d2] = text.as_bytes() else {
        return Err(characters(text));
    };
    for (at, byte) in [(0, y1), (1, y2), (3, m1), (4, m2), (6, d1), (7, d2)] {
        if !byte.is_ascii_digit() {
            return Err(Found::Character {
                not: "a digit",
                position: position(text, at),
            });
        }
    }
    for (at, byte) in [(2, h1), (5, h2)] {
        if *byte != b'-' {
            return Err(Found::Character {
                not: "a hyphen",
                position: position(text, at),
            });
        }
    }
    if !(1..=12).contains(&two_digits(*m1, *m2)) {
        return Err(Found::Shape("a month outside 01 to 12"));
    }
    if !(1..=31).contains(&two_digits(*d1, *d2)) {
        return Err(Found::Shape("a day outside 01 to 31"));
    }
    Ok(())
}

/// Checks that a date which [`check`] has accepted is one of the calendar.
pub(super) fn check_exists(text: &str) -> Result<(), Found> {
    let [y1, y2, _, m1, m2, _, d1, d2] = text.as_bytes() else {
        return Err(characters(text));
    };
    // 2000 was a leap year and 1900 was not; every other 19yy is one exactly when 20yy is.
    let leap = two_digits(*y1, *y2).is_multiple_of(4);
    if two_digits(*d1, *d2) > days(two_digits(*m1, *m2), leap) {
        return Err(NO_SUCH_DAY);
    }
    Ok(())
}

fn days(month: u8, leap: bool) -> u8 {
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn two_digits(tens: u8, ones: u8) -> u8 {
    tens.wrapping_sub(b'0')
        .wrapping_mul(10)
        .wrapping_add(ones.wrapping_sub(b'0'))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// Whether a year has the day, by counting the leap days of the Gregorian calendar one by one.
    fn exists(year: i32, month: u8, day: u8) -> bool {
        let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        let lengths = [
            31,
            if leap { 29 } else { 28 },
            31,
            30,
            31,
            30,
            31,
            31,
            30,
            31,
            30,
            31,
        ];
        month
            .checked_sub(1)
            .and_then(|index| lengths.get(usize::from(index)))
            .is_some_and(|length| (1..=*length).contains(&day))
    }

    #[test]
    fn a_day_exists_in_one_of_the_two_centuries() {
        for yy in 0..100_i32 {
            for month in 0..=13_u8 {
                for day in 0..=32_u8 {
                    let text = format!("{yy:02}-{month:02}-{day:02}");
                    let expected = exists(1900 + yy, month, day) || exists(2000 + yy, month, day);
                    assert_eq!(BirthDate::new(&text).is_ok(), expected, "{text}");
                    for century in [1900, 2000] {
                        let date = BirthDate::from_ymd(century + yy, month, day);
                        assert_eq!(date.is_ok(), exists(century + yy, month, day), "{text}");
                        assert!(date.is_err() || date.unwrap().expose() == text);
                    }
                }
            }
        }
    }

    #[test]
    fn a_year_that_two_digits_cannot_stand_for_is_refused() {
        for year in [i32::MIN, -1, 0, 90, 1899, 2100, i32::MAX] {
            let error = BirthDate::from_ymd(year, 1, 1).unwrap_err();
            assert_eq!(error.rule().id, "birth-date");
            assert!(error.to_string().contains("1900 to 2099"), "{error}");
        }
    }
}
