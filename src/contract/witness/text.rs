//! Texts on the boundary of what a schema says about texts.

use super::facets::Facets;
use super::grammar::Grammar;

/// The longest text that is made for a bound; one beyond it is left to whoever judges by reading.
const LONGEST: u64 = 100_000;

/// The longest domain that is made.
const LONGEST_DOMAIN: usize = 500;

/// Texts, and the keyword that each is about.
pub(super) type Texts = Vec<(&'static str, String)>;

/// A format, a few texts that are of it, and a few that are not.
struct FormatSamples {
    name: &'static str,
    of: &'static [&'static str],
    not: &'static [&'static str],
}

const FORMATS: &[FormatSamples] = &[
    FormatSamples {
        name: "uuid",
        of: &[
            "0b7d4c1e-5a36-4f0e-9d5c-3f2a91c7e864",
            "0B7D4C1E-5A36-4F0E-9D5C-3F2A91C7E864",
            "00000000-0000-0000-0000-000000000000",
            "ffffffff-ffff-ffff-ffff-ffffffffffff",
        ],
        not: &[
            "0b7d4c1e-5a36-4f0e-9d5c-3f2a91c7e86",
            "0b7d4c1e-5a36-4f0e-9d5c-3f2a91c7e8644",
            "0b7d4c1e5a364f0e9d5c3f2a91c7e864",
            "{0b7d4c1e-5a36-4f0e-9d5c-3f2a91c7e864}",
            "urn:uuid:0b7d4c1e-5a36-4f0e-9d5c-3f2a91c7e864",
            "0b7d4c1e-5a36-4f0e-9d5c-3f2a91c7e86g",
            "0b7d4c1e-5a36-4f0e-9d5c3-f2a91c7e864",
        ],
    },
    FormatSamples {
        name: "date-time",
        of: &[
            "2026-03-02T09:30:00Z",
            "2026-03-02T09:30:00.125Z",
            "2026-03-02T09:30:00-05:00",
            "2024-02-29t23:59:59z",
        ],
        not: &[
            "2026-03-02T09:30:00",
            "2026-03-02",
            "2026-13-02T09:30:00Z",
            "2026-03-02T24:30:00Z",
            "2026-03-02T09:30Z",
            "2026-03-02T09:30:00+0500",
            "1772443800",
        ],
    },
    FormatSamples {
        name: "date",
        of: &["2026-03-02", "2024-02-29"],
        not: &[
            "2026-3-2",
            "2026-02-30",
            "26-03-02",
            "2026-03-02T00:00:00Z",
            "02/03/2026",
        ],
    },
    FormatSamples {
        name: "email",
        of: &[
            "ada@shop.example",
            "ada.roy+pay@mail.shop.example",
            "a@b.ca",
            // The last part of a domain may begin with a digit, for those who look at the format alone.
            "ada@shop.example.1a",
            "\"ada roy\"@shop.example",
        ],
        not: &[
            "ada",
            "ada@",
            "@shop.example",
            "ada roy@shop.example",
            "ada@shop..example",
            "ada@@shop.example",
        ],
    },
    FormatSamples {
        name: "uri",
        of: &[
            "https://shop.example/paid?order=7#top",
            "http://shop.example",
            "myshop://paid/7",
            "urn:isbn:0451450523",
            "a:https://shop.example",
        ],
        not: &[
            "/paid",
            "shop.example",
            "https://shop.example/a b",
            "://shop.example",
            "https://[::1",
            "https://shop.example/%zz",
        ],
    },
    FormatSamples {
        name: "ipv4",
        of: &["192.0.2.1", "255.255.255.255"],
        not: &["192.0.2", "256.0.0.1", "192.0.2.01"],
    },
    FormatSamples {
        name: "ipv6",
        of: &["2001:db8::1", "::1"],
        not: &["2001:db8:::1", "12345::", "::g"],
    },
    FormatSamples {
        name: "byte",
        of: &["aGVsbG8=", "aGVsbG8h", ""],
        not: &["aGVsbG8", "aGVs bG8=", "a-_b"],
    },
];

/// Texts that have tripped somebody: no text, blanks, other scripts, what a trimming or folding would change.
const ODD: &[&str] = &[
    "",
    " ",
    "  ",
    "a",
    "A",
    "1",
    "text",
    " text",
    "text ",
    "te xt",
    "te\u{a0}xt",
    "\n",
    "text\n",
    "text\r\n",
    "text\u{0}",
    "\u{7f}",
    "te\tx",
    "é",
    "漢字",
    "e\u{301}",
    "😀",
    "\u{feff}text",
    "\u{2028}",
    "null",
    "true",
    "0",
    "<b>",
    "'",
    "\"",
    "\\",
    "%20",
    "-",
    "_",
    ".",
    "a-b",
    "a_b",
    "a.b",
    "text-1",
];

