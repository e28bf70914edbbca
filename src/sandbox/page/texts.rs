//! What the hosted page says, in both languages.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::domain::Language;

/// One text. That each has both languages, the table's shape sees to.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    en: String,
    fr: String,
}

/// The table by key. It is part of the program, and a test reads it, so it is never empty.
static TEXTS: LazyLock<BTreeMap<String, Text>> =
    LazyLock::new(|| serde_json::from_str(TABLE).unwrap_or_default());

const TABLE: &str = include_str!("texts.json");

/// How HTML calls a language.
pub(super) fn tag(language: Language) -> &'static str {
    match language {
        Language::En => "en",
        Language::Fr => "fr",
    }
}

/// Returns a text; nothing for a key that the table does not have.
fn text(key: &str, language: Language) -> Option<&'static str> {
    let text = TEXTS.get(key)?;
    Some(match language {
        Language::En => &text.en,
        Language::Fr => &text.fr,
    })
}

/// Puts the texts of a language into a page: `{{key}}` stands for one, and `{{lang}}` for the language itself.
pub(super) fn fill(page: &str, language: Language) -> String {
    fill_by(page, |key| match key {
        "lang" => tag(language).to_owned(),
        key => escape(text(key, language).unwrap_or_default()),
    })
}

/// Replaces every `{{key}}` by what a function makes of the key, as it is.
pub(super) fn fill_by(page: &str, value: impl Fn(&str) -> String) -> String {
    let mut parts = page.split("{{");
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (key, rest) = part.split_once("}}").unwrap_or(("", part));
        filled.push_str(&value(key));
        filled.push_str(rest);
    }
    filled
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::sandbox::page::app::PAGE;
    use crate::sandbox::page::view::Shown;

    const LANGUAGES: [Language; 2] = [Language::En, Language::Fr];

    /// The keys that a page names.
    fn keys(page: &str) -> BTreeSet<&str> {
        page.split("{{")
            .skip(1)
            .map(|part| part.split_once("}}").unwrap().0)
            .filter(|key| *key != "lang")
            .collect()
    }

    #[test]
    fn every_key_of_the_page_has_a_text_in_both_languages_and_no_text_is_left_over() {
        let table: BTreeMap<String, Text> = serde_json::from_str(TABLE).unwrap();
        let have: BTreeSet<_> = table.keys().map(String::as_str).collect();
        assert_eq!(keys(PAGE), have);
        for (key, Text { en, fr }) in &table {
            for text in [en, fr] {
                assert!(!text.trim().is_empty() && text == text.trim(), "{key}");
            }
        }
    }

    #[test]
    fn the_two_languages_are_two() {
        // Names of things may be the same in both. None is by now.
        let table: BTreeMap<String, Text> = serde_json::from_str(TABLE).unwrap();
        for (key, Text { en, fr }) in &table {
            assert_ne!(en, fr, "{key}");
        }
    }

    #[test]
    fn no_key_comes_twice_in_the_table() {
        let table: BTreeMap<String, Text> = serde_json::from_str(TABLE).unwrap();
        assert_eq!(TABLE.matches("\": { \"en\": ").count(), table.len());
    }

    #[test]
    fn every_screen_of_the_flow_has_a_template_with_a_title() {
        for screen in Shown::ALL
            .iter()
            .filter(|screen| **screen != Shown::Opening)
        {
            let name = serde_json::to_value(screen).unwrap();
            let name = name.as_str().unwrap();
            let begin = format!("<template id=\"{name}\">");
            let (_, template) = PAGE.split_once(&begin).expect(name);
            let (template, _) = template.split_once("</template>").unwrap();
            assert!(keys(template).contains(format!("{name}.title").as_str()));
            assert_eq!(template.matches("<h1 tabindex=\"-1\">").count(), 1);
        }
    }

    #[test]
    fn nothing_is_left_to_fill_and_no_text_becomes_markup() {
        for language in LANGUAGES {
            let page = fill(PAGE, language);
            assert!(!page.contains("{{") && !page.contains("}}"));
            assert_eq!(page.matches('<').count(), PAGE.matches('<').count());
        }
        assert_eq!(escape("<a \"&\">"), "&lt;a &quot;&amp;&quot;>");
    }
}
