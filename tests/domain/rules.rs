//! The rule table: every rule points into the contract and says the same as the contract does there.
#![cfg(feature = "spec")]

use std::collections::BTreeSet;
use std::fmt::Write;

use flinks_pay::domain::{self, Found, JsonKind, Limit, RULES, Rule, Severity};
use flinks_pay::spec::Document;
use serde_json::{Map, Value};

const CONTRACT: &str = include_str!("../../openapi/flinks-pay.yaml");
const SOURCES: &str = include_str!("../../openapi/README.md");

fn contract() -> Value {
    Document::parse("flinks-pay.yaml", CONTRACT)
        .unwrap()
        .to_json()
}

/// What says which values are accepted; the rest of a component describes.
fn constraints(component: &Value) -> Map<String, Value> {
    component
        .as_object()
        .unwrap()
        .iter()
        .filter(|(keyword, _)| {
            let describes = match keyword.as_str() {
                "description" | "nullable" | "default" => true,
                "format" => component["format"] == "password",
                _ => false,
            };
            !describes
        })
        .map(|(keyword, value)| (keyword.clone(), value.clone()))
        .collect()
}

#[test]
fn every_pointer_leads_somewhere() {
    let contract = contract();
    for rule in RULES {
        let pointer = rule.contract.strip_prefix('#').unwrap();
        assert!(
            contract.pointer(pointer).is_some(),
            "{}: {} leads nowhere",
            rule.id,
            rule.contract
        );
    }
}

#[test]
fn every_limit_equals_the_keywords_of_its_component() {
    let contract = contract();
    let mut compared = BTreeSet::new();
    for rule in RULES {
        let name = rule.enforcer.trim_start_matches("domain::");
        if rule.severity == Severity::Warn
            || rule.contract != format!("#/components/schemas/{name}")
        {
            continue;
        }
        let keywords = rule.limit.keywords();
        if keywords.is_empty() {
            continue;
        }
        let component = contract.pointer(&rule.contract[1..]).unwrap();
        assert_eq!(keywords, constraints(component), "{}", rule.id);
        assert!(compared.insert(name.to_owned()), "{}: twice", rule.id);
    }
    // Every component of a request that is a single constrained value is in there.
    let values: BTreeSet<String> = request_values(&contract);
    assert_eq!(compared, values);
}

/// The components that `AuthorizeRequest`, `Token`, `CreateSessionRequest` and the path reach, and that are no objects.
fn request_values(contract: &Value) -> BTreeSet<String> {
    let schemas = &contract["components"]["schemas"];
    let mut values = BTreeSet::new();
    let mut left = vec![
        "AuthorizeRequest",
        "CreateSessionRequest",
        "AccessToken",
        "SessionId",
    ];
    while let Some(name) = left.pop() {
        let schema = &schemas[name];
        let text = schema.to_string();
        let references = text.split("#/components/schemas/").skip(1);
        let before = left.len();
        for reference in references {
            let found = reference.split('"').next().unwrap();
            left.push(schemas.as_object().unwrap().get_key_value(found).unwrap().0);
        }
        // The grant type is a constant of the client, not a value of the domain.
        if left.len() == before && name != "GrantType" {
            values.insert(name.to_owned());
        }
    }
    values
}

#[test]
fn a_warning_is_narrower_than_what_is_accepted() {
    let accepted = |rule: &Rule| match rule.limit {
        Limit::Text { max, .. } => max.unwrap_or(usize::MAX),
        Limit::Cents { max, .. } => usize::try_from(max).unwrap(),
        Limit::Email { max } | Limit::AtMost(max) => max,
        _ => usize::MAX,
    };
    let warnings: Vec<_> = RULES
        .iter()
        .filter(|rule| rule.severity == Severity::Warn)
        .collect();
    assert_eq!(warnings.len(), 7);
    for warning in warnings {
        if matches!(warning.limit, Limit::PostalShape | Limit::Advice(_)) {
            continue;
        }
        for refusal in RULES {
            if refusal.contract == warning.contract && refusal.severity == Severity::Refuse {
                assert!(
                    refusal.limit.keywords().is_empty() || accepted(warning) < accepted(refusal),
                    "{} never occurs under {}",
                    warning.id,
                    refusal.id
                );
            }
        }
    }
}

#[test]
fn every_rule_beyond_the_schema_is_the_contracts() {
    let contract = contract();
    let rules = contract["x-rules"].as_array().unwrap();
    for entry in rules {
        let id = entry["id"].as_str().unwrap();
        let rule = domain::rule(id).unwrap_or_else(|| panic!("no rule {id}"));
        assert_eq!(entry["applies-to"], rule.contract, "{id}");
        assert_eq!(entry["source"], rule.source, "{id}");
        assert!(rule.limit.keywords().is_empty(), "{id} is in a schema");
    }
}

#[test]
fn ids_are_unique_and_sources_are_explained() {
    let mut ids = BTreeSet::new();
    // A key stands in the first column of the README's table, alone or with others.
    let keys: BTreeSet<&str> = SOURCES
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(" | ").next())
        .flat_map(|keys| keys.split(", "))
        .collect();
    for rule in RULES {
        assert!(ids.insert(rule.id), "{} twice", rule.id);
        assert!(std::ptr::eq(domain::rule(rule.id).unwrap(), *rule));
        for key in rule.source.split(", ") {
            assert!(
                key == "contract" || keys.contains(key),
                "{}: source {key} is not in openapi/README.md",
                rule.id
            );
        }
    }
    assert!(domain::rule("no-such-rule").is_none());
}

