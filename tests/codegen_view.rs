//! What is generated from the contract: the view's report, the checks that answers lose, and a digest of the surface.
//!
//! A change of the contract shows here as a small diff. Nothing generated is checked in.
#![cfg(feature = "spec")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::fmt::Write as _;
use std::path::Path;

use flinks_pay::spec::Document;
use flinks_pay::spec::view::{self, Step};

const CONTRACT: &str = "openapi/flinks-pay.yaml";

fn contract() -> Document {
    Document::read(Path::new(CONTRACT)).unwrap()
}

fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn the_report_names_every_change_and_its_reason() {
    let view = view::derive(&contract()).unwrap();
    let mut text = String::new();
    for step in Step::ALL {
        writeln!(text, "{}: {}", step.name(), step.reason()).unwrap();
        for change in view.report.iter().filter(|change| change.step == step) {
            writeln!(text, "  {}: {}", change.pointer, change.what).unwrap();
        }
        assert!(
            view.report.iter().any(|change| change.step == step),
            "the step {} does nothing",
            step.name()
        );
    }
    snapshot("codegen_view_report", &text);
}

#[test]
fn what_answers_lose_becomes_a_check() {
    let view = view::derive(&contract()).unwrap();
    let mut text = String::new();
    for table in &view.checks {
        writeln!(text, "{}", table.operation).unwrap();
        for check in &table.checks {
            writeln!(
                text,
                "  /{}: {:?} ({})",
                check.path.join("/"),
                check.test,
                check.contract
            )
            .unwrap();
        }
    }
    snapshot("codegen_view_checks", &text);
}

#[test]
fn what_is_declared_of_failures_and_webhooks_becomes_checks() {
    let view = view::derive(&contract()).unwrap();
    let mut text = String::new();
    for table in &view.answers {
        for answer in table.answers.iter().filter(|answer| answer.status >= 300) {
            writeln!(text, "{} {}", table.operation, answer.status).unwrap();
            write_shapes(&mut text, answer.body.as_ref().unwrap());
        }
    }
    for webhook in &view.webhooks {
        writeln!(text, "{}", webhook.operation).unwrap();
        write_shapes(&mut text, &webhook.body);
    }
    snapshot("codegen_view_declared", &text);
}

/// Each shape in full when it is met first, and by its first check after that.
fn write_shapes(text: &mut String, body: &view::DeclaredBody) {
    for shape in &body.shapes {
        let head = format!("  of {}\n", shape[0].contract);
        let known = text.contains(&head);
        text.push_str(&head);
        for check in shape.iter().filter(|_| !known) {
            let view::Check {
                path,
                contract,
                test,
            } = check;
            writeln!(text, "    /{}: {test:?} ({contract})", path.join("/")).unwrap();
        }
    }
}

#[test]
fn the_view_is_openapi_that_the_generator_can_read() {
    let view = view::derive(&contract()).unwrap();
    let parsed: openapiv3::OpenAPI = serde_json::from_value(view.document.to_json()).unwrap();
    for (path, method, operation) in parsed.operations() {
        let statuses: Vec<String> = operation
            .responses
            .responses
            .keys()
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            statuses.len(),
            1,
            "{method} {path} has answers {statuses:?}"
        );
        assert!(operation.responses.default.is_none());
    }
    assert_eq!(parsed.operations().count(), 6);
}

#[test]
fn deriving_twice_gives_the_same() {
    let (one, two) = (
        view::derive(&contract()).unwrap(),
        view::derive(&contract()).unwrap(),
    );
    assert_eq!(
        one.document.to_json().to_string(),
        two.document.to_json().to_string()
    );
    assert_eq!(one.report, two.report);
    assert_eq!(view::render(&one.checks), view::render(&two.checks));
    let declared = |view: &view::View| view::render_declared(&view.answers, &view.webhooks);
    assert_eq!(declared(&one), declared(&two));
}

/// Changes the contract's text and says why no view can be derived from it.
fn refusal(case: &str, edits: &[(&str, &str)]) -> String {
    let mut text = std::fs::read_to_string(CONTRACT).unwrap();
    for (from, to) in edits {
        assert!(
            text.contains(from),
            "{case}: the contract has no {from:?} to change"
        );
        text = text.replacen(from, to, 1);
    }
    let document = Document::parse(CONTRACT, text).unwrap();
    match view::derive(&document) {
        Ok(_) => panic!("{case}: a view was derived"),
        Err(error) => error.report(),
    }
}

