//! Which operation a request is for.

use crate::contract::{OperationOutline, Outline, Sender};
use crate::spec::{Document, Node};

/// What a method and a path lead to.
#[derive(Debug)]
pub(super) enum Route<'o> {
    /// An operation, and the texts in the place of each name in its path.
    To(&'o OperationOutline, Vec<(String, String)>),
    /// The path is there, and the method is not: the first operation that it has.
    OtherMethod(&'o OperationOutline),
    /// There is no such path.
    Nowhere,
}

/// The paths that the servers' addresses have; a target may begin with one.
pub(super) fn bases(document: &Document) -> Vec<String> {
    let servers = document.root().get("servers").and_then(Node::as_array);
    let mut bases: Vec<String> = servers
        .unwrap_or_default()
        .iter()
        .filter_map(|server| {
            let url = server.get("url")?.as_str()?;
            let behind = url.split_once("://").map_or(url, |(_, behind)| behind);
            let path = behind.get(behind.find('/')?..)?.trim_end_matches('/');
            (!path.is_empty()).then(|| path.to_owned())
        })
        .collect();
    bases.sort_by_key(|base| std::cmp::Reverse(base.len()));
    bases.dedup();
    bases
}

/// Finds the operation. Of several paths the one wins that is a literal where the others have a name.
pub(super) fn route<'o>(
    outline: &'o Outline,
    bases: &[String],
    by: Sender,
    method: &str,
    target: &str,
) -> Route<'o> {
    let operations = || outline.operations.iter();
    if by == Sender::Server {
        let named = || operations().filter(|it| it.incoming && it.path == target);
        return match named().find(|it| it.method == method) {
            Some(operation) => Route::To(operation, Vec::new()),
            None => named().next().map_or(Route::Nowhere, Route::OtherMethod),
        };
    }
    let path = target.split(['?', '#']).next().unwrap_or_default();
    // As it stands first: a base may be the beginning of a path of its own.
    let below = bases
        .iter()
        .filter_map(|base| path.strip_prefix(base.as_str()));
    for path in std::iter::once(path).chain(below.filter(|rest| rest.starts_with('/'))) {
        let mut found: Vec<_> = operations()
            .filter(|it| !it.incoming)
            .filter_map(|it| matching(&it.path, path).map(|captured| (it, captured)))
            .collect();
        found.sort_by_key(|(it, _)| named_segments(&it.path));
        let Some((first, _)) = found.first() else {
            continue;
        };
        // A method of a less literal path is none of this one.
        let template = first.path.clone();
        let first: &'o OperationOutline = first;
        found.retain(|(it, _)| it.path == template);
        return found
            .into_iter()
            .find(|(it, _)| it.method == method)
            .map_or(Route::OtherMethod(first), |(it, captured)| {
                Route::To(it, captured)
            });
    }
    Route::Nowhere
}

/// Which segments of a template have a name in them: compared from the front, a literal comes first.
fn named_segments(template: &str) -> Vec<bool> {
    template
        .split('/')
        .map(|segment| segment.contains('{'))
        .collect()
}

/// The texts in the place of each name, if a path is of this form.
fn matching(template: &str, path: &str) -> Option<Vec<(String, String)>> {
    let mut captured = Vec::new();
    let mut segments = path.split('/');
    for expected in template.split('/') {
        segment(expected, segments.next()?, &mut captured)?;
    }
    segments.next().is_none().then_some(captured)
}

/// One segment: literals, and names between them that stand for at least one character.
fn segment(template: &str, text: &str, captured: &mut Vec<(String, String)>) -> Option<()> {
    let Some((literal, behind)) = template.split_once('{') else {
        return (decoded(text) == decoded(template)).then_some(());
    };
    let (name, behind) = behind.split_once('}')?;
    let rest = text.strip_prefix(literal)?;
    let end = match behind.split('{').next().unwrap_or_default() {
        "" => rest.len(),
        until if behind.contains('{') => rest.find(until)?,
        // The last literal ends the segment.
        until => rest.strip_suffix(until)?.len(),
    };
    let (value, rest) = (rest.get(..end)?, rest.get(end..)?);
    if value.is_empty() {
        return None;
    }
    captured.push((name.to_owned(), decoded(value)));
    segment(behind, rest, captured)
}

/// A text without percent signs; as it stands if it is no UTF-8 then.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((&first, behind)) = rest.split_first() {
        let digits = behind.get(..2).filter(|_| first == b'%');
        let byte = digits.and_then(|digits| {
            let digits = std::str::from_utf8(digits).ok()?;
            u8::from_str_radix(digits, 16).ok()
        });
        plain.push(byte.unwrap_or(first));
        rest = if byte.is_some() {
            behind.get(2..).unwrap_or_default()
        } else {
            behind
        };
    }
    String::from_utf8(plain).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn captured(template: &str, path: &str) -> Option<Vec<(String, String)>> {
        matching(template, path)
    }

    #[test]
    fn names_in_a_path_stand_for_something() {
        let one = |name: &str, text: &str| Some(vec![(name.to_owned(), text.to_owned())]);
        assert_eq!(captured("/orders/{id}", "/orders/7"), one("id", "7"));
        assert_eq!(captured("/orders/{id}", "/orders/a%20b"), one("id", "a b"));
        assert_eq!(captured("/orders/{id}", "/orders/%zz"), one("id", "%zz"));
        assert_eq!(
            captured("/orders/{id}.pdf", "/orders/7.pdf"),
            one("id", "7")
        );
        assert_eq!(captured("/orders/{id}", "/orders/"), None);
        assert_eq!(captured("/orders/{id}", "/orders/7/lines"), None);
        assert_eq!(captured("/orders", "/orders"), Some(Vec::new()));
        assert_eq!(
            captured("/{from}-{to}", "/a-b").map(|found| found.len()),
            Some(2)
        );
    }
}
