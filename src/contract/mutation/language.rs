//! Whether two schemas accept the same texts: what each says of texts is a regular language, or lies between two.

use std::collections::HashSet;

use regex_automata::hybrid::LazyStateID;
use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::util::start;
use regex_automata::{Anchored, MatchKind};
use serde_json::{Map, Value as Json};

/// The keywords that are about texts and nothing else.
pub(super) const KEYWORDS: [&str; 4] = ["format", "maxLength", "minLength", "pattern"];

/// What a format says, in patterns of the whole text.
struct Format {
    name: &'static str,
    /// Every text of the format matches this.
    within: &'static str,
    /// Every text that matches this is of the format.
    whole: Option<&'static str>,
}

/// Those that the contract has beside other keywords about texts.
const FORMATS: [Format; 4] = [
    Format {
        name: "uuid",
        within: "[0-9A-Fa-f-]{36}",
        whole: None,
    },
    Format {
        name: "date-time",
        within: "[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt](?s:.){9,}",
        whole: None,
    },
    Format {
        name: "email",
        // Words with single dots between them, or something in quotes, or an address between angle brackets.
        within: "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+([.][A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[^@>]+|(?s:.)*\"@[^@>]+|(?s:.)*>",
        whole: None,
    },
    Format {
        name: "uri",
        within: "([!-$&-~]|%[0-9A-Fa-f]{2})*",
        // RFC 3986 with `//` and a registered name, without anybody before it.
        whole: Some(
            "[A-Za-z][A-Za-z0-9+.-]*://([A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*(:[0-9]*)?\
             (/([A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*)?\
             (\\?([A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?\
             (#([A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?",
        ),
    },
];

/// A longer bound takes more states than it is worth.
const LONGEST: u64 = 300;

/// After so many states nothing is known.
const MOST_STATES: usize = 50_000;

/// Whether two schemas accept the same texts, as far as it can be proved; all else that they say must be the same.
pub(super) fn equal(one: &Map<String, Json>, other: &Map<String, Json>) -> bool {
    let (Some(one), Some(other)) = (Said::by(one), Said::by(other)) else {
        return false;
    };
    one.is_within(&other) && other.is_within(&one)
}

/// What a schema says of texts.
struct Said<'s> {
    pattern: Option<&'s str>,
    format: Option<&'s str>,
    least: u64,
    most: Option<u64>,
}

impl<'s> Said<'s> {
    fn by(schema: &'s Map<String, Json>) -> Option<Self> {
        let text = |keyword: &str| match schema.get(keyword) {
            Some(value) => value.as_str().map(Some),
            None => Some(None),
        };
        let count = |keyword: &str| match schema.get(keyword) {
            Some(value) => value.as_u64().map(Some),
            None => Some(None),
        };
        Some(Self {
            pattern: text("pattern")?,
            format: text("format")?,
            least: count("minLength")?.unwrap_or(0),
            most: count("maxLength")?,
        })
    }

    fn is_within(&self, other: &Self) -> bool {
        let Some(allowed) = other.beyond(self) else {
            return false;
        };
        allowed.is_empty() || all_match(&self.necessary(), &allowed) == Some(true)
    }

    /// Patterns that every accepted text matches. What cannot be put into one is left out.
    fn necessary(&self) -> Vec<String> {
        let pattern = self.pattern.filter(|pattern| is_plain(pattern));
        let format = self.format.and_then(known);
        let mut patterns: Vec<String> = pattern.map(anywhere).into_iter().collect();
        patterns.extend(format.map(|format| whole(format.within)));
        patterns.extend(self.lengths());
        patterns
    }

    /// Patterns a text that `before` accepts need match to be accepted here, too. Nothing where no pattern can say it.
    fn beyond(&self, before: &Self) -> Option<Vec<String>> {
        let mut patterns = Vec::new();
        if let Some(pattern) = self.pattern
            && self.pattern != before.pattern
        {
            patterns.push(is_plain(pattern).then(|| anywhere(pattern))?);
        }
        if let Some(format) = self.format
            && self.format != before.format
        {
            patterns.push(whole(known(format)?.whole?));
        }
        let shorter = self
            .most
            .is_some_and(|most| before.most.is_none_or(|before| before > most));
        if before.least < self.least || shorter {
            patterns.push(self.lengths()?);
        }
        Some(patterns)
    }

    fn lengths(&self) -> Option<String> {
        let Self { least, most, .. } = *self;
        let most = match most {
            Some(most) if most > LONGEST => return None,
            Some(most) => most.to_string(),
            None => String::new(),
        };
        (least <= LONGEST).then(|| whole(&format!("(?s:.){{{least},{most}}}")))
    }
}

fn known(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}

/// A pattern that stands somewhere in the text, as in JSON Schema.
fn anywhere(pattern: &str) -> String {
    format!(r"\A(?s:.)*(?:{pattern})(?s:.)*\z")
}

fn whole(pattern: &str) -> String {
    format!(r"\A(?:{pattern})\z")
}

