use super::*;

fn grammar(pattern: &str) -> Grammar {
    Grammar::of(pattern).expect("a pattern")
}

#[test]
fn a_plain_text_matches() {
    for pattern in [
        "^[0-9]{3}$",
        "^[a-zA-Z0-9\\-]{1,36}$",
        "^sha256=[0-9A-Fa-f]{64}$",
        "^(a|bc)+[^\\x00-\\x1F]*$",
    ] {
        let text = grammar(pattern).plain();
        let regex = regress::Regex::new(pattern).expect("a pattern");
        assert!(regex.find(&text).is_some(), "{pattern}: {text:?}");
    }
}

#[test]
fn boundaries_hold_the_ends_of_every_class_and_count_and_what_lies_beside() {
    let texts = grammar("^[b-d]{2,3}x?$").boundaries();
    for wanted in ["bb", "db", "ab", "eb", "b", "bbb", "bbbb"] {
        assert!(
            texts
                .iter()
                .any(|text| text.trim_end_matches('x') == wanted),
            "{wanted} of {texts:?}"
        );
    }
    assert!(texts.iter().any(|text| text == "bbxx"), "{texts:?}");
}

#[test]
fn texts_of_a_length_are_made_at_every_part_that_can_grow() {
    let email = "^[a-z]+(\\.[a-z]+)*@([a-z]([a-z-]*[a-z])?\\.)+[a-z]+$";
    let texts = grammar(email).of_length(60);
    assert!(texts.len() >= 3, "{texts:?}");
    let regex = regress::Regex::new(email).expect("a pattern");
    for text in &texts {
        assert_eq!(text.chars().count(), 60, "{text}");
        assert!(regex.find(text).is_some(), "{text}");
    }
    assert!(grammar("^[a-z]{3}$").of_length(60).is_empty());
}

#[test]
fn lengths_are_those_of_the_language() {
    for (pattern, lengths) in [
        ("^[0-9]{3}$", Some((3, Some(3)))),
        ("^(ab|c)[0-9]{1,4}x?$", Some((2, Some(7)))),
        ("^[^\\x00]*a$", Some((1, None))),
        ("^(a|bcd)$", Some((1, Some(3)))),
        // What stands before or after may be anything.
        ("[0-9]{3}$", None),
        ("^[0-9]{3}", None),
        ("^a|b$", None),
    ] {
        assert_eq!(grammar(pattern).lengths(), lengths, "{pattern}");
    }
}

#[test]
fn what_is_no_regular_language_is_left_to_others() {
    assert!(Grammar::of("^(?=a)b$").is_none());
}
