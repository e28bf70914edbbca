//! What `when` may look like, and what its age does.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use flinks_pay::webhook::{
    DEFAULT_TOLERANCE, Event, Freshness, Refusal, WebhookVerifier, When, Written,
};
use serde_json::{Value, json};

use super::{SESSION, changed, secret, then, verifier, verifier_at};

fn body(when: &Value) -> String {
    json!({ "sessionId": SESSION, "status": "Completed", "when": when }).to_string()
}

#[track_caller]
fn when(value: &Value) -> When {
    changed(body(value)).when()
}

fn at(seconds: i64, nanos: u32, written: Written) -> When {
    let whole = Duration::from_secs(seconds.unsigned_abs());
    let time = if seconds < 0 {
        UNIX_EPOCH - whole
    } else {
        UNIX_EPOCH + whole
    };
    When::At {
        time: time + Duration::from_nanos(nanos.into()),
        written,
    }
}

#[test]
fn dates_with_an_offset_are_read() {
    for (text, seconds, nanos) in [
        ("2026-03-04T05:06:07Z", 1_772_600_767, 0),
        ("2026-03-04t05:06:07z", 1_772_600_767, 0),
        ("2026-03-04 05:06:07Z", 1_772_600_767, 0),
        ("2026-03-04T00:06:07-05:00", 1_772_600_767, 0),
        ("2026-03-04T00:06:07-0500", 1_772_600_767, 0),
        ("2026-03-04T10:36:07+05:30", 1_772_600_767, 0),
        ("2026-03-04T05:06:07+00:00", 1_772_600_767, 0),
        ("2026-03-04T05:06:07-00:00", 1_772_600_767, 0),
        ("2026-03-04T05:06:07.5Z", 1_772_600_767, 500_000_000),
        ("2026-03-04T05:06:07,5Z", 1_772_600_767, 500_000_000),
        ("2026-03-04T05:06:07.1234567Z", 1_772_600_767, 123_456_700),
        (
            "2026-03-04T00:06:07.123456789-05:00",
            1_772_600_767,
            123_456_789,
        ),
        ("1970-01-01T00:00:00Z", 0, 0),
        ("1969-12-31T23:59:58.25Z", -2, 250_000_000),
        ("2024-02-29T00:00:00Z", 1_709_164_800, 0),
        ("9999-12-30T21:59:59Z", 253_402_207_199, 0),
    ] {
        assert_eq!(
            when(&json!(text)),
            at(seconds, nanos, Written::WithOffset),
            "{text}"
        );
    }
}

#[test]
fn dates_without_an_offset_are_taken_as_utc_and_said_to_be() {
    for (text, seconds, nanos) in [
        ("2026-03-04T05:06:07", 1_772_600_767, 0),
        ("2026-03-04 05:06:07", 1_772_600_767, 0),
        ("2026-03-04T05:06:07.1234567", 1_772_600_767, 123_456_700),
        // What a serializer writes for a time that nobody set.
        ("0001-01-01T00:00:00", -62_135_596_800, 0),
    ] {
        assert_eq!(
            when(&json!(text)),
            at(seconds, nanos, Written::WithoutOffset),
            "{text}"
        );
    }
}

#[test]
fn counts_since_1970_are_read_by_their_digits() {
    use Written::{UnixMilliseconds, UnixSeconds};
    for (value, expected) in [
        (json!(1_772_600_767), at(1_772_600_767, 0, UnixSeconds)),
        (json!("1772600767"), at(1_772_600_767, 0, UnixSeconds)),
        (
            json!(1_772_600_767.25),
            at(1_772_600_767, 250_000_000, UnixSeconds),
        ),
        (
            json!("1772600767.25"),
            at(1_772_600_767, 250_000_000, UnixSeconds),
        ),
        (json!(1_000_000_000), at(1_000_000_000, 0, UnixSeconds)),
        (json!(9_999_999_999_u64), at(9_999_999_999, 0, UnixSeconds)),
        (
            json!(1_772_600_767_123_u64),
            at(1_772_600_767, 123_000_000, UnixMilliseconds),
        ),
        (
            json!("1772600767123"),
            at(1_772_600_767, 123_000_000, UnixMilliseconds),
        ),
        (
            json!(1_772_600_767_123.5),
            at(1_772_600_767, 123_500_000, UnixMilliseconds),
        ),
        (
            json!(1_000_000_000_000_u64),
            at(1_000_000_000, 0, UnixMilliseconds),
        ),
        (
            json!(9_999_999_999_999_u64),
            at(9_999_999_999, 999_000_000, UnixMilliseconds),
        ),
    ] {
        assert_eq!(when(&value), expected, "{value}");
    }
}

