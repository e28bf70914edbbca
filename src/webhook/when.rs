//! When an event was made, in a format that nobody has published.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use serde_json::{Number, Value};

/// The member `when` of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum When {
    /// A time.
    At {
        /// The time.
        time: SystemTime,
        /// How it was written.
        written: Written,
    },
    /// It is there, and is in no format that this version reads.
    Unreadable,
    /// It is not there, or null.
    Missing,
}

/// The formats of a time that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Written {
    /// A date and a time with an offset, such as `2026-03-04T05:06:07.25-05:00` (RFC 3339).
    WithOffset,
    /// A date and a time without an offset. Taken as UTC, which is a guess.
    WithoutOffset,
    /// Seconds since 1970, ten digits, as a number or a text.
    UnixSeconds,
    /// Milliseconds since 1970, thirteen digits, as a number or a text.
    UnixMilliseconds,
}

/// How the time of an event compares with the receiver's.
///
/// The tolerance is the receiver's, [`DEFAULT_TOLERANCE`](super::DEFAULT_TOLERANCE) unless
/// [`require_fresh`](super::WebhookVerifier::require_fresh) says otherwise; exactly that old is fresh.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Freshness {
    /// Within the tolerance, before or after now.
    Fresh,
    /// This old, and that is over the tolerance. It may be a replay, or have waited in somebody's queue.
    Stale(Duration),
    /// This far ahead, and that is over the tolerance. One of the two clocks is wrong.
    Future(Duration),
    /// The time is not readable.
    Unreadable,
    /// There is no time.
    Missing,
}

impl Freshness {
    /// Returns whether the event was made within the tolerance.
    #[must_use]
    pub fn is_fresh(self) -> bool {
        self == Self::Fresh
    }
}

impl When {
    /// Returns the time, if it was readable.
    #[must_use]
    pub fn time(self) -> Option<SystemTime> {
        match self {
            Self::At { time, .. } => Some(time),
            Self::Unreadable | Self::Missing => None,
        }
    }

    pub(super) fn freshness(self, now: SystemTime, tolerance: Duration) -> Freshness {
        match self {
            Self::At { time, .. } => match now.duration_since(time) {
                Ok(age) if age <= tolerance => Freshness::Fresh,
                Ok(age) => Freshness::Stale(age),
                Err(ahead) if ahead.duration() <= tolerance => Freshness::Fresh,
                Err(ahead) => Freshness::Future(ahead.duration()),
            },
            Self::Unreadable => Freshness::Unreadable,
            Self::Missing => Freshness::Missing,
        }
    }

    pub(super) fn of_text(text: &str) -> Self {
        Self::read(plain(text).or_else(|| match text.split_once('.') {
            _ if text.contains('-') => date_time(text),
            None if is_digits(text) => text.parse().ok().and_then(whole),
            Some((whole, fraction)) if is_digits(whole) && is_digits(fraction) => {
                text.parse().ok().and_then(fractional)
            }
            _ => None,
        }))
    }

    pub(super) fn of_value(value: &Value) -> Self {
        match value {
            Value::Null => Self::Missing,
            Value::String(text) => Self::of_text(text),
            Value::Number(number) => Self::of_number(number),
            Value::Bool(_) | Value::Array(_) | Value::Object(_) => Self::Unreadable,
        }
    }

    fn of_number(number: &Number) -> Self {
        Self::read(match number.as_u64() {
            Some(count) => whole(count),
            None => number.as_f64().and_then(fractional),
        })
    }

