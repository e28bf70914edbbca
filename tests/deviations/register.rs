//! The register of deviations, and its check against the contract and the upstream documents.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use flinks_pay::spec::accept::{self, Difference};
use flinks_pay::spec::{Document, Pointer};
use serde::Deserialize;
use serde_json::Value as Json;

use crate::enforcer::is_enforcer;
use crate::fault::{Fault, unescaped};

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    deviation: Vec<Entry>,
}

/// Keywords of a difference in what is there at all, whose value is a name.
const PRESENCE: [&str; 8] = [
    "operation",
    "server",
    "security",
    "parameter",
    "request",
    "status",
    "content",
    "member",
];

/// One place where the contract departs from upstream, or chooses between sources.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) contract: Vec<String>,
    #[serde(default)]
    pub(crate) upstream: Vec<String>,
    pub(crate) sides: Vec<Claim>,
    pub(crate) choice: String,
    pub(crate) reason: String,
    pub(crate) enforced_by: String,
    pub(crate) unknown: Option<String>,
}

/// What one source states.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Claim {
    pub(crate) source: String,
    pub(crate) at: String,
    pub(crate) states: String,
}

/// Everything that the check needs. A test may change any of it.
#[derive(Debug, Clone)]
pub(crate) struct Register {
    pub(crate) contract: Document,
    /// By path below `openapi/upstream`.
    pub(crate) upstream: BTreeMap<String, Document>,
    pub(crate) entries: Vec<Entry>,
    /// The keys that `openapi/README.md` explains.
    pub(crate) sources: BTreeSet<String>,
}

impl Register {
    /// Reads what is checked in.
    pub(crate) fn checked_in() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi");
        let text = fs::read_to_string(root.join("deviations.toml")).unwrap();
        let file: File =
            toml::from_str(&text).unwrap_or_else(|error| panic!("deviations.toml: {error}"));
        let mut upstream = BTreeMap::new();
        for path in yaml_files(&root.join("upstream")) {
            let name = path.strip_prefix(root.join("upstream")).unwrap();
            let name = name.to_str().unwrap().replace('\\', "/");
            upstream.insert(name, read(&path));
        }
        Self {
            contract: read(&root.join("flinks-pay.yaml")),
            upstream,
            entries: file.deviation,
            sources: source_keys(&fs::read_to_string(root.join("README.md")).unwrap()),
        }
    }

    /// Lists every difference with the file it comes from and the ids of the entries that cover it.
    pub(crate) fn explained(&self) -> Vec<(String, Difference, Vec<&str>)> {
        let mut explained = Vec::new();
        for (file, document) in &self.upstream {
            let differences = accept::differences(&self.contract, document);
            for difference in differences.unwrap_or_else(|error| panic!("{}", error.report())) {
                let by = self
                    .entries
                    .iter()
                    .filter(|entry| entry.covers(file, &difference));
                let by = by.map(|entry| entry.id.as_str()).collect();
                explained.push((file.clone(), difference, by));
            }
        }
        explained
    }

    /// Lists all faults.
    pub(crate) fn check(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut seen = BTreeSet::new();
        let explained = self.explained();
        for entry in &self.entries {
            if !seen.insert(&entry.id) {
                faults.push(Fault::SameId(entry.id.clone()));
            }
            self.check_entry(entry, &mut faults);
            let covers = explained
                .iter()
                .any(|(_, _, by)| by.contains(&entry.id.as_str()));
            if !covers && !entry.sides_disagree() {
                faults.push(Fault::Stale(entry.id.clone()));
            }
        }
        for (file, difference, by) in explained {
            if by.is_empty() {
                let skeleton = self.skeleton(&file, &difference);
                faults.push(Fault::Unexplained {
                    file,
                    difference,
                    skeleton,
                });
            }
        }
        faults
    }

    fn check_entry(&self, entry: &Entry, faults: &mut Vec<Fault>) {
        let id = || entry.id.clone();
        let said = [
            ("id", !entry.id.is_empty()),
            (
                "contract or upstream",
                !entry.contract.is_empty() || !entry.upstream.is_empty(),
            ),
            ("sides", !entry.sides.is_empty()),
            ("choice", !entry.choice.is_empty()),
            ("reason", !entry.reason.is_empty()),
            ("enforced_by", !entry.enforced_by.is_empty()),
            ("unknown", entry.unknown.as_deref() != Some("")),
        ];
        faults.extend(
            said.iter()
                .filter(|(_, said)| !said)
                .map(|(field, _)| Fault::Empty { id: id(), field }),
        );
        for pointer in &entry.contract {
            if pointer_of(pointer).is_none_or(|at| self.contract.at(&at).is_none()) {
                faults.push(Fault::Nowhere {
                    id: id(),
                    pointer: pointer.clone(),
                });
            }
        }
        for place in &entry.upstream {
            if self
                .place(place)
                .is_none_or(|(_, document, at)| document.at(&at).is_none())
            {
                faults.push(Fault::Nowhere {
                    id: id(),
                    pointer: place.clone(),
                });
            }
        }
        for side in &entry.sides {
            self.check_side(entry, side, faults);
        }
        for name in entry
            .enforced_by
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
        {
            if !is_enforcer(name) {
                faults.push(Fault::Enforcer {
                    id: id(),
                    name: name.to_owned(),
                });
            }
        }
    }

    fn check_side(&self, entry: &Entry, side: &Claim, faults: &mut Vec<Fault>) {
        let id = entry.id.clone();
        let Some((file, document, at)) = self.place(&side.at) else {
            faults.push(Fault::Nowhere {
                id,
                pointer: side.at.clone(),
            });
            return;
        };
        let found = document.at(&at);
        if found.is_none()
            && at
                .parent()
                .is_none_or(|around| document.at(&around).is_none())
        {
            faults.push(Fault::Nowhere {
                id,
                pointer: side.at.clone(),
            });
            return;
        }
        let found = found.map_or_else(|| "absent".to_owned(), |node| node.to_json().to_string());
        if side.states != found {
            let (at, states) = (side.at.clone(), side.states.clone());
            faults.push(Fault::Misstated {
                id: id.clone(),
                at,
                states,
                found,
            });
        }
        let key = match document.at(&Pointer::root().join("x-source").join("key")) {
            Some(key) => key.as_str(),
            None => at.tokens().get(1).map(String::as_str),
        };
        if key != Some(&side.source)
            || !self.sources.iter().any(|known| is_key(known, &side.source))
        {
            let at = format!("{file}#{at}");
            faults.push(Fault::Source {
                id,
                source: side.source.clone(),
                at,
            });
        }
    }

    /// An entry to paste and fill in.
    fn skeleton(&self, file: &str, difference: &Difference) -> String {
        let mut at = difference.upstream.at.clone();
        // What upstream does not have is stated as absent, under the keyword or under the name of what is missing.
        if difference.upstream.value.is_none() {
            let name = difference.contract.value.as_ref().and_then(Json::as_str);
            let name = name.filter(|_| PRESENCE.contains(&difference.keyword.as_str()));
            at.push(name.unwrap_or(&difference.keyword));
        }
        let states = self
            .upstream
            .get(file)
            .and_then(|document| document.at(&at));
        let states = states.map_or_else(|| "absent".to_owned(), |node| node.to_json().to_string());
        let quote = |text: &str| toml::Value::from(text).to_string();
        format!(
            "\n[[deviation]]\nid = \"\"\ncontract = [{}]\nupstream = [{}]\nsides = [\n    {{ source = \"\", at = {}, states = {} }},\n]\n\
             choice = \"\"\nreason = \"\"\nenforced_by = \"\"\n",
            quote(&unescaped(&difference.contract.at)),
            quote(&format!("{file}{}", unescaped(&difference.upstream.at))),
            quote(&format!("{file}{}", unescaped(&at))),
            quote(&states),
        )
    }

    fn place(&self, text: &str) -> Option<(&str, &Document, Pointer)> {
        let (file, pointer) = text.split_once('#')?;
        let (file, document) = self.upstream.get_key_value(file)?;
        Some((file, document, pointer_of(&format!("#{pointer}"))?))
    }

    /// The entry with this id.
    pub(crate) fn entry_mut(&mut self, id: &str) -> &mut Entry {
        let found = self.entries.iter_mut().find(|entry| entry.id == id);
        found.unwrap_or_else(|| panic!("no entry `{id}`"))
    }
}