#[test]
fn anything_else_is_not_guessed_at() {
    for value in [
        json!(0),
        json!(-1),
        json!(1.5),
        json!(999_999_999),
        json!(10_000_000_000_u64),
        json!(999_999_999_999_u64),
        json!(10_000_000_000_000_u64),
        json!(20_260_304),
        json!(20_260_304_050_607_u64),
        json!(639_081_975_670_000_000_u64),
        json!(i64::MIN),
        json!(i64::MAX),
        json!(u64::MAX),
        json!(1e300),
        json!(-1e300),
        json!(-1_772_600_767.5),
        json!(10_000_000_000.5),
        json!(999_999_999.5),
        json!(10_000_000_000_000.5),
        json!(999_999_999_999.5),
        json!(""),
        json!(" "),
        json!("."),
        json!("now"),
        json!("0"),
        json!("-1772600767"),
        json!("+1772600767"),
        json!(" 1772600767"),
        json!("1772600767 "),
        json!("1772600767."),
        json!(".1772600767"),
        json!("1772600767.2.5"),
        json!("1.772600767e9"),
        json!("9223372036854775807"),
        json!("-9223372036854775808"),
        json!("999999999999999999999999999999"),
        json!("20260304"),
        json!("20260304T050607Z"),
        json!("2026-03-04"),
        json!("2026-03-04T05:06"),
        json!("2026-03-04T05:06Z"),
        json!("2026-03-04T05:06:0"),
        json!("2026-03-04T5:06:07Z"),
        json!("2026/03/04 05:06:07"),
        json!("2026-03-04T05.06.07Z"),
        json!("2026-03-04X05:06:07Z"),
        json!("04-03-2026T05:06:07Z"),
        json!("2026-13-04T05:06:07Z"),
        json!("2026-02-29T05:06:07Z"),
        json!("2026-03-04T24:06:07Z"),
        json!("2026-03-04T05:60:07Z"),
        json!("2026-13-04T05:06:07"),
        json!("2026-03-04T05:06:07.Z"),
        json!("2026-03-04T05:06:07."),
        json!("2026-03-04T05:06:07.1234567890Z"),
        json!("2026-03-04T05:06:07ZZ"),
        json!("2026-03-04T05:06:07Z "),
        json!(" 2026-03-04T05:06:07Z"),
        json!("2026-03-04T05:06:07 EST"),
        json!("2026-03-04T05:06:07+99:00"),
        json!("2026-03-04T05:06:07+"),
        json!("2026-03-04T05:06:07-05:00[America/Toronto]"),
        json!("2026-03-04T05:06:07Z[America/Toronto]"),
        json!("2026-03-04T05:06:07[America/Toronto]"),
        json!("Wed, 04 Mar 2026 05:06:07 GMT"),
        json!("/Date(1772600767000)/"),
        json!("２026-03-04T05:06:07Z"),
        json!("2026-03-04T05:06:0é"),
        json!(true),
        json!(false),
        json!([1_772_600_767]),
        json!({ "seconds": 1_772_600_767 }),
    ] {
        assert_eq!(when(&value), When::Unreadable, "{value}");
        let event = changed(body(&value));
        assert_eq!(event.freshness(), Freshness::Unreadable, "{value}");
        assert_eq!(event.when().time(), None);
    }
}

#[test]
fn no_time_is_another_thing_than_an_unreadable_one() {
    assert_eq!(when(&Value::Null), When::Missing);
    assert_eq!(changed(body(&Value::Null)).freshness(), Freshness::Missing);
    assert_eq!(When::Missing.time(), None);
}

/// The event of [`then`], as a verifier sees it that stands so many nanoseconds after it.
fn seen(
    verifier: impl Fn(SystemTime) -> WebhookVerifier,
    nanos: i64,
) -> Result<Freshness, Refusal> {
    let apart = Duration::from_nanos(nanos.unsigned_abs());
    let now = if nanos < 0 {
        then() - apart
    } else {
        then() + apart
    };
    let body = body(&json!("2026-03-04T05:06:07Z"));
    verifier(now)
        .verify_value(secret().sign(body.as_bytes()), body.as_bytes())
        .map(|verified| verified.event.freshness())
        .map_err(|error| error.reason())
}

