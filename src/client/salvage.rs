//! The session id in an answer that is spoilt, and whose it is: half of it, or something in it that JSON cannot hold.
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

/// Whether a body has a whole reference id, and another one than ours. One that stops half-way says nothing.
pub(crate) fn names_another(body: &[u8], ours: &str) -> bool {
    const NAME: &str = "\"referenceId\"";
    let text = String::from_utf8_lossy(body);
    text.match_indices(NAME).any(|(start, _)| {
        let after = text.get(start + NAME.len()..).unwrap_or_default();
        let value = after.trim_start().strip_prefix(':').unwrap_or_default();
        // One value, whatever follows it.
        let first = serde_json::Deserializer::from_str(value)
            .into_iter::<String>()
            .next();
        first
            .and_then(Result::ok)
            .is_some_and(|theirs| theirs != ours)
    })
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
    fn another_reference_is_known_by_its_whole_text() {
        for (body, another) in [
            (r#"{"referenceId":"invoice-2000""#, true),
            ("{\"referenceId\" :\n \"invoice-2000\", \"amount", true),
            (
                r#"{"referenceId":"invoice-1042","referenceId":"invoice-2000","#,
                true,
            ),
            (r#"{"referenceId":"","#, true),
            (r#"{"referenceId":"invoice-1042","#, false),
            (r#"{"referenceId":"invoice\u002d1042","n":1e999}"#, false),
            (r#"{"referenceId":"invoice-20"#, false),
            (r#"{"referenceId":null,"#, false),
            (r#"{"referenceId":1042,"#, false),
            (
                r#"{"description":"\"referenceId\":\"invoice-2000\"","#,
                false,
            ),
            (r#"{"referenceId""#, false),
            ("", false),
        ] {
            assert_eq!(
                names_another(body.as_bytes(), "invoice-1042"),
                another,
                "{body}"
            );
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
