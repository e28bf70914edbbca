//! That a signature is compared in constant time cannot be measured on a busy machine. It can be read: the one thing that looks
//! at a signature is the verification of the cryptographic library.

use std::fs;
use std::path::Path;

use syn::visit::{self, Visit};
use syn::{BinOp, ExprBinary, ExprCall, ExprMethodCall, Macro};

/// What there is in a source that makes, checks or compares.
#[derive(Default, Debug, PartialEq, Eq)]
struct Found {
    signs: usize,
    verifies: usize,
    /// Places that make a body that counts as verified. Its members are private to the file.
    makes_signed: usize,
    /// Comparisons that may end at the first difference.
    compares: Vec<String>,
}

impl Found {
    fn of(source: &str) -> Self {
        let mut found = Self::default();
        found.visit_file(&syn::parse_file(source).unwrap());
        found
    }
}

impl<'ast> Visit<'ast> for Found {
    fn visit_expr_binary(&mut self, binary: &'ast ExprBinary) {
        if matches!(binary.op, BinOp::Eq(_) | BinOp::Ne(_)) {
            self.compares.push("an operator".to_owned());
        }
        visit::visit_expr_binary(self, binary);
    }

    fn visit_expr_struct(&mut self, made: &'ast syn::ExprStruct) {
        if made.path.is_ident("Self") || made.path.is_ident("Signed") {
            self.makes_signed += 1;
        }
        visit::visit_expr_struct(self, made);
    }

    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        let name = call.method.to_string();
        if [
            "eq",
            "ne",
            "cmp",
            "partial_cmp",
            "starts_with",
            "ends_with",
            "contains",
            "position",
        ]
        .contains(&&*name)
        {
            self.compares.push(name);
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_call(&mut self, call: &'ast ExprCall) {
        if let syn::Expr::Path(path) = &*call.func {
            let names: Vec<String> = path
                .path
                .segments
                .iter()
                .map(|it| it.ident.to_string())
                .collect();
            match names.iter().map(String::as_str).collect::<Vec<_>>()[..] {
                ["hmac", "sign"] => self.signs += 1,
                ["hmac", "verify"] => self.verifies += 1,
                [.., "eq" | "ne" | "cmp"] => self.compares.push(names.join("::")),
                _ => {}
            }
        }
        visit::visit_expr_call(self, call);
    }

    // A macro cannot be looked into, and what compares is a macro more often than not.
    fn visit_macro(&mut self, called: &'ast Macro) {
        let name = called.path.segments.last().unwrap().ident.to_string();
        self.compares.push(format!("{name}!"));
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        for attribute in &item.attrs {
            if let syn::Meta::List(list) = &attribute.meta
                && list.path.is_ident("derive")
                && list.tokens.to_string().contains("Eq")
            {
                self.compares.push(format!("derived by {}", item.ident));
            }
        }
    }
}

fn source(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/webhook");
    fs::read_to_string(folder.join(name)).unwrap()
}

#[test]
fn a_signature_is_compared_by_the_library_alone_and_a_body_is_signed_in_one_place() {
    assert_eq!(
        Found::of(&source("signed.rs")),
        Found {
            verifies: 1,
            makes_signed: 1,
            ..Found::default()
        }
    );
}

#[test]
fn no_other_file_checks_a_signature_or_makes_one_to_compare() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/webhook");
    let mut files = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name == "signed.rs" {
            continue;
        }
        let Found {
            signs, verifies, ..
        } = Found::of(&source(&name));
        // A secret signs, for whoever sends.
        assert_eq!(
            (signs, verifies),
            (usize::from(name == "secret.rs"), 0),
            "{name}"
        );
        files += 1;
    }
    assert!(files > 5, "{files}");
}

#[test]
fn a_comparison_would_be_found() {
    for body in [
        "tag.as_ref() == signature",
        "if tag.as_ref() != signature { return }",
        "tag.as_ref().eq(signature)",
        "PartialEq::eq(tag, signature)",
        "assert_eq!(tag, signature)",
        "tag.iter().zip(signature).all(|(a, b)| a == b)",
        "matches!(tag, signature)",
    ] {
        let found = Found::of(&format!("fn check() {{ {body} }}"));
        assert!(!found.compares.is_empty(), "{body}");
    }
    let derived = Found::of("#[derive(Clone, PartialEq)] struct Signature([u8; 32]);");
    assert!(!derived.compares.is_empty());
    let sign = Found::of("fn check() { let tag = hmac::sign(key, body); }");
    assert_eq!(sign.signs, 1);
    let made = Found::of("fn unchecked(body: &[u8]) -> Signed<'_> { Signed { body, secret: 0 } }");
    assert_eq!(made.makes_signed, 1);
}
