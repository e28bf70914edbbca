//! Where the hosted page sends the payor back.

use super::ascii_set::AsciiSet;
use super::found::Found;
use super::limit::{Limit, characters, position};
use super::rule::{Rule, Severity};

pub(super) static REDIRECT_URL: Rule = Rule {
    id: "redirect-url",
    fields: &[
        "options.redirectPreferences.urlSuccess",
        "options.redirectPreferences.urlExit",
    ],
    limit: Limit::Url { max: 2048 },
    severity: Severity::Refuse,
    source: "S4",
    contract: "#/components/schemas/RedirectUrl",
    enforcer: "domain::RedirectUrl",
};

// A pattern cannot say it simply: the three names in any case, and nothing that only begins with one of them.
pub(super) static REDIRECT_URL_SCHEME: Rule = Rule {
    id: "redirect-url-scheme",
    fields: &[
        "options.redirectPreferences.urlSuccess",
        "options.redirectPreferences.urlExit",
    ],
    limit: Limit::SchemeNot(&["javascript", "data", "vbscript"]),
    severity: Severity::Refuse,
    source: "contract",
    contract: "#/components/schemas/RedirectUrl",
    enforcer: "domain::RedirectUrl",
};

text_value! {
    /// An absolute URL with a host and without credentials, at most 2,048 characters.
    ///
    /// The payor's browser is sent there, so the schemes that make it run what follows (javascript, data, vbscript) are
    /// refused, also where a host stands behind them.
    RedirectUrl { rules: [REDIRECT_URL, REDIRECT_URL_SCHEME], warnings: [], debug: redacted }
}

/// The contract's pattern. [`check`] accepts the same texts without a regular expression.
pub(super) const PATTERN: &str = "^[A-Za-z][A-Za-z0-9+.-]*://[A-Za-z0-9._~-]+(:[0-9]{1,5})?(/([A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*)?(\\?([A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?(#([A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?$";

static SCHEME: AsciiSet = AsciiSet::alphanumeric_and(b"+.-");
static HOST: AsciiSet = AsciiSet::alphanumeric_and(b"._~-");
/// What may stand in a path, a query and a fragment, and means itself.
static PLAIN: AsciiSet = AsciiSet::alphanumeric_and(b"._~!$&'()*+,;=:@/-");

/// Checks the whole URL.
pub(super) fn check(text: &str, max: usize) -> Result<(), Found> {
    if text.is_empty() {
        return Err(Found::Empty);
    }
    // A scheme has no colon, so the first "://" ends it; the search for one character is the cheaper one.
    let first = split_at_colon(text);
    let first = first.and_then(|(scheme, rest)| Some((scheme, rest.strip_prefix("//")?)));
    let Some((scheme, rest)) = first.or_else(|| text.split_once("://")) else {
        return Err(Found::Shape("no :// after a scheme"));
    };
    check_scheme(text, scheme)?;
    let (host, rest) = split_in_front(rest, b":/?#");
    check_host(text, host, rest)?;
    let rest = check_port(text, rest)?;
    check_rest(text, rest)?;
    // Only ASCII is left, one byte to the character.
    if text.len() > max {
        return Err(characters(text));
    }
    Ok(())
}

/// Checks that the scheme is none of these, in any case.
pub(super) fn check_scheme_not(text: &str, refused: &[&str]) -> Result<(), Found> {
    let scheme = split_at_colon(text).map_or("", |(scheme, _)| scheme);
    if refused.iter().any(|name| scheme.eq_ignore_ascii_case(name)) {
        return Err(Found::Shape("one of them"));
    }
    Ok(())
}

/// As `split_once` does it. What is looked for stands near the beginning, too near for a search that is made for long texts.
fn split_at_colon(text: &str) -> Option<(&str, &str)> {
    let colon = text.bytes().position(|byte| byte == b':')?;
    Some((text.get(..colon)?, text.get(colon + 1..)?))
}

/// Splits in front of the first of these ASCII characters, or at the end.
fn split_in_front<'a>(text: &'a str, ends: &[u8]) -> (&'a str, &'a str) {
    let end = text.bytes().position(|byte| ends.contains(&byte));
    text.split_at(end.unwrap_or(text.len()))
}

fn check_scheme(text: &str, scheme: &str) -> Result<(), Found> {
    if !scheme.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Err(Found::Shape("a scheme that does not start with a letter"));
    }
    match scheme.bytes().position(|byte| !SCHEME.holds(byte)) {
        Some(at) => Err(stray(text, at)),
        None => Ok(()),
    }
}

fn check_host(text: &str, host: &str, rest: &str) -> Result<(), Found> {
    if host.is_empty() {
        return Err(Found::Shape("no host"));
    }
    match host.bytes().position(|byte| !HOST.holds(byte)) {
        Some(at) => Err(stray(text, text.len() - rest.len() - host.len() + at)),
        None => Ok(()),
    }
}

/// Takes one to five digits after a colon, and returns what follows.
fn check_port<'a>(text: &str, rest: &'a str) -> Result<&'a str, Found> {
    let Some(port) = rest.strip_prefix(':') else {
        return Ok(rest);
    };
    let (digits, rest) = split_in_front(port, b"/?#");
    // A user and password in front of the host also stand behind a colon.
    if digits.contains('@') {
        return Err(Found::Shape("an @ in front of the path"));
    }
    if let Some(at) = digits.bytes().position(|byte| !byte.is_ascii_digit()) {
        return Err(Found::Character {
            not: "a digit",
            position: position(text, text.len() - port.len() + at),
        });
    }
    if !(1..=5).contains(&digits.len()) {
        return Err(Found::Shape("a port that is not 1 to 5 digits"));
    }
    Ok(rest)
}

/// Checks path, query and fragment in one pass.
fn check_rest(text: &str, rest: &str) -> Result<(), Found> {
    let start = text.len() - rest.len();
    let mut part = Part::Path;
    let mut bytes = rest.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            _ if PLAIN.holds(byte) => {}
            b'%' => {
                let hex = |byte: Option<(usize, u8)>| {
                    byte.is_some_and(|(_, byte)| byte.is_ascii_hexdigit())
                };
                if !hex(bytes.next()) || !hex(bytes.next()) {
                    return Err(Found::Shape("a % without two hexadecimal digits after it"));
                }
            }
            // After the first one, a question mark is a character like any other.
            b'?' => part = part.max(Part::Query),
            b'#' if part != Part::Fragment => part = Part::Fragment,
            _ => return Err(stray(text, start + at)),
        }
    }
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Path,
    Query,
    Fragment,
}

fn stray(text: &str, at: usize) -> Found {
    Found::Character {
        not: "allowed there",
        position: position(text, at),
    }
}
