//! Whether what an entry names as its enforcer exists.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use flinks_pay::domain::RULES;

/// Modules whose items `enforced_by` may name.
const MODULES: [&str; 6] = ["domain", "session", "client", "watch", "webhook", "hosted"];

/// A rule id, an item of this crate written `module::Item` or `module::Item::function`, or the words `tolerant reading`.
pub(crate) fn is_enforcer(name: &str) -> bool {
    if name == "tolerant reading" || RULES.iter().any(|rule| rule.id == name) {
        return true;
    }
    let mut segments = name.split("::");
    let Some(module) = segments.next().filter(|module| MODULES.contains(module)) else {
        return false;
    };
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut text = String::new();
    rust_text(&source.join(module), &mut text);
    rust_text(&source.join(format!("{module}.rs")), &mut text);
    // A part that is not there yet cannot be judged; its names are, from the day that it is.
    if text.is_empty() {
        return name.contains("::");
    }
    let words: BTreeSet<&str> = text
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .collect();
    let mut segments = segments.peekable();
    segments.peek().is_some() && segments.all(|segment| words.contains(segment))
}

fn rust_text(path: &Path, text: &mut String) {
    if path.is_file() {
        text.push_str(&fs::read_to_string(path).unwrap());
    } else if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            rust_text(&entry.unwrap().path(), text);
        }
    }
}