impl Entry {
    fn covers(&self, file: &str, difference: &Difference) -> bool {
        let over = |pointer: &str, at: &Pointer| {
            pointer_of(pointer).is_some_and(|pointer| pointer.is_prefix_of(at))
        };
        let contract = self
            .contract
            .iter()
            .any(|pointer| over(pointer, &difference.contract.at));
        let upstream = self.upstream.iter().any(|place| {
            place.split_once('#').is_some_and(|(document, pointer)| {
                document == file && over(&format!("#{pointer}"), &difference.upstream.at)
            })
        });
        let any = !self.contract.is_empty() || !self.upstream.is_empty();
        any && (contract || self.contract.is_empty()) && (upstream || self.upstream.is_empty())
    }

    fn sides_disagree(&self) -> bool {
        self.sides
            .windows(2)
            .any(|pair| pair[0].states != pair[1].states)
    }
}

fn pointer_of(text: &str) -> Option<Pointer> {
    text.starts_with('#').then(|| text.parse().ok())?
}

/// Reads the first column of the README's table of keys; one row may list several.
fn source_keys(readme: &str) -> BTreeSet<String> {
    let rows = readme
        .lines()
        .skip_while(|line| !line.starts_with("| Key |"))
        .skip(2);
    let cells = rows
        .take_while(|line| line.starts_with('|'))
        .filter_map(|line| line.split('|').nth(1));
    cells
        .flat_map(|cell| cell.split(','))
        .map(|key| key.trim().to_owned())
        .collect()
}

/// Returns whether `key` is `known`, in which `YYYY` and `MM` stand for digits.
fn is_key(known: &str, key: &str) -> bool {
    known.len() == key.len()
        && known
            .chars()
            .zip(key.chars())
            .all(|(a, b)| a == b || ("YM".contains(a) && b.is_ascii_digit()))
}

fn yaml_files(directory: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(yaml_files(&path));
        } else if path
            .extension()
            .is_some_and(|extension| extension == "yaml")
        {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn read(path: &Path) -> Document {
    Document::read(path).unwrap_or_else(|error| panic!("{}", error.report()))
}
