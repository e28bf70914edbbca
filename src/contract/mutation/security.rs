//! Whether a call needs credentials, before a change and after.

use serde_json::Value;

use crate::spec::{Document, Node, Object, Pointer};

/// Whether all that changes at a place is who has to call, and nobody has to before nor after.
pub(super) fn stays_open(before: &Document, now: &Document, at: &Pointer) -> bool {
    let end = at.tokens().iter().position(|token| token == "security");
    let list: Pointer = match end {
        Some(end) => at.tokens().iter().take(end + 1).cloned().collect(),
        None if is_alike(before, now, at) => at.join("security"),
        None => return false,
    };
    is_open(before, &list) && is_open(now, &list)
}

/// Whether an object is the same but for its own list of who has to call.
fn is_alike(before: &Document, now: &Document, at: &Pointer) -> bool {
    let rest = |document: &Document| {
        let mut rest = document.at(at).map(Node::to_json);
        rest.as_mut()
            .and_then(Value::as_object_mut)
            .and_then(|members| members.remove("security"));
        rest
    };
    rest(before) == rest(now)
}

/// Whether no credentials are needed by the list there, or by that of the document where there is none.
fn is_open(document: &Document, list: &Pointer) -> bool {
    let own = document.at(list);
    let ways = own.or_else(|| document.root().get("security"));
    let ways = ways.and_then(Node::as_array).unwrap_or_default();
    let mut ways = ways.iter().map(Node::as_object);
    ways.len() == 0 || ways.any(|way| way.is_some_and(Object::is_empty))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_stays_open_only_if_nobody_had_to_say_who_they_are_and_still_nobody_has()
    -> Result<(), Box<dyn std::error::Error>> {
        let document = |root: &str, own: &str| {
            let text = format!(
                "openapi: 3.0.3\n{root}\npaths: {{ /a: {{ get: {{ operationId: a, {own} }} }} }}\n"
            );
            Document::parse("a.yaml", text)
        };
        let (none, key, free) = ("", "security: [{ key: [] }]", "security: []");
        let at: Pointer = ["paths", "/a", "get"]
            .map(str::to_owned)
            .into_iter()
            .collect();
        for (before, now, expected) in [
            ((none, none), (none, free), true),
            ((key, none), (key, free), false),
            ((key, free), (key, none), false),
            ((none, free), (none, key), false),
            ((none, "security: [{ key: [] }, {}]"), (none, free), true),
            (
                (none, none),
                (none, "deprecated: true, security: []"),
                false,
            ),
        ] {
            let [before, now] = [before, now].map(|(root, own)| document(root, own));
            let (before, now) = (before?, now?);
            assert_eq!(
                stays_open(&before, &now, &at),
                expected,
                "{:?}",
                now.to_json()
            );
            if before.at(&at.join("security")).is_some() && now.at(&at.join("security")).is_some() {
                assert_eq!(stays_open(&before, &now, &at.join("security")), expected);
            }
        }
        Ok(())
    }
}
