//! Session ids as they may be written.

use super::*;

const BODY: &str = r#""status":"Cancelled","statusDetails":"EFT0501""#;

#[tokio::test]
async fn an_id_is_read_in_either_case() {
    let mixed: String = SESSION
        .char_indices()
        .map(|(at, c)| {
            if at % 2 == 0 {
                c.to_ascii_uppercase()
            } else {
                c
            }
        })
        .collect();
    for id in [SESSION.to_owned(), SESSION.to_uppercase(), mixed] {
        let body = format!(r#"{{"sessionId":"{id}",{BODY}}}"#);
        let server = answering(Reply::json(200, &body)).await;
        let client = client(&server);
        for operation in ABOUT_SESSIONS {
            call(&client, operation).await.unwrap();
        }
        let created = client.create_guaranteed(&request()).await.unwrap();
        assert_eq!(created.session_id, session());
        assert_eq!(
            created.session_id.expose(),
            SESSION,
            "written in lower case"
        );
    }
}

#[tokio::test]
async fn what_is_not_written_as_an_id_is_none() {
    let bare = SESSION.replace('-', "");
    for id in [
        format!("{{{SESSION}}}"),
        format!("urn:uuid:{SESSION}"),
        format!(" {SESSION}"),
        format!("{SESSION}\\n"),
        SESSION[..35].to_owned(),
        SESSION.replace('f', "g"),
        SESSION.replace('0', "\u{FF10}"),
        bare,
        String::new(),
    ] {
        let body = format!(r#"{{"sessionId":"{id}",{BODY}}}"#);
        let server = answering(Reply::json(200, &body)).await;
        let client = client(&server);
        for operation in ABOUT_SESSIONS {
            let error = call(&client, operation).await.unwrap_err();
            assert_eq!(
                (error.kind(), error.path()),
                (ErrorKind::Decode, Some("sessionId")),
                "{operation} {id:?}"
            );
            assert_eq!(error.session_id(), None, "nothing is guessed");
        }
    }
}
