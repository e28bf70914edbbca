//! Signatures that another implementation made: Python's `hmac`, and `openssl dgst -sha256 -hmac` where a shell can say it.

use super::{BODY, SECRET};
use flinks_pay::webhook::{WebhookSecret, WebhookVerifier};

const LONG_AS_A_BLOCK: &str = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
const LONGER_THAN_A_BLOCK: &str =
    "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy";

/// Secret, body, signature in lower case.
const VECTORS: [(&str, &[u8], &str); 8] = [
    (
        SECRET,
        BODY.as_bytes(),
        "aadc8c74169899a762bb59bde82f0dce49cbe6979e8066b02e013c5ef5d04f7d",
    ),
    (
        SECRET,
        b"",
        "1fd343c5d9d8b896b7e5ae63f77b52b5d9d96cbdafa1b4e2653b5feaea4248f1",
    ),
    (
        SECRET,
        b"{}",
        "f620c087df66bc9c4f7cbab5e68c7a18c5c41d97ae0f46c5e82c1de21cf5240c",
    ),
    // A byte order mark, letters beyond ASCII, and a line break at the end: all of it is signed.
    (
        SECRET,
        "\u{feff}{\"a\":\"café\"}\r\n".as_bytes(),
        "79f2d78a49563cb70e04c98f6b94888970b36a69b6eb3d3402855b41d93577cc",
    ),
    (
        SECRET,
        b"\x00\xff\xfe{",
        "75e44f0317e90b1f2c5e2ba8645c0f736bc6c60d904df75b655cfe9f64e41847",
    ),
    // The key is the UTF-8 text.
    (
        "clé-partagée-à-Montréal",
        b"{}",
        "c9acd103e72a5ab0950f25720dbd364d4d0bbe511f36b31c5865ffeb11082c4d",
    ),
    // HMAC hashes a key that is longer than a block first.
    (
        LONG_AS_A_BLOCK,
        b"{}",
        "ccbcefca9fbf13cc9f3a23e485ff60f6d2ad8294cc05bca01e98c28c3ba12ec9",
    ),
    (
        LONGER_THAN_A_BLOCK,
        b"{}",
        "845610938332f2c5772dae480dba98bec687a6df0ed55d844a72d010959411db",
    ),
];

#[test]
fn we_sign_as_others_do() {
    for (secret, body, signature) in VECTORS {
        let header = WebhookSecret::new(secret).unwrap().sign(body);
        assert_eq!(header, format!("sha256={}", signature.to_uppercase()));
    }
}

#[test]
fn what_others_signed_verifies_in_any_letter_case() {
    for (secret, body, signature) in VECTORS {
        let verifier = WebhookVerifier::new(WebhookSecret::new(secret).unwrap());
        let mixed: String = signature
            .chars()
            .enumerate()
            .map(|(at, digit)| {
                if at % 2 == 0 {
                    digit.to_ascii_uppercase()
                } else {
                    digit
                }
            })
            .collect();
        for digits in [signature, &signature.to_uppercase(), &mixed] {
            let header = format!("sha256={digits}");
            assert!(verifier.verify_value(&header, body).is_ok(), "{header}");
        }
    }
}
