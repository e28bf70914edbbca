//! The names of all public types, read from the sources, so that no new one is forgotten.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use syn::{Attribute, Item, UseTree, Visibility};

/// Public modules that are not looked at. `spec` reads the contract, and nothing that anybody sends.
const OTHERS: [&str; 1] = ["spec"];

/// Traits, and names for types of others: neither can be printed.
const NO_TYPES: [&str; 3] = [
    "flinks_pay::client::once::guard::Answer",
    "flinks_pay::client::once::guard::Guard",
    "flinks_pay::domain::value::DomainValue",
];

/// What the sources say is public.
#[derive(Default)]
struct Public {
    /// Modules by their paths, such as `client::once`.
    modules: BTreeSet<String>,
    /// Types and traits by the paths where they are defined, as [`std::any::type_name`] has them. Several have the same last
    /// name.
    names: BTreeSet<String>,
    /// Modules of the crate whose names others repeat.
    repeated: BTreeSet<String>,
}

/// Every public type that a value can have.
pub(crate) fn public_types() -> BTreeSet<String> {
    let mut names = public().names;
    for name in NO_TYPES {
        assert!(names.remove(name), "there is no {name}");
    }
    names
}

fn public() -> Public {
    let mut public = Public::default();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let file = parse(&source.join("lib.rs"));
    for item in &file.items {
        // A name that the crate repeats is a name of one of its public modules.
        if let Item::Use(item) = item
            && is_public(&item.vis)
        {
            let UseTree::Path(path) = &item.tree else {
                panic!("the root names what it repeats by its module")
            };
            let module = path.ident.to_string();
            assert!(
                modules(&file.items).any(|(name, _)| name == module),
                "the root repeats names of `{module}`, which is not public"
            );
        }
    }
    for (name, content) in modules(&file.items) {
        if !OTHERS.contains(&&*name) {
            public.look(&source, &[name], content);
        }
    }
    // What is repeated is looked at where it comes from.
    let unseen: Vec<_> = public.repeated.difference(&public.modules).collect();
    assert!(unseen.is_empty(), "not looked at: {unseen:?}");
    public
}

impl Public {
    /// Looks at a module and at the public modules in it.
    fn look(&mut self, source: &Path, path: &[String], content: Option<&[Item]>) {
        let mut parsed = Vec::new();
        let items = content.unwrap_or_else(|| {
            parsed = parse(&file_of(source, path)).items;
            &parsed
        });
        for (name, content) in modules(items) {
            let path: Vec<String> = path.iter().cloned().chain([name]).collect();
            self.look(source, &path, content);
        }
        let here = format!("flinks_pay::{}", path.join("::"));
        for item in items {
            let ident = match item {
                Item::Use(item) if is_public(&item.vis) => {
                    self.gather(&here, &item.tree);
                    continue;
                }
                Item::Struct(item) if is_public(&item.vis) => &item.ident,
                Item::Enum(item) if is_public(&item.vis) => &item.ident,
                Item::Union(item) if is_public(&item.vis) => &item.ident,
                Item::Macro(_) => panic!("a macro of {here} may make public types"),
                _ => continue,
            };
            self.names.insert(format!("{here}::{ident}"));
        }
        self.modules.insert(path.join("::"));
    }

    /// The names that a `pub use` brings, but for functions, constants and names of modules.
    fn gather(&mut self, here: &str, tree: &UseTree) {
        match tree {
            UseTree::Path(path) if path.ident == "self" => self.gather(here, &path.tree),
            UseTree::Path(path) if path.ident == "crate" => {
                let UseTree::Path(path) = &*path.tree else {
                    panic!("a module repeats names of another module")
                };
                self.repeated.insert(path.ident.to_string());
            }
            UseTree::Path(path) => self.gather(&format!("{here}::{}", path.ident), &path.tree),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.gather(here, tree)),
            UseTree::Name(name) => {
                let name = name.ident.to_string();
                let is_type = name.starts_with(|c: char| c.is_ascii_uppercase())
                    && name.contains(|c: char| c.is_ascii_lowercase());
                if is_type {
                    self.names.insert(format!("{here}::{name}"));
                }
            }
            UseTree::Rename(_) | UseTree::Glob(_) => panic!("a public name is given in full"),
        }
    }
}

/// The public modules among items, with what is in them unless they are files. What only a fuzzer is built with is not
/// anybody's.
fn modules(items: &[Item]) -> impl Iterator<Item = (String, Option<&[Item]>)> {
    items.iter().filter_map(|item| match item {
        Item::Mod(item) if is_public(&item.vis) && !item.attrs.iter().any(is_for_fuzzing) => {
            let content = item.content.as_ref().map(|(_, items)| &items[..]);
            Some((item.ident.to_string(), content))
        }
        _ => None,
    })
}

fn is_for_fuzzing(attribute: &Attribute) -> bool {
    attribute.path().is_ident("cfg")
        && attribute
            .parse_args::<syn::Ident>()
            .is_ok_and(|option| option == "fuzzing")
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// `client::once` is in `client/once.rs` or in `client/once/mod.rs`.
fn file_of(source: &Path, path: &[String]) -> PathBuf {
    let folder: PathBuf = source
        .iter()
        .map(Path::new)
        .chain(path.iter().map(Path::new))
        .collect();
    let file = folder.with_extension("rs");
    if file.exists() {
        file
    } else {
        folder.join("mod.rs")
    }
}

fn parse(path: &Path) -> syn::File {
    let text = std::fs::read_to_string(path);
    syn::parse_file(&text.unwrap_or_else(|error| panic!("{}: {error}", path.display()))).unwrap()
}

/// The control: modules in modules are seen, and types of the same name are told apart.
#[test]
fn every_public_module_is_looked_at() {
    let Public { modules, names, .. } = public();
    for module in [
        "blocking",
        "client",
        "client::once",
        "clock",
        "domain",
        "hosted",
        "sandbox",
        "sandbox::judge",
        "session",
        "watch",
        "webhook",
    ] {
        assert!(modules.contains(module), "{module} is not in {modules:#?}");
    }
    assert!(!modules.contains("spec") && !modules.contains("wire"));
    for name in [
        "flinks_pay::blocking::Client",
        "flinks_pay::client::facade::Client",
        "flinks_pay::client::once::Once",
        "flinks_pay::client::once::standing::Standing",
        "flinks_pay::clock::SystemClock",
        "flinks_pay::watch::reconcile::Found",
        "flinks_pay::webhook::extract::VerifiedWebhook",
    ] {
        assert!(names.contains(name), "{name} is not in {names:#?}");
    }
    assert!(public_types().len() > 150, "{:#?}", public_types());
}