    fn read(read: Option<(SystemTime, Written)>) -> Self {
        read.map_or(Self::Unreadable, |(time, written)| Self::At {
            time,
            written,
        })
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

// Ten digits are seconds and thirteen are milliseconds, both from 2001 to 2286. A count of another length has meant something
// else, such as 20260304 or the ticks of another epoch, and a wrong time is worse than none.

const TEN_DIGITS: std::ops::Range<u64> = 1_000_000_000..10_000_000_000;
const THIRTEEN_DIGITS: std::ops::Range<u64> = 1_000_000_000_000..10_000_000_000_000;

fn whole(count: u64) -> Option<(SystemTime, Written)> {
    let (since, written) = if TEN_DIGITS.contains(&count) {
        (Duration::from_secs(count), Written::UnixSeconds)
    } else if THIRTEEN_DIGITS.contains(&count) {
        (Duration::from_millis(count), Written::UnixMilliseconds)
    } else {
        return None;
    };
    Some((UNIX_EPOCH.checked_add(since)?, written))
}

fn fractional(count: f64) -> Option<(SystemTime, Written)> {
    let count = Duration::try_from_secs_f64(count).ok()?;
    let (since, written) = if TEN_DIGITS.contains(&count.as_secs()) {
        (count, Written::UnixSeconds)
    } else if THIRTEEN_DIGITS.contains(&count.as_secs()) {
        (count / 1000, Written::UnixMilliseconds)
    } else {
        return None;
    };
    Some((UNIX_EPOCH.checked_add(since)?, written))
}

/// A time as nearly everybody writes it, such as `2026-03-04T05:06:07.25Z`: what [`date_time`] makes of it, in a fifth of the
/// time. Nothing for what is written otherwise, and for a time that there is not.
fn plain(text: &str) -> Option<(SystemTime, Written)> {
    let (date_and_time, rest) = text.as_bytes().split_first_chunk::<DATE_AND_TIME>()?;
    let fraction = match rest {
        [b'Z'] => &[],
        [b'.', fraction @ .., b'Z'] if (1..=9).contains(&fraction.len()) => fraction,
        _ => return None,
    };
    #[rustfmt::skip]
    let [y1, y2, y3, y4, b'-', o1, o2, b'-', d1, d2, b'T', h1, h2, b':', m1, m2, b':', s1, s2] = date_and_time else {
        return None;
    };
    let two = |tens: &u8, ones: &u8| Some(digit(*tens)? * 10 + digit(*ones)?);
    let year = i16::from(two(y1, y2)?) * 100 + i16::from(two(y3, y4)?);
    let (mut nanoseconds, mut unit) = (0, 100_000_000);
    for character in fraction {
        nanoseconds += i32::from(digit(*character)?) * unit;
        unit /= 10;
    }
    let (month, day) = (two(o1, o2)?, two(d1, d2)?);
    let (hour, minute, second) = (two(h1, h2)?, two(m1, m2)?, two(s1, s2)?);
    let time = DateTime::new(year, month, day, hour, minute, second, nanoseconds).ok()?;
    let time = Offset::UTC.to_timestamp(time).ok()?;
    Some((system_time(time)?, Written::WithOffset))
}

fn digit(character: u8) -> Option<i8> {
    let digit = character.wrapping_sub(b'0');
    (digit < 10).then_some(digit.cast_signed())
}

/// The length of a date and a time without fraction and offset.
const DATE_AND_TIME: usize = "2026-03-04T05:06:07".len();

/// A date and a time, with or without an offset. The library reads more than that, so the shape is looked at first.
fn date_time(text: &str) -> Option<(SystemTime, Written)> {
    let fits = text
        .bytes()
        .take(DATE_AND_TIME)
        .enumerate()
        .all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            10 => matches!(byte, b'T' | b't' | b' '),
            13 | 16 => byte == b':',
            _ => byte.is_ascii_digit(),
        });
    let rest = text.get(DATE_AND_TIME..).filter(|_| fits)?;
    let offset = rest.strip_prefix(['.', ',']).map_or(rest, |rest| {
        rest.trim_start_matches(|character: char| character.is_ascii_digit())
    });
    let (time, written) = match offset.bytes().next() {
        None => {
            let time = text.parse::<DateTime>().ok()?;
            (Offset::UTC.to_timestamp(time).ok()?, Written::WithoutOffset)
        }
        Some(b'Z' | b'z') if offset.len() == 1 => (text.parse().ok()?, Written::WithOffset),
        Some(b'+' | b'-') if !offset.contains('[') => (text.parse().ok()?, Written::WithOffset),
        _ => return None,
    };
    Some((system_time(time)?, written))
}

/// `None` for a time that this platform's clock cannot hold.
fn system_time(time: Timestamp) -> Option<SystemTime> {
    let since = time.as_duration();
    if since.is_negative() {
        UNIX_EPOCH.checked_sub(since.unsigned_abs())
    } else {
        UNIX_EPOCH.checked_add(since.unsigned_abs())
    }
}

impl fmt::Display for Freshness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fresh => f.write_str("the event is fresh"),
            Self::Stale(age) => write!(f, "the event is {} seconds old", age.as_secs()),
            Self::Future(ahead) => write!(f, "the event is {} seconds ahead", ahead.as_secs()),
            Self::Unreadable => f.write_str("the time of the event is not readable"),
            Self::Missing => f.write_str("the event has no time"),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_plain_is_read_as_the_library_reads_it() {
        let dates = [
            "2026-03-04",
            "2024-02-29",
            "2026-02-29",
            "1970-01-01",
            "1969-12-31",
            "2038-01-19",
            "1999-10-20",
            "0001-01-01",
            "9999-12-31",
            "2026-00-10",
            "2026-13-10",
            "2026-06-31",
            "2026-06-00",
            "4718-11-27",
        ];
        let times = [
            "05:06:07", "00:00:00", "23:59:59", "24:00:00", "12:60:00", "12:00:61", "10:20:30",
            "19:48:57",
        ];
        let fractions = [
            "",
            ".5",
            ".25",
            ".1234567",
            ".123456789",
            ".000000001",
            ".999999999",
            ".0",
        ];
        let mut read = 0;
        for date in dates {
            for time in times {
                for fraction in fractions {
                    let text = format!("{date}T{time}{fraction}Z");
                    assert_eq!(plain(&text), date_time(&text), "{text}");
                    read += usize::from(plain(&text).is_some());
                }
            }
        }
        assert_eq!(read, 8 * 5 * fractions.len());
        let text = "2026-03-04T05:06:07.000000025Z";
        let since = plain(text).unwrap().0.duration_since(UNIX_EPOCH).unwrap();
        assert_eq!(since, Duration::new(1_772_600_767, 25));
    }

    #[test]
    fn what_is_written_otherwise_is_not_plain() {
        let plain_one = "2026-03-04T05:06:07.25Z";
        assert!(plain(plain_one).is_some());
        for at in 0..plain_one.len() {
            for other in ["/", ":", "x", "", "00"] {
                let mut text = plain_one.to_owned();
                text.replace_range(at..=at, other);
                // A digit more or less in the fraction changes nothing.
                let is_plain = (at == 20 || at == 21) && matches!(other, "" | "00");
                assert!(
                    text == plain_one || plain(&text).is_some() == is_plain,
                    "{text}"
                );
            }
        }
        for text in [
            "",
            "Z",
            "2026-03-04",
            "2026-03-04T05:06:07",
            "2026-03-04T05:06:07.Z",
            "2026-03-04t05:06:07Z",
            "2026-03-04T05:06:07z",
            "2026-03-04T05:06:07,25Z",
            "2026-03-04T05:06:07.1234567890Z",
            "2026-03-04T05:06:07+00:00",
            "2026-03-04T05:06:60Z",
            "2026-03-04T05:06:07ZZ",
            "2026-03-04T05:06:07.2.5Z",
        ] {
            assert_eq!(plain(text), None, "{text}");
        }
    }
}