#[test]
fn every_field_is_a_member_of_a_body_or_a_header() {
    let contract = contract();
    let schemas = &contract["components"]["schemas"];
    let follow = |schema: &Value, member: &str| -> Option<Value> {
        let schema = match schema["$ref"].as_str() {
            Some(reference) => contract.pointer(&reference[1..])?.clone(),
            None => schema.clone(),
        };
        schema["properties"].get(member).cloned()
    };
    for rule in RULES {
        for field in rule.fields.iter().filter(|field| **field != "*") {
            let roots = [
                &schemas["GuaranteedSessionRequest"],
                &schemas["RegularSessionRequest"],
                &schemas["AuthorizeRequest"],
                &schemas["Token"],
                &schemas["CreatedSession"],
                &schemas["SessionStatusReport"],
            ];
            let in_a_body = roots.iter().any(|root| {
                field
                    .split('.')
                    .try_fold((*root).clone(), |schema, member| follow(&schema, member))
                    .is_some()
            });
            let in_a_header = contract["components"]["securitySchemes"]
                .as_object()
                .unwrap()
                .values()
                .any(|scheme| scheme["name"] == **field);
            assert!(in_a_body || in_a_header, "{}: {field}", rule.id);
        }
    }
}

fn snapshots() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings
}

/// Texts that between them break every rule that checks a text; each is refused in its own way.
const BROKEN: &[&str] = &[
    "",
    " ",
    "   ",
    "é",
    "12345",
    "a\tb",
    "12345x7",
    "EE",
    "ada",
    "ada@",
    "@shop.example",
    "ada@shop",
    "a..b@shop.example",
    "ada@-shop.example",
    "ada@shop.3xample",
    "ada@shöp.example",
    "shop.example",
    "https://",
    "3s://shop.example",
    "https://ada:pw@shop.example",
    "https://shop.example:123456/",
    "https://shop.example/%4",
    "javascript://shop.example/%0Aalert(1)",
    "Data://shop.example/",
    "https://shop.example/a b",
    "1988-11-07",
    "88/11/07",
    "88-13-07",
    "88-11-32",
    "89-02-29",
    "0",
    "-5",
    "12.345",
    "100000.01",
    "1,000",
    "A1A1AA",
    "0f8fad5b-d9cd-469f-a165-70867728950Z",
    "0f8fad5bd9cd469fa16570867728950e0000",
];

#[test]
fn refusals_say_what_was_expected_and_found() {
    let long_local = format!("{}@shop.example", "a".repeat(65));
    let long_label = format!("ada@{}.example", "a".repeat(64));
    let long = "x".repeat(300);
    let texts = BROKEN
        .iter()
        .copied()
        .chain([&*long_local, &*long_label, &*long]);
    let mut shown = String::new();
    for rule in RULES {
        let mut messages: Vec<String> = Vec::new();
        let mut shapes = BTreeSet::new();
        for text in texts.clone() {
            // A rule on a part is only asked about a text that the rule on the whole has accepted.
            let whole = match rule.id {
                "email-part-lengths" => domain::rule("email"),
                "redirect-url-scheme" => domain::rule("redirect-url"),
                "birth-date-exists" => domain::rule("birth-date"),
                "postal-code-shape" => domain::rule("postal-code"),
                _ => None,
            };
            if whole.is_some_and(|whole| whole.check(text).is_err()) {
                continue;
            }
            if let Err(invalid) = rule.check(text) {
                let message = invalid.to_string();
                // Short texts such as "0" and "EE" occur in any message by chance.
                assert!(text.len() < 5 || !message.contains(text), "{message}");
                assert!(message.contains(&rule.expectation()) && message.contains(rule.id));
                assert!(!message.contains('\n'));
                // One message of each shape: the same with other numbers says nothing new.
                if shapes.insert(message.replace(|c: char| c.is_ascii_digit(), "")) {
                    messages.push(message);
                }
            }
        }
        if messages.is_empty() {
            assert_shown_elsewhere(rule);
            let found = match rule.id {
                "wrong-type" => Found::Json {
                    found: JsonKind::Number,
                    wanted: JsonKind::String,
                },
                "missing-member" => Found::Nothing,
                _ => Found::Shape("what the enforcer found"),
            };
            messages.push(rule.refuse(found).to_string());
        }
        for message in messages {
            writeln!(shown, "{message}").unwrap();
        }
    }
    snapshots().bind(|| insta::assert_snapshot!("domain_refusals", shown));
}

/// Holds what enforces a rule that no single text breaks to showing its own message, in a snapshot of its own.
fn assert_shown_elsewhere(rule: &Rule) {
    // About an answer, which is not refused; about a form that the client never sends; about limits that no simulated client has.
    const NOWHERE: [&str; 3] = [
        "status-and-code-agree",
        "credentials-paired",
        "amount-within-client-limits",
    ];
    let (snapshot, words) = match rule.limit {
        Limit::Protocol(_) => ("sandbox_refusals", format!(" {}\n", rule.id)),
        _ => ("session_violations_json", format!("(rule {})", rule.id)),
    };
    let file = format!("{}/snapshots/{snapshot}.snap", env!("CARGO_MANIFEST_DIR"));
    let shown = std::fs::read_to_string(file).unwrap().contains(&words);
    assert_eq!(
        shown,
        !NOWHERE.contains(&rule.id),
        "{}: whether {snapshot} shows it",
        rule.id
    );
}

#[test]
fn the_table() {
    let mut table = String::new();
    for rule in RULES {
        writeln!(
            table,
            "{} ({})\n  expects  {}\n  fields   {}\n  source   {}\n  contract {}\n  enforcer {}",
            rule.id,
            rule.severity.as_str(),
            rule.expectation(),
            rule.fields.join(", "),
            rule.source,
            rule.contract,
            rule.enforcer,
        )
        .unwrap();
    }
    snapshots().bind(|| insta::assert_snapshot!("domain_rules", table));
}
