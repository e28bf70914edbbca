//! README.md and CONTRIBUTING.md tell the truth: every command in them is run by `.ci/run`, every link and number in them holds.
//!
//! A block of commands stands under a comment that says who runs it, `<!-- ci: NAME -->`, or why nobody does,
//! `<!-- not run: REASON -->`. `.ci/run` takes the commands of a named block from the document itself, by the line
//! `documented FILE NAME` or `commands_of FILE NAME`; so the two can only differ in the names, and those are compared here.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::collections::BTreeSet;
use std::path::Path;

const DOCUMENTS: [&str; 2] = ["README.md", "CONTRIBUTING.md"];

/// A fenced block, with the comment that stands directly above it.
struct Block {
    line: usize,
    language: String,
    comment: Option<String>,
    body: Vec<String>,
}

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn blocks(text: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut open: Option<Block> = None;
    let mut above: Option<String> = None;
    for (index, line) in text.lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(language)) => {
                open = Some(Block {
                    line: index + 1,
                    language: language.to_owned(),
                    comment: above.take(),
                    body: Vec::new(),
                });
            }
            (Some(_), Some(_)) => found.extend(open.take()),
            (Some(block), None) => block.body.push(line.to_owned()),
            (None, None) => {
                above = line
                    .strip_prefix("<!-- ")
                    .and_then(|rest| rest.strip_suffix(" -->"))
                    .map(str::to_owned);
            }
        }
    }
    assert!(open.is_none(), "a fence is not closed");
    found
}

/// The pairs (file, name) that `.ci/run` takes commands from.
fn taken_by_ci() -> BTreeSet<(String, String)> {
    read(".ci/run")
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'))
        .filter_map(|line| {
            let words: Vec<_> = line
                .split(|c: char| c.is_whitespace() || matches!(c, '$' | '(' | ')'))
                .filter(|word| !word.is_empty())
                .collect();
            let at = words
                .iter()
                .position(|word| *word == "documented" || *word == "commands_of")?;
            let file = words.get(at + 1)?;
            DOCUMENTS
                .contains(file)
                .then(|| ((*file).to_owned(), words[at + 2].to_owned()))
        })
        .collect()
}

#[test]
fn every_command_is_run_or_says_why_not() {
    let mut promised = BTreeSet::new();
    for file in DOCUMENTS {
        for block in blocks(&read(file)) {
            let place = format!("{file}:{}", block.line);
            match block.language.as_str() {
                "console" => {}
                "rust" | "toml" | "text" => continue,
                other => panic!("{place}: a block of '{other}'; commands are `console`"),
            }
            assert!(
                block.body.iter().any(|line| line.starts_with("$ ")),
                "{place}: no line starts with the prompt `$ `, so nothing would run"
            );
            let comment = block
                .comment
                .unwrap_or_else(|| panic!("{place}: no comment directly above says who runs it"));
            match comment.split_once(": ") {
                Some(("ci", name)) => assert!(
                    promised.insert((file.to_owned(), name.to_owned())),
                    "{place}: a second block named '{name}'; only the first would run"
                ),
                Some(("not run", reason)) => assert!(!reason.trim().is_empty(), "{place}"),
                _ => panic!("{place}: '{comment}' is neither `ci: NAME` nor `not run: REASON`"),
            }
        }
    }
    assert_eq!(
        promised,
        taken_by_ci(),
        "left: what the documents say CI runs; right: what .ci/run takes from them"
    );
}

#[test]
fn every_stage_is_in_the_list_and_every_stage_named_exists() {
    let script = read(".ci/run");
    let listed: BTreeSet<_> = script
        .lines()
        .find_map(|line| line.strip_prefix("STAGES=("))
        .and_then(|line| line.strip_suffix(')'))
        .expect("the list of stages on one line")
        .split_whitespace()
        .collect();
    let defined: BTreeSet<_> = script
        .lines()
        .filter_map(|line| line.strip_prefix("stage_"))
        .filter_map(|line| line.strip_suffix("() {"))
        .collect();
    assert_eq!(listed, defined, "left: listed; right: defined");

    for block in blocks(&read("CONTRIBUTING.md")) {
        for line in block.body {
            for stage in line
                .strip_prefix("$ bash .ci/run")
                .unwrap_or_default()
                .split_whitespace()
            {
                assert!(
                    listed.contains(stage),
                    "CONTRIBUTING.md names the stage '{stage}'"
                );
            }
        }
    }
}

#[test]
fn the_feature_table_is_the_manifest() {
    let manifest: toml::Table = read("Cargo.toml").parse().unwrap();
    let features = manifest["features"].as_table().unwrap();
    let declared: BTreeSet<_> = features
        .iter()
        // Those that begin so are for this crate's own tests.
        .filter(|(name, _)| *name != "default" && !name.starts_with("__"))
        .map(|(name, parts)| {
            // What a feature turns on, among the features that a user can name.
            let edges: BTreeSet<_> = parts
                .as_array()
                .unwrap()
                .iter()
                .filter_map(|part| part.as_str())
                .filter(|part| features.contains_key(*part))
                .map(str::to_owned)
                .collect();
            (name.clone(), edges)
        })
        .collect();

    let readme = read("README.md");
    let quoted = |cell: &str| -> Vec<String> {
        cell.split('`')
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect()
    };
    let described: BTreeSet<_> = readme
        .lines()
        .skip_while(|line| !line.starts_with("| Feature |"))
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(|row| {
            let cells: Vec<_> = row.trim_matches('|').split('|').collect();
            (
                quoted(cells[0]).remove(0),
                quoted(cells[2]).into_iter().collect::<BTreeSet<_>>(),
            )
        })
        .collect();
    assert_eq!(described, declared, "left: README.md; right: Cargo.toml");
}

#[test]
fn the_rust_version_is_the_manifests() {
    let manifest: toml::Table = read("Cargo.toml").parse().unwrap();
    let version = manifest["package"]["rust-version"].as_str().unwrap();
    let promise = format!("Rust {version} or newer.");
    assert!(
        read("README.md").contains(&promise),
        "README.md should say '{promise}', as Cargo.toml does"
    );
}

#[test]
fn every_link_to_a_file_leads_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut followed = 0;
    for file in ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"] {
        let text = read(file);
        for link in text.split("](").skip(1) {
            let target = link.split(')').next().unwrap();
            if target.starts_with("https://") {
                continue;
            }
            followed += 1;
            assert!(
                root.join(target).exists(),
                "{file} links to {target}, which is not there"
            );
        }
    }
    assert!(followed > 0, "no link was found: is this still Markdown?");
}

/// docs.rs says at each item which feature it needs, if it builds with the cfg that the crate asks for.
#[test]
fn the_pages_on_docs_rs_say_which_feature_an_item_needs() {
    let manifest: toml::Value = toml::from_str(&read("Cargo.toml")).unwrap();
    let docs = &manifest["package"]["metadata"]["docs"]["rs"];
    assert_eq!(docs["all-features"].as_bool(), Some(true));
    let args: Vec<&str> = docs["rustdoc-args"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(toml::Value::as_str)
        .collect();
    assert_eq!(args, ["--cfg", "docsrs"]);
    assert!(read("src/lib.rs").contains("\n#![cfg_attr(docsrs, feature(doc_cfg))]\n"));
    // Otherwise a stable compiler warns of it.
    let known = &manifest["lints"]["rust"]["unexpected_cfgs"]["check-cfg"];
    assert!(
        known
            .as_array()
            .unwrap()
            .iter()
            .any(|cfg| cfg.as_str() == Some("cfg(docsrs)"))
    );
}
