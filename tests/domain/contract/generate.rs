//! Texts for one domain type: valid ones, ones that are one edit from valid, ones at a length bound, and a little noise.

use std::ops::RangeInclusive;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::strategy::Union;
use proptest::string::{RegexGeneratorStrategy, string_regex};

/// A text, and where it comes from.
#[derive(Debug, Clone)]
pub(crate) struct Sample {
    pub(crate) text: String,
    pub(crate) origin: Origin,
}

#[derive(Debug, Clone)]
pub(crate) enum Origin {
    Valid,
    Edited { from: String },
    OfLength,
    Noise,
}

/// How to make texts of one type.
pub(crate) struct Texts {
    valid: BoxedStrategy<String>,
    /// What an edit puts in; mostly characters that do not belong there.
    strays: &'static [char],
    /// A text of that many characters, which is valid if a text of that length can be.
    pub(crate) of_length: Option<fn(usize) -> BoxedStrategy<String>>,
}

impl Texts {
    pub(crate) fn samples(self, bounds: &[usize]) -> BoxedStrategy<Sample> {
        let valid = self.valid.clone().prop_map(|text| Sample {
            text,
            origin: Origin::Valid,
        });
        let strays = select(self.strays);
        let edited = (self.valid, any::<Index>(), 0..7_u8, strays).prop_map(
            |(from, at, operation, stray)| Sample {
                text: edit(&from, at, operation, stray),
                origin: Origin::Edited { from },
            },
        );
        let noise = prop_oneof![
            any::<String>(),
            regex("\\PC{0,12}"),
            regex("[ -~]{0,12}"),
            regex(" {0,3}")
        ];
        let noise = noise.prop_map(|text| Sample {
            text,
            origin: Origin::Noise,
        });
        let mut weighted = vec![
            (36, valid.boxed()),
            (50, edited.boxed()),
            (4, noise.boxed()),
        ];
        if let (Some(of_length), false) = (self.of_length, bounds.is_empty()) {
            let lengths = bounds
                .iter()
                .flat_map(|bound| [bound - 1, *bound, bound + 1])
                .map(of_length);
            let at_bounds = Union::new(lengths).prop_map(|text| Sample {
                text,
                origin: Origin::OfLength,
            });
            weighted.push((10, at_bounds.boxed()));
        }
        Union::new_weighted(weighted).boxed()
    }
}

/// Removes, inserts or replaces one character.
fn edit(text: &str, at: Index, operation: u8, stray: char) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    match operation {
        0 => {
            characters.remove(at.index(characters.len()));
        }
        1..=3 => characters.insert(at.index(characters.len() + 1), stray),
        _ => {
            let at = at.index(characters.len());
            characters[at] = stray;
        }
    }
    characters.into_iter().collect()
}

fn regex(pattern: &str) -> RegexGeneratorStrategy<String> {
    string_regex(pattern).unwrap()
}

const CONTROLS: &[char] = &[
    '\0', '\t', '\n', '\r', '\u{1f}', '\u{7f}', '\u{1}', '\u{1b}', ' ', '\u{85}',
];

fn letter() -> BoxedStrategy<char> {
    prop_oneof![
        6 => prop::char::range('!', '~'),
        1 => Just(' '),
        3 => select(&['é', 'Ç', 'ß', '漢', 'Ж', '\u{301}', '\u{a0}', '\u{85}', '😀', '\u{10ffff}', '\u{2028}']),
    ]
    .boxed()
}

fn visible() -> BoxedStrategy<char> {
    letter()
        .prop_map(|c| if c == ' ' { '\u{2019}' } else { c })
        .boxed()
}

/// Something visible between any spaces and letters.
pub(crate) fn text() -> Texts {
    let around = || vec(letter(), 0..8);
    let valid = (around(), visible(), around()).prop_map(|(before, visible, after)| {
        before.into_iter().chain([visible]).chain(after).collect()
    });
    Texts {
        valid: valid.boxed(),
        strays: CONTROLS,
        of_length: Some(|length| vec(visible(), length).prop_map(String::from_iter).boxed()),
    }
}

/// A credential.
pub(crate) fn secret() -> Texts {
    text()
}

/// What a header can carry.
pub(crate) fn carried() -> Texts {
    let around = || vec(prop::char::range(' ', '~'), 0..8);
    let valid = (around(), prop::char::range('!', '~'), around());
    let valid = valid.prop_map(|(before, visible, after)| {
        before.into_iter().chain([visible]).chain(after).collect()
    });
    Texts {
        valid: valid.boxed(),
        strays: &[
            '\0', '\t', '\n', '\r', '\u{1f}', '\u{7f}', '\u{80}', '\u{a0}', 'é', '漢', ' ',
        ],
        of_length: Some(|length| {
            let characters = vec(prop::char::range('!', '~'), length);
            characters.prop_map(String::from_iter).boxed()
        }),
    }
}

/// Digits.
pub(crate) fn digits(lengths: RangeInclusive<usize>) -> Texts {
    Texts {
        valid: of_chars("0123456789", lengths),
        strays: &['a', ' ', '-', '٣', '５', '.', '+', '\n', '/', ':'],
        of_length: Some(|length| of_chars("0123456789", length..=length)),
    }
}

const ALPHANUMERIC: &str = "ABCXYZabcxyz0189";

/// Letters, digits and hyphens.
pub(crate) fn token(lengths: RangeInclusive<usize>) -> Texts {
    Texts {
        valid: of_chars("ABCXYZabcxyz0189-", lengths),
        strays: &['_', ' ', '.', 'é', '\n', '–', '/', '@', '[', '`'],
        of_length: Some(|length| of_chars("ABCXYZabcxyz0189-", length..=length)),
    }
}

