//! What every error of this crate says, variant by variant, with what stands behind it: one snapshot for each part of the crate.
//!
//! None can be forgotten. A new variant does not compile here until it has a name, and fails until it has a sample; a new type of
//! error fails until it is among the families.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::too_many_lines,
    reason = "a test"
)]

mod families;

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// What an error says, and below it, what each error behind it says.
fn told(error: &dyn Error) -> String {
    let mut text = format!("  {error}\n");
    let mut cause = error.source();
    while let Some(error) = cause {
        writeln!(text, "    behind it: {error}").unwrap();
        cause = error.source();
    }
    // The name of a call is made by chance.
    match text.find("(request ") {
        Some(at) => {
            let end = at + "(request ".len();
            text.replace_range(end..end + 36, "[id]");
            text
        }
        None => text,
    }
}

/// One type of error: its name and what each of its variants says.
struct Family {
    of: &'static str,
    told: String,
}

/// A family of all variants, by what tells them apart. The match has no arm for the rest.
macro_rules! family {
    ($type:ident, $samples:expr, by $key:expr, { $($pattern:pat => $variant:literal),+ $(,)? }) => {{
        use std::collections::BTreeSet;
        let variant = |error: &$type| -> &'static str {
            match ($key)(error) {
                $($pattern => $variant,)+
            }
        };
        let samples: Vec<$type> = $samples.into();
        let mut told = String::new();
        let mut last = "";
        for error in &samples {
            if variant(error) != last {
                last = variant(error);
                told += last;
                told += "\n";
            }
            told += &$crate::errors::told(error);
        }
        let seen: BTreeSet<&str> = samples.iter().map(variant).collect();
        let all: BTreeSet<&str> = [$($variant),+].into();
        assert_eq!(seen, all, "left: the samples of {}; right: its variants", stringify!($type));
        Family { of: stringify!($type), told }
    }};
    ($type:ident, $samples:expr, { $($pattern:pat => $variant:literal),+ $(,)? }) => {
        family!($type, $samples, by std::convert::identity::<&$type>, { $($pattern => $variant),+ })
    };
}
use family;

#[test]
fn every_error_says_what_it_did() {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots"));
    let mut listed = BTreeSet::new();
    for (part, families) in families::all() {
        let mut text = String::new();
        for Family { of, told } in families {
            assert!(listed.insert(of), "{of} is there twice");
            assert!(
                told.lines().all(|line| !line.trim().is_empty()),
                "{of} says nothing, or more than one line: {told}"
            );
            writeln!(text, "# {of}\n{told}").unwrap();
        }
        settings.bind(|| insta::assert_snapshot!(format!("errors_{part}"), text));
    }
    let declared = declared();
    let declared: BTreeSet<&str> = declared.iter().map(String::as_str).collect();
    assert_eq!(
        listed, declared,
        "left: the families here; right: the public errors in src/"
    );
}

/// The names of the public types in src/ that are errors, but for those of the command line.
fn declared() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for file in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let items = syn::parse_file(&std::fs::read_to_string(&file).unwrap())
            .unwrap()
            .items;
        let mut public = BTreeSet::new();
        let mut errors = BTreeSet::new();
        for item in &items {
            let (visibility, name, attributes) = match item {
                syn::Item::Enum(item) => (&item.vis, &item.ident, &item.attrs),
                syn::Item::Struct(item) => (&item.vis, &item.ident, &item.attrs),
                syn::Item::Impl(item) => {
                    if let (Some((of, _)), syn::Type::Path(it)) = (&item.trait_, &*item.self_ty)
                        && is_error(of)
                    {
                        errors.extend(it.path.get_ident().map(ToString::to_string));
                    }
                    continue;
                }
                _ => continue,
            };
            if matches!(visibility, syn::Visibility::Public(_)) {
                public.insert(name.to_string());
            }
            for attribute in attributes.iter().filter(|it| it.path().is_ident("derive")) {
                attribute
                    .parse_nested_meta(|derived| {
                        if is_error(&derived.path) {
                            errors.insert(name.to_string());
                        }
                        Ok(())
                    })
                    .unwrap();
            }
        }
        names.extend(public.intersection(&errors).cloned());
    }
    names
}

fn is_error(path: &syn::Path) -> bool {
    let last = path.segments.last().unwrap();
    last.ident == "Error" || last.ident == "StdError"
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if !path.ends_with("src/cli") {
                found.extend(files(&path));
            }
        } else if path.extension().is_some_and(|it| it == "rs") {
            found.push(path);
        }
    }
    found
}
