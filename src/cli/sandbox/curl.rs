//! Each operation of the API as a line for a shell, on top of the exports that the simulator prints.

use flinks_pay::session::Operation;

/// Plays the payor to the end, screen by screen.
pub(super) const PAYOR: &str = r#"while curl -sf -X POST "$FLINKS_PAY_BASE_URL/_sandbox/sessions/$SESSION/step" | grep '"over":false'; do :; done"#;

/// The operations in the order in which a payment calls them.
pub(super) const ORDER: [Operation; 6] = [
    Operation::Authorize,
    Operation::CreateSession,
    Operation::GetSessionStatus,
    Operation::GetSessionDetails,
    Operation::ConfirmGuarantee,
    Operation::CancelSession,
];

/// The line of an operation. The first two keep the token and the session id for the others.
pub(super) fn line(operation: Operation) -> &'static str {
    match operation {
        Operation::Authorize => {
            r#"TOKEN=$(curl -s -u "$FLINKS_PAY_CLIENT_ID:$FLINKS_PAY_CLIENT_SECRET" -d grant_type=client_credentials "$FLINKS_PAY_BASE_URL/api/v1/authorize" | sed 's/.*"access_token":"//; s/".*//')"#
        }
        Operation::CreateSession => {
            r#"SESSION=$(curl -s -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" -d '{"type":"EFT","direction":"DEBIT","amount":120.5,"referenceId":"Happy1","options":{"guarantee":{"enable":true}},"payor":{"firstName":"Robin","lastName":"Tester"}}' "$FLINKS_PAY_BASE_URL/api/v2/sessions" | sed 's/.*"sessionId":"//; s/".*//')"#
        }
        Operation::GetSessionStatus => {
            r#"curl -s -H "Authorization: Bearer $TOKEN" "$FLINKS_PAY_BASE_URL/api/v2/sessions/$SESSION/status""#
        }
        Operation::GetSessionDetails => {
            r#"curl -s -H "Authorization: Bearer $TOKEN" "$FLINKS_PAY_BASE_URL/api/v2/sessions/$SESSION/details""#
        }
        Operation::ConfirmGuarantee => {
            r#"curl -s -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" -d '{"guaranteeAccepted":true}' "$FLINKS_PAY_BASE_URL/api/v2/sessions/$SESSION/guarantees/confirm""#
        }
        Operation::CancelSession => {
            r#"curl -s -X POST -H "Authorization: Bearer $TOKEN" "$FLINKS_PAY_BASE_URL/api/v2/sessions/$SESSION/cancel""#
        }
        // The enum may grow without this crate's binary: it is built with the library of its own version.
        _ => "",
    }
}