#[test]
#[allow(clippy::too_many_lines, reason = "a table")]
fn a_contract_that_cannot_be_generated_from_is_refused_with_place_and_remedy() {
    let created = "\
          description: Created.
          content:
            application/json:
              schema:
                $ref: '#/components/schemas/";
    let cases: &[(&str, &[(&str, &str)])] = &[
        (
            "a bound name is gone",
            &[(
                "'#/components/schemas/Country'",
                "'#/components/schemas/City'",
            )],
        ),
        (
            "a new scalar has no type",
            &[
                (
                    "        unit:\n",
                    "        memo:\n          $ref: '#/components/schemas/Memo'\n        unit:\n",
                ),
                ("    Unit:\n", "    Memo:\n      type: string\n    Unit:\n"),
            ],
        ),
        (
            "a success answer is missing",
            &[(
                "'200':
          description: A token",
                "'302':
          description: A token",
            )],
        ),
        (
            "two success answers differ",
            &[(
                &format!("{created}CreatedSession'"),
                &format!("{created}Token'"),
            )],
        ),
        (
            "an operation has no id",
            &[(
                "      operationId: cancelSession
",
                "",
            )],
        ),
        (
            "a constraint stands in place",
            &[(
                "        showConsentScreen:
          type: boolean",
                "        memo:
          type: string
          maxLength: 10
        showConsentScreen:
          type: boolean",
            )],
        ),
        (
            "a keyword of an answer has no check",
            &[(
                "      enum: [Full, Partial, Minimal]",
                "      enum: [Full, Partial, Minimal]
      minProperties: 1",
            )],
        ),
        (
            "a required request member may be null",
            &[(
                "required: [firstName, lastName, email]",
                "required: [firstName, lastName, email, birthDate]",
            )],
        ),
        (
            "a copy for answers would hide another component",
            &[
                (
                    "    ReportedAmount:
",
                    "    ReportedCurrency:
      type: string
    ReportedAmount:
",
                ),
                (
                    "$ref: '#/components/schemas/ReportedAmount'",
                    "$ref: '#/components/schemas/ReportedCurrency'",
                ),
            ],
        ),
        (
            "it is not OpenAPI 3.0",
            &[("openapi: 3.0.3", "openapi: 3.1.0")],
        ),
        (
            "a reference leads nowhere",
            &[(
                "'#/components/schemas/RiskLevel'",
                "'#/components/schemas/RiskLevels'",
            )],
        ),
        (
            "a parameter is not in the path",
            &[(
                "      in: path
",
                "      in: query
",
            )],
        ),
        (
            "two members get one name",
            &[(
                "        guaranteeAccepted:\n          type: boolean\n          description: True accepts",
                "        guarantee_accepted:\n          type: boolean\n        guaranteeAccepted:\n          type: boolean\n          description: True accepts",
            )],
        ),
        (
            "parameters stand at the path",
            &[(
                "  /api/v2/sessions/{sessionId}/cancel:\n",
                "  /api/v2/sessions/{sessionId}/cancel:\n    parameters: []\n",
            )],
        ),
        (
            "a constrained list stands in place",
            &[(
                "        showConsentScreen:\n          type: boolean",
                "        notes:\n          type: array\n          items:\n            type: string\n            maxLength: 9\n        showConsentScreen:\n          type: boolean",
            )],
        ),
        (
            "an answer refers back to itself",
            &[(
                "        payee:
          $ref: '#/components/schemas/SessionPayee'",
                "        payee:
          $ref: '#/components/schemas/SessionDetails'",
            )],
        ),
        (
            "a keyword of a failed answer has no check",
            &[(
                "      description: A machine-readable code;",
                "      not: {}\n      description: A machine-readable code;",
            )],
        ),
        (
            "shapes stand inside a failed answer",
            &[(
                "        instance:
          type: string",
                "        instance:
          anyOf: []",
            )],
        ),
        (
            "a keyword stands beside the shapes of a failed answer",
            &[("      anyOf:\n", "      type: object\n      anyOf:\n")],
        ),
        (
            "a failed answer is of no JSON type",
            &[(
                "    ProblemStatus:
      type: integer",
                "    ProblemStatus:
      type: number of three digits",
            )],
        ),
        (
            "a failed answer is of another media type",
            &[(
                "description: The credentials are wrong.
          content:
            application/json:",
                "description: The credentials are wrong.
          content:
            text/plain:",
            )],
        ),
        (
            "a failed answer has no schema",
            &[(
                "description: The credentials are wrong.
          content:
            application/json:
              schema:
                $ref: '#/components/schemas/AnyError'",
                "description: The credentials are wrong.
          content:
            application/json: {}",
            )],
        ),
        (
            "a status is a range",
            &[(
                "'401':
          description: The credentials are wrong.",
                "4XX:
          description: The credentials are wrong.",
            )],
        ),
        (
            "a failed answer refers back to itself",
            &[(
                "        instance:
          type: string",
                "        instance:
          $ref: '#/components/schemas/ProblemDetails'
        place:
          type: string",
            )],
        ),
        (
            "a keyword of a webhook has no check",
            &[(
                "          description: When the event was made. Format unknown.",
                "          format: instant",
            )],
        ),
        (
            "a webhook has no id",
            &[("      operationId: sessionSetupStatusChanged\n", "")],
        ),
        (
            "a webhook has no body",
            &[(
                "        content:
          application/json:
            schema:
              $ref: '#/components/schemas/SessionSetupStatusChanged'",
                "        description: Nothing.",
            )],
        ),
    ];
    let mut text = String::new();
    for (case, edits) in cases {
        writeln!(text, "== {case}\n{}\n", refusal(case, edits)).unwrap();
    }
    snapshot("codegen_view_refusals", &text);
}