/// Whether a pattern means the same in the two languages that are concerned, ECMAScript's and this library's.
fn is_plain(pattern: &str) -> bool {
    let mut escaped = false;
    let mut in_class = false;
    let mut before = ' ';
    for character in pattern.chars() {
        if std::mem::take(&mut escaped) {
            if character.is_alphanumeric() {
                return false;
            }
            before = ' ';
            continue;
        }
        match character {
            '\\' => escaped = true,
            '[' if in_class => return false,
            '[' => in_class = true,
            ']' => in_class = false,
            // Classes can be intersected and subtracted here, and not there.
            '&' | '-' | '~' if in_class && before == character => return false,
            '.' if !in_class => return false,
            '?' if before == '(' && !in_class => return false,
            _ => {}
        }
        before = character;
    }
    pattern.is_ascii()
}

/// Whether every text that matches all of `given` matches all of `wanted`, too. Nothing where that is not known.
fn all_match(given: &[String], wanted: &[String]) -> Option<bool> {
    let machines: Vec<DFA> = given
        .iter()
        .chain(wanted)
        .map(|pattern| machine(pattern))
        .collect::<Option<_>>()?;
    let mut caches: Vec<Cache> = machines.iter().map(DFA::create_cache).collect();
    let begin = start::Config::new().anchored(Anchored::Yes);
    let first: Vec<LazyStateID> = machines
        .iter()
        .zip(&mut caches)
        .map(|(machine, cache)| machine.start_state(cache, &begin).ok())
        .collect::<Option<_>>()?;
    let mut waiting = vec![first.clone()];
    let mut seen = HashSet::from([first]);
    while let Some(states) = waiting.pop() {
        let mut step = |byte: Option<u8>| -> Option<Vec<LazyStateID>> {
            let each = machines.iter().zip(&mut caches).zip(&states);
            each.map(|((machine, cache), state)| {
                let next = match byte {
                    Some(byte) => machine.next_state(cache, *state, byte),
                    None => machine.next_eoi_state(cache, *state),
                };
                next.ok().filter(|next| !next.is_quit())
            })
            .collect()
        };
        let ended = step(None)?;
        let (of_given, of_wanted) = ended.split_at_checked(given.len())?;
        let all = |states: &[LazyStateID]| states.iter().all(LazyStateID::is_match);
        if all(of_given) && !all(of_wanted) {
            return Some(false);
        }
        for byte in 0..=u8::MAX {
            let next = step(Some(byte))?;
            // What one of them refuses whatever follows is no text of theirs.
            let over = next.iter().take(given.len()).any(LazyStateID::is_dead);
            if !over && seen.insert(next.clone()) {
                waiting.push(next);
            }
        }
        if seen.len() > MOST_STATES {
            return None;
        }
    }
    Some(true)
}