/// The plainest texts, the likeliest to be accepted first.
pub(super) fn plain(facets: &Facets<'_>) -> Vec<String> {
    let mut texts = Vec::new();
    let grammars = grammars(facets);
    for length in facets.counts("minLength").filter(|length| *length > 1) {
        texts.extend(of_length(&grammars, length));
    }
    for samples in formats(facets) {
        texts.extend(samples.of.iter().map(|text| (*text).to_owned()));
    }
    texts.extend(grammars.iter().map(Grammar::plain));
    texts.push("text".to_owned());
    for length in facets.counts("maxLength") {
        texts.extend(of_length(&grammars, length));
    }
    for grammar in &grammars {
        texts.extend(grammar.boundaries());
    }
    texts.extend(ODD.iter().map(|text| (*text).to_owned()));
    texts
}

/// Texts on and beside every boundary; `valid` is one that is accepted.
pub(super) fn boundaries(facets: &Facets<'_>, valid: &str) -> Texts {
    let mut texts = Texts::new();
    let grammars = grammars(facets);
    for keyword in ["minLength", "maxLength"] {
        for bound in facets.counts(keyword) {
            let around = [bound.checked_sub(1), Some(bound), bound.checked_add(1)];
            for length in around.into_iter().flatten() {
                let made = of_length(&grammars, length).into_iter();
                texts.extend(made.map(|text| (keyword, text)));
                if facets.texts("format").any(|name| name == "email") {
                    texts.extend(address(length).map(|text| (keyword, text)));
                }
            }
        }
    }
    for grammar in &grammars {
        texts.extend(
            grammar
                .boundaries()
                .into_iter()
                .map(|text| ("pattern", text)),
        );
    }
    for samples in formats(facets) {
        let all = samples.of.iter().chain(samples.not);
        texts.extend(all.map(|text| ("format", (*text).to_owned())));
    }
    if facets.texts("format").any(|name| name == "email") {
        for (local, label) in [(64, 63), (65, 63), (64, 64)] {
            let (local, label) = ("a".repeat(local), "b".repeat(label));
            texts.push(("format", format!("{local}@{label}.example")));
        }
    }
    texts.extend(edits(valid).into_iter().map(|text| ("pattern", text)));
    texts.extend(ODD.iter().map(|text| ("type", (*text).to_owned())));
    texts
}

/// The shortest and the longest text that a pattern matches, in characters. Nothing for one that is not anchored at both ends, or
/// is no regular language.
pub(in crate::contract) fn lengths(pattern: &str) -> Option<(u64, Option<u64>)> {
    Grammar::of(pattern)?.lengths()
}

/// A text that is accepted, changed at one place.
pub(super) fn edits(valid: &str) -> Vec<String> {
    let mut edited = vec![
        format!("{valid}\n"),
        format!("{valid} "),
        format!(" {valid}"),
        format!("\u{0}{valid}"),
        format!("{valid}\u{7f}"),
        format!("{valid}x"),
        format!("x{valid}"),
        format!("{valid}é"),
        format!("{valid}{valid}"),
        valid.to_uppercase(),
        valid.to_lowercase(),
    ];
    let mut characters = valid.chars();
    characters.next();
    edited.push(characters.as_str().to_owned());
    characters.next_back();
    edited.push(characters.as_str().to_owned());
    edited
}

/// An email address of that many characters, none of whose parts is too long: 64 before the @, and 63 between two dots.
fn address(length: u64) -> Option<String> {
    const LOCAL: usize = 64;
    const LABEL: usize = 60;
    let length = usize::try_from(length).ok()?;
    let domain = length
        .checked_sub(LOCAL + 1)
        .filter(|domain| (8..=LONGEST_DOMAIN).contains(domain))?;
    let mut address = format!("{}@", "a".repeat(LOCAL));
    // The last part is what is left over, and never too short to be one.
    let mut left = domain;
    while left > LABEL + 4 {
        address.push_str(&"b".repeat(LABEL));
        address.push('.');
        left -= LABEL + 1;
    }
    address.push_str(&"c".repeat(left - 3));
    address.push_str(".ca");
    Some(address)
}

fn grammars(facets: &Facets<'_>) -> Vec<Grammar> {
    facets.texts("pattern").filter_map(Grammar::of).collect()
}

fn formats<'a>(facets: &'a Facets<'_>) -> impl Iterator<Item = &'static FormatSamples> + 'a {
    facets
        .texts("format")
        .filter_map(|name| FORMATS.iter().find(|samples| samples.name == name))
}

/// Texts of that many characters: by each pattern, and without one of one letter; also of a letter that takes more than one
/// byte, and of one that takes two units of UTF-16, since a length counts neither.
fn of_length(grammars: &[Grammar], length: u64) -> Vec<String> {
    let Some(count) = Some(length)
        .filter(|length| *length <= LONGEST)
        .and_then(|length| u32::try_from(length).ok())
    else {
        return Vec::new();
    };
    let mut texts: Vec<String> = grammars
        .iter()
        .flat_map(|grammar| grammar.of_length(count))
        .collect();
    let times = usize::try_from(count).unwrap_or_default();
    texts.extend(["a", "é", "😀", "1"].map(|letter| letter.repeat(times)));
    texts
}
