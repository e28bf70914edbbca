//! The session id in an answer that is spoilt: half of it, or something in it that JSON cannot hold.
//!
//! A create that was carried out must not cost the caller the id for a stray comma; neither must a webhook, which is sent once.

use crate::domain::SessionId;

/// Returns the session id of a body, if it has just one. Where in the body it stands does not matter: a member of this
/// name is about a session, and one session only.
pub(crate) fn session_id(body: &[u8]) -> Option<SessionId> {
    const NAME: &str = "\"sessionId\"";
    let text = String::from_utf8_lossy(body);
    let mut found = None;
    for (start, _) in text.match_indices(NAME) {
        let after = text
            .get(start + NAME.len()..)?
            .trim_start()
            .strip_prefix(':')?;
        let value = after.trim_start().strip_prefix('"')?;
        let (value, _) = value.split_once('"')?;
        let id = SessionId::new(value).ok()?;
        if found.is_some_and(|other| other != id) {
            return None;
        }
        found = Some(id);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0b7d4c1e-5a36-4f0e-9d5c-3f2a91c7e864";

    #[test]
    fn an_id_is_found_in_what_is_left_of_an_answer() {
        let expected = SessionId::new(ID).ok();
        assert!(expected.is_some());
        for body in [
            format!(r#"{{"sessionId":"{ID}","referenceId":1042}}"#),
            format!("{{ \"sessionId\" :\n \"{ID}\", \"referen"),
            format!(r#"{{"sessionId":"{ID}","n":1e999}}"#),
            format!(
                r#"{{"sessionId":"{ID}","sessionId":"{}"}}"#,
                ID.to_uppercase()
            ),
            format!(r#"{{"sessionId":"{ID}",}}"#),
        ] {
            assert_eq!(session_id(body.as_bytes()), expected, "{body}");
        }
    }

    #[test]
    fn nothing_is_guessed() {
        for body in [
            String::new(),
            "<html>".to_owned(),
            format!(r#"{{"id":"{ID}"}}"#),
            format!(r#"{{"sessionId":"{}"#, &ID[..35]),
            format!(r#"{{"sessionId":["{ID}"]}}"#),
            format!(
                r#"{{"sessionId":"{ID}","other":{{"sessionId":"11111111-2222-4333-8444-555555555555"}}}}"#
            ),
        ] {
            assert_eq!(session_id(body.as_bytes()), None, "{body}");
        }
    }
}
