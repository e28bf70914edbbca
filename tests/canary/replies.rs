//! What is answered, with markers wherever a server might put them.

use crate::markers::{
    ACCOUNT, API_KEY, BIRTH_DATE, CITY, CLIENT_ID, CLIENT_SECRET, EMAIL, FIRST_NAME, HEADER, LABEL,
    LAST_NAME, MIDDLE_NAME, OCCUPATION, OTHER, POSTAL_CODE, REFERENCE, SESSION, STREET, TOKEN, URL,
};
use crate::support::scripted::Reply;

/// Everything private, as an answer may say it.
pub(crate) fn details() -> serde_json::Value {
    let account = serde_json::json!({
        "institutionCode": "621", "transitNumber": "16001", "accountNumber": ACCOUNT, "accountLabel": LABEL,
        "availableBalance": 1.5, "novel": ACCOUNT,
    });
    serde_json::json!({
        "sessionId": SESSION, "referenceId": REFERENCE, "status": "Failed", "statusDetails": "EFT0301",
        "payor": {
            "firstName": FIRST_NAME, "lastName": LAST_NAME, "middleName": MIDDLE_NAME,
            "occupation": OCCUPATION, "birthDate": BIRTH_DATE, "email": EMAIL, "account": account,
            "address": { "addressLine1": STREET, "city": CITY, "postalCode": POSTAL_CODE },
        },
        "payee": { "account": account },
        "options": { "redirectPreferences": { "urlSuccess": URL, "urlExit": URL } },
        "novel": { "of": TOKEN }, EMAIL: EMAIL, ACCOUNT: ACCOUNT, SESSION: SESSION,
    })
}

/// Every kind of answer, with markers wherever a server might put them.
pub(crate) fn replies() -> Vec<Reply> {
    let all = format!(
        "{CLIENT_ID} {CLIENT_SECRET} {API_KEY} {TOKEN} {FIRST_NAME} {MIDDLE_NAME} {LAST_NAME} {OCCUPATION} {BIRTH_DATE} {EMAIL} {STREET} {CITY} {POSTAL_CODE} \
         {ACCOUNT} {LABEL} {URL} {SESSION} {OTHER} {REFERENCE}"
    );
    let details = details();
    let text = details.to_string();
    let escaping = format!("\u{1b}[31m{all}\r\n\u{9b}2J");
    let problem = serde_json::json!({
        "type": all, "title": escaping, "detail": escaping, "instance": all, "error": escaping, "error_description": all,
    });
    let problem = problem.to_string();
    let cookie = format!("session={HEADER}");
    let headers: &[(&str, &str)] = &[("set-cookie", &cookie), ("x-trace", &all)];
    let mut replies = vec![
        Reply::of(200, headers, &text),
        Reply::json(200, &text.replace(SESSION, OTHER)),
        Reply::json(200, &text.replace("\"Failed\"", "7")),
        Reply::json(200, &text.replace("\"Failed\"", "\"Paused\"")),
        Reply::json(200, &text.replace(SESSION, EMAIL)),
        Reply::json(200, &text.replace("1.5", "1e400")),
        Reply::json(
            200,
            &text.replace(&format!("{{\"of\":\"{TOKEN}\"}}"), "1e400"),
        ),
        Reply::json(200, &text[..text.len() / 2]),
        Reply::json(200, &format!("{text}{all}")),
        Reply::json(200, &all),
        Reply::of(302, &[("location", &format!("{URL}?{HEADER}"))], &all),
        Reply::of(200, &[("content-encoding", "gzip")], &all),
        Reply::of(200, &[], all.repeat(3000)),
        Reply::Bytes(format!("HTTP/1.1 200 OK\r\ncontent-length: 9000\r\n\r\n{text}").into_bytes()),
        Reply::Bytes(format!("{all}\r\n\r\n").into_bytes()),
        Reply::Close,
        Reply::Reset,
    ];
    for status in [400, 401, 403, 404, 409, 422, 429, 500, 503] {
        replies.push(Reply::of(status, headers, &problem));
        replies.push(Reply::of(status, headers, &all));
    }
    replies
}
