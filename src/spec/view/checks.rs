//! The constraints that success answers carry in the contract, as a table that the client applies to every one of them.
//!
//! What a type of Rust refuses by itself is not in it: see [`declared`](super::declared) for bodies that no type is made for.

use std::fmt::Write as _;

use super::super::{Document, Node, Pointer, SpecError};
use super::reach::operations;

/// The checks of one operation's success answer.
#[derive(Debug, Clone, PartialEq)]
pub struct OperationChecks {
    /// `operationId` in the contract.
    pub operation: String,
    /// In the order of the schema.
    pub checks: Vec<Check>,
}

/// One constraint at one place of an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// Member names from the root of the answer; `*` for every item of an array.
    pub path: Vec<String>,
    /// The keyword's place in the contract, as a fragment.
    pub contract: String,
    /// What must hold.
    pub test: CheckTest,
}

/// What a value must be for a check to hold. A value of another JSON type is not its business.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum CheckTest {
    /// Not null, where it is present.
    NotNull,
    /// Present.
    Required,
    /// Of this JSON type, unless it is null.
    Type(JsonType),
    /// One of these texts.
    OneOf(Vec<String>),
    /// A UUID with hyphens.
    Uuid,
    /// A date and time as RFC 3339 writes it.
    DateTime,
    /// A match of this pattern.
    Pattern(String),
    /// At least so many code points.
    MinLength(u64),
    /// At most so many code points.
    MaxLength(u64),
    /// A number not under this.
    Minimum(f64),
    /// A number not over this.
    Maximum(f64),
    /// A number with at most so many decimals.
    Decimals(u32),
    /// A number from the one to the other.
    Integers(i64, i64),
    /// No other members than these. Others are allowed, kept, and worth telling.
    Members(Vec<String>),
}

/// What a schema has under `type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonType {
    /// `object`
    Object,
    /// `array`
    Array,
    /// `string`
    Text,
    /// `number`
    Number,
    /// `integer`: a number without decimals, `1.0` among them.
    Integer,
    /// `boolean`
    Boolean,
}

/// How deep an answer may nest before it is taken for a circle.
pub(super) const DEEPEST: usize = 32;

/// Collects the checks of every operation of the contract.
pub(super) fn collect(contract: &Document) -> Result<Vec<OperationChecks>, SpecError> {
    let mut all = Vec::new();
    for operation in operations(contract) {
        let Some(id) = operation.node.get("operationId").and_then(Node::as_str) else {
            return Err(contract.error_at(
                operation.node.at,
                &operation.pointer,
                "the operation has no `operationId`",
                "give it one: it becomes the name of the generated method",
            ));
        };
        let mut checks = Vec::new();
        let success = operation
            .node
            .get("responses")
            .and_then(Node::as_object)
            .and_then(|responses| {
                responses
                    .iter()
                    .find(|(status, _, _)| status.starts_with('2'))
                    .map(|(_, _, node)| node)
            });
        if let Some(schema) = success
            .and_then(|node| node.get("content"))
            .and_then(|content| content.get("application/json"))
            .and_then(|media| media.get("schema"))
        {
            let place = contract.pointer_of(schema).unwrap_or_default();
            walk(contract, schema, &place, &mut Vec::new(), &mut checks)?;
        }
        all.push(OperationChecks {
            operation: id.to_owned(),
            checks,
        });
    }
    Ok(all)
}

fn walk(
    contract: &Document,
    schema: &Node,
    place: &Pointer,
    path: &mut Vec<String>,
    checks: &mut Vec<Check>,
) -> Result<(), SpecError> {
    if path.len() > DEEPEST {
        return Err(contract.error_at(
            schema.at,
            place,
            "the answer refers back to itself",
            "describe it without the circle: a table of checks has to end",
        ));
    }
    if let Some((target, node)) = contract.target(schema)? {
        return walk(contract, node, &target, path, checks);
    }
    let Some(object) = schema.as_object() else {
        return Ok(());
    };
    for (keyword, at, value) in object.iter() {
        let fault =
            |what: String, remedy: &str| contract.error_at(at, &place.join(keyword), what, remedy);
        if let Some(test) = test_of(keyword, value).map_err(|what| {
            fault(what, "add it to src/spec/view/checks.rs and src/client/conformance.rs, or leave it out of answers")
        })? {
            checks.push(Check { path: path.clone(), contract: place.join(keyword).fragment(), test });
        }
    }
    if let Some(properties) = object.get("properties").and_then(Node::as_object) {
        let required: Vec<&str> = object
            .get("required")
            .and_then(Node::as_array)
            .unwrap_or_default()
            .iter()
            .filter_map(Node::as_str)
            .collect();
        let known = properties.iter().map(|(member, _, _)| member.to_owned());
        checks.push(Check {
            path: path.clone(),
            contract: place.join("properties").fragment(),
            test: CheckTest::Members(known.collect()),
        });
        for (member, _, child) in properties.iter() {
            let inner = place.join("properties").join(member);
            path.push(member.to_owned());
            let nullable = contract
                .resolve(child)?
                .get("nullable")
                .and_then(Node::as_bool)
                == Some(true);
            let test = match (required.contains(&member), nullable) {
                (true, true) => Some((CheckTest::Required, place.join("required"))),
                (false, false) => Some((CheckTest::NotNull, inner.clone())),
                // Absent or null, the generated type refuses it, or accepts it rightly.
                (true, false) | (false, true) => None,
            };
            if let Some((test, contract)) = test {
                checks.push(Check {
                    path: path.clone(),
                    contract: contract.fragment(),
                    test,
                });
            }
            walk(contract, child, &inner, path, checks)?;
            path.pop();
        }
    }
    if let Some(items) = object.get("items") {
        path.push("*".to_owned());
        walk(contract, items, &place.join("items"), path, checks)?;
        path.pop();
    }
    Ok(())
}