// -- the generated surface --------------------------------------------------------------------------------------------

#[test]
fn the_generated_surface_is_the_one_reviewed() {
    let source = std::fs::read_to_string(concat!(env!("OUT_DIR"), "/client.rs")).unwrap();
    snapshot("codegen_surface", &digest(&source));
}

/// Operations with method, path, arguments and result; types with their fields. In the order of their names.
fn digest(source: &str) -> String {
    let file = syn::parse_file(source).unwrap();
    let mut operations = Vec::new();
    let mut types = Vec::new();
    for item in &file.items {
        match item {
            syn::Item::Impl(item) if item.trait_.is_none() => {
                for method in &item.items {
                    if let syn::ImplItem::Fn(method) = method
                        && method.sig.asyncness.is_some()
                    {
                        operations.push(operation(method));
                    }
                }
            }
            syn::Item::Mod(module) if module.ident == "types" => {
                for item in &module.content.as_ref().unwrap().1 {
                    match item {
                        syn::Item::Struct(item) => types.push(structure(item)),
                        syn::Item::Enum(item) => types.push(enumeration(item)),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    operations.sort();
    types.sort();
    format!(
        "operations\n{}\ntypes\n{}",
        operations.join(""),
        types.join("")
    )
}

fn operation(method: &syn::ImplItemFn) -> String {
    let documentation: Vec<String> = method
        .attrs
        .iter()
        .filter_map(|attribute| match &attribute.meta {
            syn::Meta::NameValue(pair) => Some(text(&pair.value)),
            _ => None,
        })
        .collect();
    let documentation = documentation.join("\n");
    let (_, call) = documentation.split_once("Sends a `").unwrap();
    let call = call
        .split_once("`\\n")
        .or_else(|| call.rsplit_once('`'))
        .unwrap()
        .0
        .replace("` request to `", " ");
    let arguments: Vec<String> = method.sig.inputs.iter().skip(1).map(text).collect();
    let syn::ReturnType::Type(_, result) = &method.sig.output else {
        panic!("a method returns something")
    };
    format!(
        "  {call}\n    {}({}) -> {}\n",
        method.sig.ident,
        arguments.join(", "),
        text(result)
    )
}

fn structure(item: &syn::ItemStruct) -> String {
    let mut lines = format!("  struct {}\n", item.ident);
    for field in &item.fields {
        let name = field
            .ident
            .as_ref()
            .map_or("0".to_owned(), ToString::to_string);
        let serde: Vec<String> = field
            .attrs
            .iter()
            .filter(|a| a.path().is_ident("serde"))
            .map(|a| text(&a.meta))
            .collect();
        let renamed = serde.iter().find_map(|s| {
            s.split("rename = \"")
                .nth(1)?
                .split('"')
                .next()
                .map(str::to_owned)
        });
        let wire = renamed.map_or(String::new(), |renamed| format!(" as {renamed}"));
        writeln!(lines, "    {name}: {}{wire}", text(&field.ty)).unwrap();
    }
    lines
}

fn enumeration(item: &syn::ItemEnum) -> String {
    let variants: Vec<String> = item
        .variants
        .iter()
        .map(|variant| variant.ident.to_string())
        .collect();
    format!("  enum {}\n    {}\n", item.ident, variants.join(" | "))
}

/// Tokens as text, without the generator's spaces and leading paths.
fn text(tokens: &impl quote::ToTokens) -> String {
    let mut text = tokens.to_token_stream().to_string();
    for (from, to) in [
        (" :: ", "::"),
        ("::std::option::", ""),
        ("::std::string::", ""),
        (" < ", "<"),
        (" >", ">"),
        ("< ", "<"),
        ("& 'a ", "&"),
        (" :", ":"),
        (" ,", ","),
        ("::serde_json::", "serde_json::"),
    ] {
        text = text.replace(from, to);
    }
    text
}
