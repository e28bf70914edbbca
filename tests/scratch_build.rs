//! What a change of the contract does to a build, shown on copies of the crate.
//!
//! A member that the facade does not handle must stop the build in one named file; a document that the generator cannot
//! handle must stop it with a message. Both can only be seen by building.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A copy of the crate with a changed contract.
struct Scratch(tempfile::TempDir);

impl Scratch {
    fn with(edits: &[(&str, &str)]) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let scratch = tempfile::tempdir().unwrap();
        for part in [
            "Cargo.toml",
            "Cargo.lock",
            "build.rs",
            "src",
            // Cargo.toml names some of these.
            "tests",
            "benches",
            "openapi",
            "README.md",
        ] {
            copy(&root.join(part), &scratch.path().join(part));
        }
        let contract = scratch.path().join("openapi/flinks-pay.yaml");
        let mut text = std::fs::read_to_string(&contract).unwrap();
        for (from, to) in edits {
            assert_eq!(
                text.matches(from).count(),
                1,
                "the contract has {from:?} once"
            );
            text = text.replace(from, to);
        }
        std::fs::write(&contract, text).unwrap();
        Self(scratch)
    }

    /// Builds the library, with the dependencies that this test was built with, and returns what cargo said.
    fn build(&self) -> (bool, String) {
        let mut target = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
        target.pop();
        let output = Command::new(env!("CARGO"))
            .args([
                "build",
                "--offline",
                "--locked",
                "--lib",
                "--all-features",
                "--color",
                "never",
            ])
            .env("CARGO_TARGET_DIR", target)
            .env_remove("RUSTFLAGS")
            .current_dir(self.0.path())
            .output()
            .unwrap();
        (
            output.status.success(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )
    }
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        std::fs::create_dir_all(to).unwrap();
        for entry in std::fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        std::fs::copy(from, to).unwrap();
    }
}

/// The source files in which the compiler found errors.
fn files(said: &str) -> BTreeSet<String> {
    said.lines()
        .filter_map(|line| line.trim_start().strip_prefix("--> "))
        .filter_map(|place| place.split(':').next())
        .map(str::to_owned)
        .collect()
}

#[test]
#[ignore = "builds copies of the crate"]
fn a_member_that_the_facade_does_not_handle_stops_the_build_in_one_file() {
    let answer = (
        "        userDetails:\n          $ref: '#/components/schemas/UserDetails'\n",
        "        userDetails:\n          $ref: '#/components/schemas/UserDetails'\n        remark:\n          type: string\n",
    );
    let request = (
        "        payee:\n          $ref: '#/components/schemas/Payee'\n",
        "        payee:\n          $ref: '#/components/schemas/Payee'\n        remark:\n          $ref: '#/components/schemas/AccountLabel'\n",
    );
    for edit in [answer, request] {
        let (built, said) = Scratch::with(&[edit]).build();
        assert!(!built, "{said}");
        assert!(said.contains("remark"), "{said}");
        assert_eq!(
            files(&said),
            BTreeSet::from(["src/client/convert.rs".to_owned()]),
            "{said}"
        );
    }
}

#[test]
#[ignore = "builds copies of the crate"]
fn a_build_that_cannot_generate_says_where_and_what_to_do() {
    // One operation alone: the generator panics on a body in two media types.
    let form = "            schema:\n              $ref: '#/components/schemas/AuthorizeRequest'\n";
    let both = format!("{form}          application/json:\n{form}");
    let edit = (form, both.as_str());
    let (built, said) = Scratch::with(&[edit]).build();
    assert!(!built, "{said}");
    for part in [
        "openapi/flinks-pay.yaml:",
        "POST /api/v1/authorize: the generator panicked",
        "change the contract there, or add a step to src/spec/view",
    ] {
        assert!(said.contains(part), "{part} is not in: {said}");
    }
    // A generator that writes its operations in another way than `build.rs` knows.
    let scratch = Scratch::with(&[]);
    let script = scratch.0.path().join("build.rs");
    let text = std::fs::read_to_string(&script).unwrap();
    assert_eq!(text.matches("(\"(url)\\n\"").count(), 1, "{text}");
    std::fs::write(&script, text.replace("(\"(url)\\n\"", "(\"(uri)\\n\"")).unwrap();
    let (built, said) = scratch.build();
    assert!(!built, "{said}");
    for part in [
        "GET /api/v2/sessions/{sessionId}/status: 0 of 1 operations have what build.rs edits",
        "change `EDITS` there to what they have now: (uri)",
    ] {
        assert!(said.contains(part), "{part} is not in: {said}");
    }
    // And a mistake that is seen before the generator runs: the line, and the remedy.
    let (built, said) = Scratch::with(&[("      operationId: cancelSession\n", "")]).build();
    assert!(!built, "{said}");
    for part in [
        "the operation has no `operationId`",
        "openapi/flinks-pay.yaml:",
        "give it one",
    ] {
        assert!(said.contains(part), "{part} is not in: {said}");
    }
}

#[test]
#[ignore = "builds copies of the crate"]
fn only_the_contract_and_the_code_of_the_view_trigger_a_rebuild() {
    let scratch = Scratch::with(&[]);
    let (built, said) = scratch.build();
    assert!(built, "{said}");
    std::fs::write(
        scratch.0.path().join("openapi/deviations.toml"),
        "# changed\n",
    )
    .unwrap();
    std::fs::write(scratch.0.path().join("README.md"), "changed\n").unwrap();
    let (_, said) = scratch.build();
    assert!(
        !said.contains("Compiling flinks-pay"),
        "nothing was to be built: {said}"
    );
    let contract = scratch.0.path().join("openapi/flinks-pay.yaml");
    let text = std::fs::read_to_string(&contract).unwrap();
    std::fs::write(&contract, format!("# changed\n{text}")).unwrap();
    let (_, said) = scratch.build();
    assert!(
        said.contains("Compiling flinks-pay"),
        "the contract was to be read again: {said}"
    );
}
