//! What a failed answer says about itself, in either of the two shapes that Flinks uses.

use std::fmt;

use serde_json::Value;

/// The readable part of a failed answer: RFC 7807 problem details, or `error` with `error_description`.
///
/// Its texts come from outside and may repeat what was sent; `Debug` shows the code alone.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Problem {
    code: Option<String>,
    title: Option<String>,
    detail: Option<String>,
    type_uri: Option<String>,
    instance: Option<String>,
}

impl Problem {
    /// Reads a body. Nothing for one that is in neither shape, such as a proxy's HTML page.
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        let Ok(Value::Object(members)) = serde_json::from_slice(body) else {
            return None;
        };
        let text = |name: &str| members.get(name).and_then(Value::as_str).map(str::to_owned);
        let problem = Self {
            code: text("error"),
            title: text("title"),
            detail: text("detail").or_else(|| text("error_description")),
            type_uri: text("type"),
            instance: text("instance"),
        };
        (problem != Self::default()).then_some(problem)
    }

    /// Returns the machine-readable code of the `error` shape, such as `not_found`.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// Returns the title of problem details: the kind of problem in words.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// Returns the occurrence in words, `detail` or `error_description`. It may repeat what was sent.
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    /// Returns the URI that names the kind of problem.
    #[must_use]
    pub fn type_uri(&self) -> Option<&str> {
        self.type_uri.as_deref()
    }

    /// Returns the URI that names this occurrence.
    #[must_use]
    pub fn instance(&self) -> Option<&str> {
        self.instance.as_deref()
    }

    /// The code, if it is one that can be printed: a short word, not whatever somebody put there.
    pub(crate) fn printable_code(&self) -> Option<&str> {
        self.code().filter(|code| {
            (1..=40).contains(&code.len())
                && code
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        })
    }
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Problem")
            .field("code", &self.printable_code())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_shapes_are_read_and_nothing_else_is() {
        let problem = Problem::read(
            br#"{"type":"about:blank","title":"Bad Request","status":400,"detail":"payee","instance":"/c/7"}"#,
        );
        let problem = problem.unwrap_or_default();
        assert_eq!(
            (problem.type_uri(), problem.instance()),
            (Some("about:blank"), Some("/c/7"))
        );
        assert_eq!(
            (problem.title(), problem.detail(), problem.code()),
            (Some("Bad Request"), Some("payee"), None)
        );
        let error =
            Problem::read(br#"{"error":"not_found","error_description":"no such session"}"#)
                .unwrap_or_default();
        assert_eq!(
            (error.code(), error.detail(), error.title()),
            (Some("not_found"), Some("no such session"), None)
        );
        assert_eq!((error.type_uri(), error.instance()), (None, None));
        let bare = Problem::read(br#"{"title":null,"error":"forbidden"}"#).unwrap_or_default();
        assert_eq!((bare.code(), bare.title()), (Some("forbidden"), None));
        for body in [
            &b"<html>502</html>"[..],
            b"",
            b"[]",
            b"{}",
            b"{\"error\":1}",
            b"{\"error\":",
            b"null",
            b"\xFF",
        ] {
            assert_eq!(Problem::read(body), None, "{body:?}");
        }
    }

    #[test]
    fn only_a_plain_code_is_printed() {
        let shown = |code: &str| Problem {
            code: Some(code.to_owned()),
            ..Problem::default()
        };
        assert_eq!(shown("not_found").printable_code(), Some("not_found"));
        assert_eq!(shown("ada@shop.example").printable_code(), None);
        assert_eq!(shown("\u{1b}[31m").printable_code(), None);
        assert_eq!(
            format!("{:?}", shown("Ada Roy")),
            "Problem { code: None, .. }"
        );
    }
}
