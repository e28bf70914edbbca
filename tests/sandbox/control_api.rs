//! Calls of the control API, each judged by its OpenAPI document: what is taken, and what is answered.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use flinks_pay::spec::translate::{self, Direction};
use flinks_pay::spec::{Document, Node, Object, Pointer};
use jsonschema::Validator;
use reqwest::RequestBuilder;
use serde_json::Value;

use crate::bench::{Answer, Bench, http, read, unjudged};

static CONTROL: LazyLock<Control> = LazyLock::new(Control::read);

struct Control {
    calls: Vec<Call>,
    error: Validator,
}

struct Call {
    method: String,
    /// The path in pieces; one in braces stands for any.
    path: Vec<String>,
    body: Option<Validator>,
    answers: BTreeMap<u16, Validator>,
}

/// Calls the control API. What is answered has to be what the document says, and so has what was taken.
pub(crate) async fn call(request: RequestBuilder) -> Answer {
    let request = request.build().unwrap();
    let (method, path) = (
        request.method().to_string(),
        request.url().path().to_owned(),
    );
    let sent = request.body().and_then(reqwest::Body::as_bytes);
    let sent: Option<Value> = sent.and_then(|sent| serde_json::from_slice(sent).ok());
    let answer = unjudged(http().execute(request).await.unwrap()).await;
    judge(&method, &path, sent.as_ref(), &answer);
    answer
}

/// Whether the document has a call take this.
pub(crate) fn describes(method: &str, path: &str, sent: &Value) -> bool {
    let call = CONTROL.calls.iter().find(|call| call.is(method, path));
    let body = call.and_then(|call| call.body.as_ref());
    body.expect("a call with a body").is_valid(sent)
}

/// Judges one exchange.
#[track_caller]
pub(crate) fn judge(method: &str, path: &str, sent: Option<&Value>, answer: &Answer) {
    let pieces = path.strip_prefix("/_sandbox").expect("a control call");
    let call = CONTROL.calls.iter().find(|call| call.is(method, pieces));
    let judge = if let Some(call) = call {
        if let (200..=299, Some(sent), Some(body)) = (answer.status, sent, &call.body) {
            let wrong: Vec<_> = body.iter_errors(sent).map(|it| it.to_string()).collect();
            assert!(
                wrong.is_empty(),
                "{method} {path} took {sent:#}\n{wrong:#?}"
            );
        }
        call.answers
            .get(&answer.status)
            .unwrap_or_else(|| panic!("{method} {path} has no {}", answer.status))
    } else {
        assert!([403, 404, 405].contains(&answer.status), "{method} {path}");
        &CONTROL.error
    };
    let wrong: Vec<_> = judge.iter_errors(&answer.body).collect();
    let wrong: Vec<_> = wrong
        .iter()
        .map(|error| format!("{:?}: {error}", error.instance_path().to_string()))
        .collect();
    assert!(
        wrong.is_empty(),
        "{method} {path} {}: {:#}\n{wrong:#?}",
        answer.status,
        answer.body
    );
}

impl Call {
    fn is(&self, method: &str, path: &str) -> bool {
        let pieces: Vec<&str> = path.split('/').filter(|piece| !piece.is_empty()).collect();
        let same = |(known, piece): (&String, &&str)| known.starts_with('{') || known == piece;
        self.method == method
            && self.path.len() == pieces.len()
            && self.path.iter().zip(&pieces).all(same)
    }
}

impl Control {
    fn read() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi/sandbox-control.yaml");
        let document = Document::read(&path).unwrap_or_else(|error| panic!("{}", error.report()));
        let mut calls = Vec::new();
        for (path, methods) in members(document.root().get("paths")) {
            for (method, operation) in members(Some(methods)) {
                let at = ["paths", path, method];
                let body = operation
                    .get("requestBody")
                    .map(|_| schema(&document, &at, &["requestBody"], Direction::Request));
                let answers = members(operation.get("responses"))
                    .map(|(status, response)| {
                        let shared = response.get("$ref").and_then(Node::as_str);
                        let shared = shared.and_then(|shared| shared.rsplit('/').next());
                        let under = ["responses", status];
                        let (at, under) = match &shared {
                            Some(name) => (["components", "responses", name], &[][..]),
                            None => (at, &under[..]),
                        };
                        let answer = schema(&document, &at, under, Direction::Response);
                        (status.parse().unwrap(), answer)
                    })
                    .collect();
                calls.push(Call {
                    method: method.to_uppercase(),
                    path: path
                        .split('/')
                        .filter(|piece| !piece.is_empty())
                        .map(str::to_owned)
                        .collect(),
                    body,
                    answers,
                });
            }
        }
        let error = "#/components/schemas/Error".parse().unwrap();
        Self {
            error: validator(&document, &error, Direction::Response),
            calls,
        }
    }
}

fn schema(document: &Document, at: &[&str], under: &[&str], direction: Direction) -> Validator {
    let content = ["content", "application/json", "schema"];
    let tokens = at.iter().chain(under).chain(&content);
    let pointer = tokens.fold(Pointer::root(), |pointer, token| pointer.join(*token));
    validator(document, &pointer, direction)
}

fn validator(document: &Document, pointer: &Pointer, direction: Direction) -> Validator {
    let schema = translate::schema(document, pointer, direction)
        .unwrap_or_else(|error| panic!("{}", error.report()));
    jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .should_validate_formats(true)
        .build(&schema)
        .unwrap()
}

fn members(node: Option<&Node>) -> impl Iterator<Item = (&str, &Node)> {
    node.and_then(Node::as_object)
        .into_iter()
        .flat_map(Object::iter)
        .map(|(name, _, node)| (name, node))
}

#[tokio::test]
#[should_panic(expected = "call /_sandbox/webhooks by `control_api::call`")]
async fn an_answer_that_is_read_and_not_judged_is_caught() {
    let bench = Bench::start().await;
    read(bench.get("_sandbox/webhooks").send().await.unwrap()).await;
}

#[test]
#[should_panic(expected = "movedSeconds")]
fn an_answer_of_another_shape_is_caught() {
    let answer = Answer {
        status: 200,
        body: serde_json::json!({ "moved": 1 }),
    };
    judge("POST", "/_sandbox/clock/advance", None, &answer);
}

#[test]
#[should_panic(expected = "took")]
fn a_document_that_should_have_been_refused_is_caught() {
    let answer = Answer {
        status: 200,
        body: serde_json::json!({ "movedSeconds": 1 }),
    };
    let sent = serde_json::json!({ "seconds": -1 });
    judge("POST", "/_sandbox/clock/advance", Some(&sent), &answer);
}

#[test]
#[should_panic(expected = "has no 418")]
fn a_status_that_is_not_described_is_caught() {
    let body = serde_json::json!({ "error": "not_found", "error_description": "" });
    let answer = Answer { status: 418, body };
    judge("GET", "/_sandbox/journal", None, &answer);
}