fn machine(pattern: &str) -> Option<DFA> {
    // A state that is forgotten would come again under another number.
    let config = DFA::config()
        .match_kind(MatchKind::All)
        .cache_capacity(64 * 1024 * 1024)
        .minimum_cache_clear_count(Some(0));
    DFA::builder().configure(config).build(pattern).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn are_equal(one: &Json, other: &Json, expected: bool) {
        let object = |schema: &Json| schema.as_object().cloned().unwrap_or_default();
        let (one, other) = (object(one), object(other));
        assert_eq!(equal(&one, &other), expected);
        assert_eq!(equal(&other, &one), expected);
    }

    #[test]
    fn two_ways_to_say_the_same_are_equal() {
        let bounded = json!({ "pattern": "^[0-9]{7,12}$", "minLength": 7, "maxLength": 12 });
        for same in [
            json!({ "pattern": "^[0-9]{6,12}$", "minLength": 7, "maxLength": 12 }),
            json!({ "pattern": "^[0-9]{7,13}$", "minLength": 7, "maxLength": 12 }),
            json!({ "pattern": "^[0-9]+$", "minLength": 7, "maxLength": 12 }),
            json!({ "pattern": "^[0-9]{7,12}$" }),
            json!({ "pattern": "^([0-4]|[5-9]){7}[0-9]{0,5}$" }),
        ] {
            are_equal(&bounded, &same, true);
        }
        for other in [
            json!({ "pattern": "^[0-9]{6,12}$", "minLength": 6, "maxLength": 12 }),
            json!({ "pattern": "^[0-9]{7,13}$", "minLength": 7, "maxLength": 13 }),
            json!({ "pattern": "^[0-8]{7,12}$", "minLength": 7, "maxLength": 12 }),
            json!({ "pattern": "[0-9]{7,12}", "minLength": 7, "maxLength": 12 }),
            json!({ "minLength": 7, "maxLength": 12 }),
            json!({}),
        ] {
            are_equal(&bounded, &other, false);
        }
        // Characters are counted, not bytes.
        are_equal(
            &json!({ "pattern": "^[^a]{2}$" }),
            &json!({ "pattern": "^[^a]*$", "minLength": 2, "maxLength": 2 }),
            true,
        );
    }

    #[test]
    fn a_format_says_what_a_pattern_need_not() {
        for (format, short, long) in [("uuid", 36, 37), ("date-time", 20, 21)] {
            let bare = json!({ "format": format });
            are_equal(
                &bare,
                &json!({ "format": format, "minLength": short }),
                true,
            );
            are_equal(
                &bare,
                &json!({ "format": format, "minLength": long }),
                false,
            );
        }
        are_equal(&json!({ "format": "uuid" }), &json!({}), false);
        let address = |start: &str| format!("{start}[a-z]+([.][a-z]+)*@shop[.]example$");
        are_equal(
            &json!({ "format": "email", "pattern": address("^") }),
            &json!({ "format": "email", "pattern": address("^[a-z.]*") }),
            true,
        );
        are_equal(
            &json!({ "format": "email", "pattern": address("^") }),
            &json!({ "format": "email", "pattern": address("") }),
            false,
        );
        // Of a format that is not known nothing is.
        are_equal(
            &json!({ "format": "iri" }),
            &json!({ "format": "iri", "minLength": 1 }),
            false,
        );
        let url = |rest: &str| format!("^https://[a-z.]+(/([a-z]|{rest})*)?$");
        are_equal(
            &json!({ "format": "uri", "pattern": url("%[0-9A-F]{2}") }),
            &json!({ "pattern": url("%[0-9A-F]{2}") }),
            true,
        );
        are_equal(
            &json!({ "format": "uri", "pattern": url("%[0-9A-F]{2}") }),
            &json!({ "format": "uri", "pattern": url("%[0-9A-F]{1}[0-9A-FZ]") }),
            true,
        );
        are_equal(
            &json!({ "format": "uri", "pattern": url("%[0-9A-F]{1}[0-9A-FZ]") }),
            &json!({ "pattern": url("%[0-9A-F]{1}[0-9A-FZ]") }),
            false,
        );
    }

    #[test]
    fn a_pattern_that_may_mean_something_else_proves_nothing() {
        for odd in [
            r"^\d{3}$",
            "^.{3}$",
            "^(?=a)a{3}$",
            "^[a-z&&b]{3}$",
            "^é{3}$",
            "^[[a]]{3}$",
        ] {
            are_equal(
                &json!({ "pattern": odd }),
                &json!({ "pattern": odd, "maxLength": 3 }),
                false,
            );
        }
    }

    /// What is said here of a format, its validator says, too.
    #[test]
    fn what_is_known_of_a_format_is_so() -> Result<(), Box<dyn std::error::Error>> {
        let texts = [
            "0b7d4c1e-5a36-4f0e-9d5c-3f2a91c7e864",
            "0B7D4C1E-5A36-4F0E-9D5C-3F2A91C7E864",
            "0b7d4c1e5a364f0e9d5c3f2a91c7e864",
            "2026-03-02T09:30:00Z",
            "2026-03-02t09:30:00.125-05:00",
            "2026-03-02T09:30Z",
            "2026-03-02 09:30:00Z",
            "ada@shop.example",
            "\"ada roy\"@shop.example",
            "ada@[192.0.2.1]",
            "\"ada@roy\"@shop.example",
            "Ada Roy <ada@shop.example>",
            "\"Roy, Ada\" <ada@shop.example>",
            "ada..roy@shop.example",
            "ada.@shop.example",
            ".ada@shop.example",
            "@shop.example",
            "\"\"@shop.example",
            "https://shop.example/paid?order=7#top",
            "a://",
            "a+b-c.d://x",
            "https://shop.example:",
            "https://shop.example:99999/%41/a:b@c?d/e?f#g/h?i",
            "https://a!$&'()*+,;=%00b",
            "https://shop.example/%4",
            "https://shop.example/%zz",
            "https://[::1]/%zz",
            "https://[::1]/%41",
            "http://a#b#c",
            "urn:isbn:0451450523",
            "https://shop.example/a b",
            "https://shop.example/é",
            "",
        ];
        let mut said = 0;
        for format in &FORMATS {
            let validator = jsonschema::options()
                .should_validate_formats(true)
                .build(&json!({ "format": format.name }))?;
            let within =
                regress::Regex::new(&format!("^(?:{})$", format.within.replace("(?s:.)", "[^]")))?;
            let sure = format
                .whole
                .map(|pattern| regress::Regex::new(&format!("^(?:{pattern})$")));
            let sure = sure.transpose()?;
            for text in texts {
                let is_valid = validator.is_valid(&json!(text));
                let matches = within.find(text).is_some();
                assert!(!is_valid || matches, "{}: {text}", format.name);
                let is_sure = sure
                    .as_ref()
                    .is_some_and(|pattern| pattern.find(text).is_some());
                assert!(!is_sure || is_valid, "{}: {text}", format.name);
                said += usize::from(is_valid) + usize::from(is_sure);
            }
        }
        assert!(said > 20, "{said}");
        Ok(())
    }
}