pub(crate) fn postal_code() -> Texts {
    let six = || of_chars(ALPHANUMERIC, 6..=6);
    let spaced = six().prop_map(|text| format!("{} {}", &text[..3], &text[3..]));
    let real = regex("[A-CEG-Z][0-9][A-Z] ?[0-9][a-z][0-9]");
    Texts {
        valid: prop_oneof![six(), spaced, real].boxed(),
        strays: &['_', ' ', '-', 'é', '\n', '\t', '@', '[', '`', '１'],
        of_length: Some(|length| of_chars(ALPHANUMERIC, length..=length)),
    }
}

fn of_chars(alphabet: &str, lengths: RangeInclusive<usize>) -> BoxedStrategy<String> {
    vec(select(alphabet.chars().collect::<Vec<_>>()), lengths)
        .prop_map(String::from_iter)
        .boxed()
}

pub(crate) fn uuid() -> Texts {
    Texts {
        valid: regex("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}").boxed(),
        strays: &['g', 'G', '{', ' ', '_', 'é', '\n', '–', '/', ':', '@', '`'],
        of_length: None,
    }
}

/// Dates that exist, and, as noise of their own kind, days that do not.
pub(crate) fn birth_date() -> Texts {
    let month_ends = select(vec![
        "88-02-29", "00-02-29", "90-02-28", "91-04-30", "92-06-30", "93-09-30", "94-11-30",
        "95-01-31", "96-12-31", "97-03-31",
    ]);
    let valid = prop_oneof![
        3 => regex("[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])"),
        1 => month_ends.prop_map(str::to_owned),
    ];
    Texts {
        valid: valid.boxed(),
        strays: &['a', '/', ' ', '٣', '9', '3', '0', '-', '\n', '–'],
        of_length: None,
    }
}

/// A code of a list; where the type reads either case, in any case.
pub(crate) fn code(codes: &[String], either_case: bool) -> Texts {
    let code = select(codes.to_vec());
    let valid = if either_case {
        (code, any::<[bool; 16]>())
            .prop_map(|(code, lower)| {
                code.chars()
                    .zip(lower)
                    .map(|(c, lower)| if lower { c.to_ascii_lowercase() } else { c })
                    .collect()
            })
            .boxed()
    } else {
        code.boxed()
    };
    Texts {
        valid,
        // The dotless ı and the Kelvin sign fold into ASCII letters elsewhere.
        strays: &['1', ' ', 'é', 'X', '-', '\n', 'ı', 'K', 'ſ', 'd'],
        of_length: None,
    }
}

const ATOM: &str = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,9}";
const LABEL: &str = "[A-Za-z0-9]([A-Za-z0-9-]{0,6}[A-Za-z0-9])?";

pub(crate) fn email() -> Texts {
    let local = prop_oneof![
        8 => vec(regex(ATOM), 1..4).prop_map(|atoms| atoms.join(".")),
        1 => Just("a".repeat(63)),
        1 => Just("b".repeat(64)),
    ];
    let label = prop_oneof![
        12 => regex(LABEL),
        1 => Just("c".repeat(62)),
        1 => Just("d".repeat(63)),
        1 => select(vec!["ab--cd", "xn--caf-dma", "xn--", "a--b"])
            .prop_map(|label| label.trim_end_matches('-').to_owned()),
    ];
    let last = regex("[A-Za-z]([A-Za-z0-9-]{0,6}[A-Za-z0-9])?");
    let valid = (local, vec(label, 1..3), last)
        .prop_map(|(local, labels, last)| format!("{local}@{}.{last}", labels.join(".")));
    // Right to the longest part and one over it.
    let long_parts = select(vec![
        format!("{}@shop.example", "e".repeat(64)),
        format!("ada@{}.example", "f".repeat(63)),
    ]);
    Texts {
        valid: prop_oneof![19 => valid, 1 => long_parts].boxed(),
        strays: &['@', ' ', '.', 'é', '\n', '(', ',', '"', '<', '\\', 'e', 'f'],
        of_length: Some(|length| {
            // One character before the @ leaves room for a domain that is longer than any host's.
            select(vec![1, 12, 64])
                .prop_map(move |local| {
                    let domain: String = (1..length - local)
                        .map(|at| if at % 62 == 0 { '.' } else { 'g' })
                        .collect();
                    format!("{}@{domain}", "j".repeat(local))
                })
                .boxed()
        }),
    }
}

pub(crate) fn address() -> Texts {
    // One character from a scheme that runs code, and longer or shorter than one.
    let scheme = prop_oneof![
        12 => regex("[A-Za-z][A-Za-z0-9+.-]{0,5}"),
        1 => select(vec!["dat", "xdata", "Vbscrip", "JavaScript2", "datax"])
            .prop_map(str::to_owned),
    ];
    let host = regex("[A-Za-z0-9._~-]{1,12}");
    let port = regex("(:[0-9]{1,5})?");
    let path = regex("(/([A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2}){0,9})?");
    let query = regex("(\\?([A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2}){0,9})?");
    let fragment = regex("(#([A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2}){0,9})?");
    let valid = (scheme, host, port, path, query, fragment).prop_map(
        |(scheme, host, port, path, query, fragment)| {
            format!("{scheme}://{host}{port}{path}{query}{fragment}")
        },
    );
    Texts {
        valid: valid.boxed(),
        strays: &[
            ' ', '"', '<', 'é', '%', '\\', '^', '[', ']', '#', '\n', '@', ':', '{', '|', 'a', 't',
        ],
        of_length: Some(|length| {
            of_chars("az09/-", length - 21..=length - 21)
                .prop_map(|path| format!("https://shop.example/{path}"))
                .boxed()
        }),
    }
}