/// Translates one keyword. An error says what is not supported.
pub(super) fn test_of(keyword: &str, value: &Node) -> Result<Option<CheckTest>, String> {
    let unsupported = || format!("`{keyword}` of an answer has no check");
    let count = || {
        value
            .as_number()
            .and_then(serde_json::Number::as_u64)
            .ok_or_else(unsupported)
    };
    let number = || {
        value
            .as_number()
            .and_then(serde_json::Number::as_f64)
            .ok_or_else(unsupported)
    };
    Ok(Some(match keyword {
        "enum" => {
            let values = value.as_array().unwrap_or_default();
            let texts: Option<Vec<String>> = values
                .iter()
                .map(|value| value.as_str().map(str::to_owned))
                .collect();
            CheckTest::OneOf(texts.ok_or_else(unsupported)?)
        }
        "format" => match value.as_str() {
            Some("uuid") => CheckTest::Uuid,
            Some("date-time") => CheckTest::DateTime,
            Some("int32") => CheckTest::Integers(i32::MIN.into(), i32::MAX.into()),
            Some("int64") => CheckTest::Integers(i64::MIN, i64::MAX),
            Some("double" | "password") => return Ok(None),
            _ => {
                return Err(format!(
                    "format {} of an answer has no check",
                    value.as_str().unwrap_or("of no text")
                ));
            }
        },
        "pattern" => {
            let pattern = value.as_str().ok_or_else(unsupported)?;
            regress::Regex::new(pattern)
                .map_err(|error| format!("the pattern is no regular expression: {error}"))?;
            CheckTest::Pattern(pattern.to_owned())
        }
        "minLength" => CheckTest::MinLength(count()?),
        "maxLength" => CheckTest::MaxLength(count()?),
        "minimum" => CheckTest::Minimum(number()?),
        "maximum" => CheckTest::Maximum(number()?),
        "multipleOf" => CheckTest::Decimals(decimals(number()?).ok_or_else(unsupported)?),
        // The generated type takes any number there, with decimals or without.
        "type" if value.as_str() == Some("integer") => CheckTest::Decimals(0),
        "type"
        | "properties"
        | "required"
        | "items"
        | "nullable"
        | "description"
        | "default"
        | "additionalProperties"
        | "title"
        | "example" => return Ok(None),
        _ => return Err(unsupported()),
    }))
}

/// Returns n for a step of 10^-n.
fn decimals(step: f64) -> Option<u32> {
    let text = step.to_string();
    if text == "1" {
        return Some(0);
    }
    let digits = text.strip_prefix("0.")?;
    let zeros = digits.strip_suffix('1')?;
    if zeros.bytes().all(|byte| byte == b'0') {
        u32::try_from(digits.len()).ok()
    } else {
        None
    }
}

/// Writes the tables as Rust source: `fn checks(operation) -> &'static [Check]` over types that the includer brings.
///
/// The names used are `Check`, with the fields `path`, `contract` and `test`, `Test`, with the variants of [`CheckTest`],
/// `Kind`, with those of [`JsonType`], and `Regex`, a pattern that is compiled when it is first used.
#[must_use]
pub fn render(tables: &[OperationChecks]) -> String {
    let mut source = Source::default();
    let mut arms = String::new();
    // Writing to a String cannot fail, here and below.
    for OperationChecks { operation, checks } in tables {
        let table = source.table(checks);
        let _ = writeln!(arms, "        {operation:?} => {table},");
    }
    let _ = write!(
        source.text,
        "/// Returns the checks of an operation's success answer.\n\
         pub(crate) fn checks(operation: &str) -> &'static [Check] {{\n    \
         match operation {{\n{arms}        _ => &[],\n    }}\n}}\n"
    );
    source.text
}

/// Tables as they are written.
#[derive(Default)]
pub(super) struct Source<'a> {
    pub(super) text: String,
    /// Those written already: many operations have the same ones.
    tables: Vec<&'a [Check]>,
    patterns: usize,
}

impl<'a> Source<'a> {
    /// Writes a table, unless it is there, and returns its name.
    pub(super) fn table(&mut self, checks: &'a [Check]) -> String {
        let known = self.tables.iter().position(|table| *table == checks);
        let number = known.unwrap_or(self.tables.len());
        if known.is_none() {
            self.tables.push(checks);
            let rows: String = checks.iter().map(|check| self.row(check)).collect();
            let _ = writeln!(self.text, "static CHECKS_{number}: &[Check] = &[\n{rows}];");
        }
        format!("CHECKS_{number}")
    }

    fn row(&mut self, check: &Check) -> String {
        let Check {
            path,
            contract,
            test,
        } = check;
        let test = match test {
            CheckTest::OneOf(values) => format!("OneOf(&{values:?})"),
            CheckTest::Members(names) => format!("Members(&{names:?})"),
            CheckTest::Type(kind) => format!("Type(Kind::{kind:?})"),
            CheckTest::Pattern(pattern) => {
                self.patterns += 1;
                let number = self.patterns;
                let _ = writeln!(
                    self.text,
                    "static PATTERN_{number}: Regex = Regex::new(|| regress::Regex::new({pattern:?}).ok());"
                );
                format!("Pattern(&PATTERN_{number})")
            }
            other => format!("{other:?}"),
        };
        format!("    Check {{ path: &{path:?}, contract: {contract:?}, test: Test::{test} }},\n")
    }
}
