//! Each operation of the API as a line for a shell, on top of the exports that the simulator prints.

use flinks_pay::sandbox::CredentialsTaken;
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

const REQUEST: &str = r#"{"type":"EFT","direction":"DEBIT","amount":120.5,"referenceId":"Happy1","options":{"guarantee":{"enable":true}},"payor":{"firstName":"Robin","lastName":"Tester"}}"#;

/// The line of an operation; none for authorize where there are no tokens. The first two keep the token and the session id for
/// the others.
pub(super) fn line(operation: Operation, taken: CredentialsTaken) -> Option<String> {
    let who = if taken == CredentialsTaken::ApiKey {
        r#"-H "x-api-key: $FLINKS_PAY_API_KEY" -H "x-client-id: $FLINKS_PAY_CLIENT_ID""#
    } else {
        r#"-H "Authorization: Bearer $TOKEN""#
    };
    let (options, body) = match operation {
        Operation::Authorize => {
            let pair = match taken {
                CredentialsTaken::ApiKey => return None,
                CredentialsTaken::Form => {
                    r#"--data-urlencode "Username=$FLINKS_PAY_CLIENT_ID" --data-urlencode "Password=$FLINKS_PAY_CLIENT_SECRET""#
                }
                _ => r#"-u "$FLINKS_PAY_CLIENT_ID:$FLINKS_PAY_CLIENT_SECRET""#,
            };
            let call = format!(
                r#"curl -s {pair} -d grant_type=client_credentials "$FLINKS_PAY_BASE_URL{}""#,
                operation.path()
            );
            return Some(kept("TOKEN", &call, "access_token"));
        }
        Operation::CreateSession => ("", Some(REQUEST)),
        Operation::ConfirmGuarantee => ("", Some(r#"{"guaranteeAccepted":true}"#)),
        Operation::CancelSession => ("-X POST ", None),
        _ => ("", None),
    };
    let body = body.map_or_else(String::new, |body| {
        format!(r#" -H "Content-Type: application/json" -d '{body}'"#)
    });
    let path = operation.path().replace("{sessionId}", "$SESSION");
    let call = format!(r#"curl -s {options}{who}{body} "$FLINKS_PAY_BASE_URL{path}""#);
    Some(if operation == Operation::CreateSession {
        kept("SESSION", &call, "sessionId")
    } else {
        call
    })
}

/// Keeps a member of what a call answers in a variable.
fn kept(variable: &str, call: &str, member: &str) -> String {
    format!(r#"{variable}=$({call} | sed 's/.*"{member}":"//; s/".*//')"#)
}
