//! Every single change of a pattern that leaves a pattern.

/// Returns the changed patterns, each with the name of its kind.
pub(super) fn changes(pattern: &str) -> Vec<(&'static str, String)> {
    let mut found: Vec<(&'static str, String)> = Vec::new();
    let mut push = |kind, changed: String| {
        let known = found.iter().any(|(_, known)| *known == changed);
        if changed != pattern && !known && regress::Regex::new(&changed).is_ok() {
            found.push((kind, changed));
        }
    };
    if let Some(open) = pattern.strip_prefix('^') {
        push("loosen", open.to_owned());
    }
    if let Some(open) = pattern.strip_suffix('$') {
        push("loosen", open.to_owned());
    }
    for (start, end, kind, other) in sites(pattern) {
        let (Some(before), Some(after)) = (pattern.get(..start), pattern.get(end..)) else {
            continue;
        };
        push(kind, format!("{before}{other}{after}"));
    }
    found
}

type Site = (usize, usize, &'static str, String);

/// Places in a pattern, and what may stand there instead.
fn sites(pattern: &str) -> Vec<Site> {
    /// The ends of usual ranges, each moved by one.
    const RANGES: [(&str, &str, &str); 6] = [
        ("0-9", "1-9", "0-8"),
        ("A-Z", "B-Z", "A-Y"),
        ("a-z", "b-z", "a-y"),
        ("A-F", "A-E", "A-G"),
        ("a-f", "a-e", "a-g"),
        ("1-9", "2-9", "1-8"),
    ];
    let mut sites = Vec::new();
    for (range, first, second) in RANGES {
        for (at, _) in pattern.match_indices(range) {
            for other in [first, second] {
                sites.push((at, at + range.len(), "swap", other.to_owned()));
            }
        }
    }
    let mut in_class = false;
    let mut escaped = false;
    for (at, character) in pattern.char_indices() {
        if std::mem::take(&mut escaped) {
            continue;
        }
        match character {
            '\\' => escaped = true,
            '[' => in_class = true,
            ']' => in_class = false,
            '+' if !in_class => {
                sites.push((at, at + 1, "loosen", "*".to_owned()));
                sites.push((at, at + 1, "tighten", String::new()));
            }
            '*' if !in_class => {
                sites.push((at, at + 1, "tighten", "+".to_owned()));
                sites.push((at, at + 1, "tighten", String::new()));
            }
            '?' if !in_class => sites.push((at, at + 1, "tighten", String::new())),
            '{' if !in_class => {
                if let Some(length) = pattern.get(at..).and_then(|rest| rest.find('}')) {
                    counts(pattern, at, at + length, &mut sites);
                }
            }
            '|' if !in_class => {
                // The alternative before it, as far as it is plain.
                let start = pattern
                    .get(..at)
                    .and_then(|before| before.rfind(['(', '|']));
                if let Some(start) = start {
                    sites.push((start + 1, at + 1, "tighten", String::new()));
                }
            }
            _ => {}
        }
    }
    sites
}

/// The numbers between braces, each one more and one less.
fn counts(pattern: &str, open: usize, close: usize, sites: &mut Vec<Site>) {
    let inside = pattern.get(open + 1..close).unwrap_or_default();
    let mut at = open + 1;
    for number in inside.split(',') {
        if let Ok(count) = number.parse::<u32>() {
            let around = [Some(count + 1), count.checked_sub(1)];
            for other in around.into_iter().flatten() {
                sites.push((at, at + number.len(), "swap", other.to_string()));
            }
        }
        at += number.len() + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_change_is_a_pattern_and_another_one() {
        let pattern = "^[a-zA-Z0-9\\-]{1,36}(\\.[0-9]+)*$";
        let changed = changes(pattern);
        for wanted in [
            "[a-zA-Z0-9\\-]{1,36}(\\.[0-9]+)*$",
            "^[a-zA-Z0-9\\-]{1,36}(\\.[0-9]+)*",
            "^[b-zA-Z0-9\\-]{1,36}(\\.[0-9]+)*$",
            "^[a-zA-Z0-9\\-]{1,37}(\\.[0-9]+)*$",
            "^[a-zA-Z0-9\\-]{0,36}(\\.[0-9]+)*$",
            "^[a-zA-Z0-9\\-]{1,36}(\\.[0-9]*)*$",
            "^[a-zA-Z0-9\\-]{1,36}(\\.[0-9]+)+$",
        ] {
            assert!(
                changed.iter().any(|(_, changed)| changed == wanted),
                "{wanted}: {changed:?}"
            );
        }
        for (_, changed) in changed {
            assert_ne!(changed, pattern);
        }
    }
}
