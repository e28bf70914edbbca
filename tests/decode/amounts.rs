//! Money in answers: exact, kept as it came, never guessed.

use super::*;

#[tokio::test]
async fn a_number_is_read_to_the_cent_or_kept() {
    // What comes, whole cents, and whether it departs from the contract.
    for (number, cents, departs) in [
        ("500", Some(50_000), false),
        ("500.00", Some(50_000), false),
        ("5e2", Some(50_000), false),
        ("5E+2", Some(50_000), false),
        ("0.1", Some(10), false),
        ("1e-2", Some(1), false),
        ("-0.01", Some(-1), false),
        ("0", Some(0), false),
        // 0.1 + 0.2 in binary: somebody has calculated in floating point.
        ("0.30000000000000004", None, true),
        ("10.005", None, true),
        ("1e-3", None, true),
        // As many dollars as have cents that 64 bits hold, and one more.
        ("92233720368547758", Some(9_223_372_036_854_775_800), false),
        ("92233720368547759", None, false),
        ("92233720368547758.07", None, false),
        ("9223372036854775807", None, false),
        ("18446744073709551615", None, false),
        ("-9223372036854775808", None, false),
        ("1e300", None, false),
    ] {
        let body = format!(r#"{{"sessionId":"{SESSION}","status":"Initiated","amount":{number}}}"#);
        let answer = status_of(body).await.unwrap();
        let amount = answer.amount.as_ref().unwrap();
        assert_eq!(amount.cents(), cents, "{number}");
        assert_eq!(
            amount.to_number(),
            serde_json::from_str(number).unwrap(),
            "{number}: as it came"
        );
        let expected: &[&str] = if departs {
            &["/amount multipleOf"]
        } else {
            &[]
        };
        assert_eq!(odd(&answer), expected, "{number}");
    }
}

#[tokio::test]
async fn what_is_no_number_is_no_amount() {
    for text in ["\"500\"", "true", "[500]", "{}", "1e400", "-1e400", "\"\""] {
        let body = format!(r#"{{"sessionId":"{SESSION}","status":"Initiated","amount":{text}}}"#);
        assert_eq!(
            refused(status_of(body).await),
            (ErrorKind::Decode, "amount".to_owned()),
            "{text}"
        );
    }
    for text in ["NaN", "0x10", "01", "1.", ".5", "+1", "1_000"] {
        let body = format!(r#"{{"sessionId":"{SESSION}","status":"Initiated","amount":{text}}}"#);
        assert_eq!(
            refused(status_of(body).await).0,
            ErrorKind::Decode,
            "{text}"
        );
    }
}

#[tokio::test]
async fn no_amount_is_none() {
    for member in ["", r#","amount":null"#] {
        let body = format!(r#"{{"sessionId":"{SESSION}","status":"Initiated"{member}}}"#);
        let answer = status_of(body).await.unwrap();
        assert_eq!(answer.amount, None);
        assert_eq!(odd(&answer), [""; 0], "{member}");
    }
}