const SECOND: i64 = 1_000_000_000;

#[test]
fn five_minutes_either_way_are_fresh_and_the_rest_is_told() {
    assert_eq!(DEFAULT_TOLERANCE, Duration::from_secs(300));
    let over = |nanos: i64| Duration::from_nanos(nanos.unsigned_abs());
    for (nanos, expected) in [
        (0, Freshness::Fresh),
        (299 * SECOND, Freshness::Fresh),
        (300 * SECOND, Freshness::Fresh),
        (300 * SECOND + 1, Freshness::Stale(over(300 * SECOND + 1))),
        (301 * SECOND, Freshness::Stale(over(301 * SECOND))),
        (-299 * SECOND, Freshness::Fresh),
        (-300 * SECOND, Freshness::Fresh),
        (-300 * SECOND - 1, Freshness::Future(over(300 * SECOND + 1))),
        (-301 * SECOND, Freshness::Future(over(301 * SECOND))),
    ] {
        assert_eq!(seen(verifier_at, nanos), Ok(expected), "{nanos}");
        assert_eq!(expected.is_fresh(), expected == Freshness::Fresh);
    }
}

#[test]
fn what_is_not_fresh_enough_is_refused_where_that_is_asked_for() {
    let strict = |now| verifier_at(now).require_fresh(Duration::from_secs(60));
    assert_eq!(seen(strict, 60 * SECOND), Ok(Freshness::Fresh));
    assert_eq!(seen(strict, -60 * SECOND), Ok(Freshness::Fresh));
    assert_eq!(
        seen(strict, 61 * SECOND),
        Err(Refusal::NotFresh(Freshness::Stale(Duration::from_secs(61))))
    );
    assert_eq!(
        seen(strict, -61 * SECOND),
        Err(Refusal::NotFresh(Freshness::Future(Duration::from_secs(
            61
        ))))
    );
    // A wider tolerance than the default one.
    let wide = |now| verifier_at(now).require_fresh(Duration::from_secs(3600));
    assert_eq!(seen(wide, 3600 * SECOND), Ok(Freshness::Fresh));

    let strict = strict(then());
    for (body, expected) in [
        (body(&json!("yesterday")), Freshness::Unreadable),
        (body(&Value::Null), Freshness::Missing),
        ("not JSON".to_owned(), Freshness::Missing),
        (
            r#"{"type":"GuaranteeIssued"}"#.to_owned(),
            Freshness::Missing,
        ),
    ] {
        let header = secret().sign(body.as_bytes());
        let refused = strict.verify_value(&header, body.as_bytes()).unwrap_err();
        assert_eq!(refused.reason(), Refusal::NotFresh(expected));
        // Without being asked, none of them is.
        let verified = verifier().verify_value(&header, body.as_bytes()).unwrap();
        assert_eq!(verified.event.freshness(), expected);
    }
    let another = r#"{"type":"GuaranteeIssued","when":1772600767}"#;
    let verified = strict.verify_value(secret().sign(another.as_bytes()), another.as_bytes());
    assert!(matches!(verified.unwrap().event, Event::Other(_)));
}

#[test]
fn a_wrong_signature_is_said_before_a_wrong_time() {
    let strict = verifier().require_fresh(Duration::ZERO);
    let body = body(&json!(0));
    let refused = strict.verify_value(secret().sign(b""), body.as_bytes());
    assert_eq!(refused.unwrap_err().reason(), Refusal::WrongSignature);
}

#[test]
fn the_machines_clock_is_the_default() {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let body = body(&json!(now));
    let verifier = WebhookVerifier::new(secret()).require_fresh(Duration::from_secs(3600));
    assert!(
        verifier
            .verify_value(secret().sign(body.as_bytes()), body.as_bytes())
            .is_ok()
    );
}

#[test]
fn freshness_reads_well_in_a_log() {
    let seconds = Duration::from_millis(61_900);
    for (freshness, expected) in [
        (Freshness::Fresh, "the event is fresh"),
        (Freshness::Stale(seconds), "the event is 61 seconds old"),
        (Freshness::Future(seconds), "the event is 61 seconds ahead"),
        (
            Freshness::Unreadable,
            "the time of the event is not readable",
        ),
        (Freshness::Missing, "the event has no time"),
    ] {
        assert_eq!(freshness.to_string(), expected);
    }
}
