//! How long a server asks to wait.

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::RETRY_AFTER;

/// A longer wait is taken for this one: nobody keeps a payor waiting for a day.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// `Retry-After`: seconds, or a date (RFC 9110, section 10.2.3). Anything else says nothing, and so do two of
/// them. More than a day is taken for a day.
pub(super) fn read(headers: &HeaderMap, wall: SystemTime) -> Option<Duration> {
    let mut values = headers.get_all(RETRY_AFTER).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return None;
    };
    let text = value.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let seconds = text.parse().unwrap_or(u64::MAX);
        return Some(Duration::from_secs(seconds).min(LONGEST));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(wall).unwrap_or_default().min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn wait(values: &[&'static str], wall: SystemTime) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(RETRY_AFTER, HeaderValue::from_static(value));
        }
        read(&headers, wall)
    }

    #[test]
    fn retry_after_is_read_in_both_forms_and_nothing_else() {
        let wall = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777); // Sun, 06 Nov 1994 08:49:37 GMT
        let seconds = |count| Some(Duration::from_secs(count));
        assert_eq!(wait(&["120"], wall), seconds(120));
        assert_eq!(wait(&[" 0 "], wall), seconds(0));
        assert_eq!(wait(&["Sun, 06 Nov 1994 08:50:37 GMT"], wall), seconds(60));
        assert_eq!(wait(&["Sun, 06 Nov 1994 08:48:37 GMT"], wall), seconds(0));
        for odd in ["-1", "1.5", "soon", ""] {
            assert_eq!(wait(&[odd], wall), None, "{odd}");
        }
        for long in ["86401", "18446744073709551615", "99999999999999999999999"] {
            assert_eq!(wait(&[long], wall), seconds(86_400), "{long}");
        }
        assert_eq!(wait(&["1", "2"], wall), None);
        assert_eq!(wait(&[], wall), None);
    }
}
