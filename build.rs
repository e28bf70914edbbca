//! Generates the client: contract, codegen view, generator, `OUT_DIR`.
//!
//! Nothing generated is checked in. What it comes to is reviewed as two snapshots: the view's report, and a digest of the
//! generated surface.

use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

// The library has this module too, behind a feature; here only the view is used.
#[allow(unreachable_pub, dead_code, unused_imports)]
#[path = "src/spec/mod.rs"]
mod spec;

use spec::view::{self, View};
use spec::{Document, SpecError};

const CONTRACT: &str = "openapi/flinks-pay.yaml";

fn main() {
    for input in [CONTRACT, "src/spec", "build.rs"] {
        println!("cargo::rerun-if-changed={input}");
    }
    if let Err(message) = generate() {
        for line in message.lines() {
            println!("cargo::error={line}");
        }
        std::process::exit(1);
    }
}

fn generate() -> Result<(), String> {
    #[allow(
        clippy::disallowed_methods,
        reason = "a build script is told everything through the environment"
    )]
    let out = PathBuf::from(
        std::env::var_os("OUT_DIR").ok_or("OUT_DIR is not set; run this through cargo")?,
    );
    let contract = Document::read(Path::new(CONTRACT)).map_err(explain)?;
    let view = view::derive(&contract).map_err(explain)?;
    let json = view.document.to_json();
    let given = out.join("view.json");
    write(&given, &json.to_string())?;
    let client = client(&json).map_err(|failure| blame(&view, &json, &failure, &given))?;
    write(&out.join("client.rs"), &client)?;
    write(&out.join("checks.rs"), &view::render(&view.checks))?;
    let declared = view::render_declared(&view.answers, &view.webhooks);
    write(&out.join("declared.rs"), &declared)
}

/// Runs the generator. Its panics become errors: they say where in the generator, never where in the contract.
fn client(view: &serde_json::Value) -> Result<String, String> {
    let said = Arc::new(Mutex::new(String::new()));
    let hears = Arc::clone(&said);
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if let Ok(mut text) = hears.lock() {
            *text = info.to_string();
        }
    }));
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| -> Result<String, String> {
        let document: openapiv3::OpenAPI =
            serde_json::from_value(view.clone()).map_err(|error| error.to_string())?;
        let tokens = progenitor::Generator::new(&settings()?)
            .generate_tokens(&document)
            .map_err(|error| error.to_string())?;
        let file = syn::parse2(tokens).map_err(|error| error.to_string())?;
        trimmed(prettyplease::unparse(&file))
    }));
    panic::set_hook(before);
    outcome.unwrap_or_else(|_| {
        Err(format!(
            "the generator panicked: {}",
            said.lock().map_or(String::new(), |text| text.clone())
        ))
    })
}

/// What each operation does anew for each request, and what it does instead.
const EDITS: [(&str, &str); 4] = [
    // The generator's own header, which no page of Flinks knows.
    (
        r#"        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
"#,
        "",
    ),
    ("            .headers(header_map)\n", ""),
    // An address to be parsed. The context has it parsed already, for all but the path.
    ("(url)\n", "(self.inner.address(&url))\n"),
    // A body to be read. The context has read it already, up to a limit.
    (
        "ResponseValue::from_response(response).await",
        "self.inner.decoded(&response)",
    ),
];

/// Edits the operations. Each edit has its place in each of them, or the generator writes them in another way than this knows.
fn trimmed(mut client: String) -> Result<String, String> {
    let operations = client.matches("\n    pub async fn ").count();
    for (from, to) in EDITS {
        let found = client.matches(from).count();
        if found != operations {
            return Err(format!(
                "{found} of {operations} operations have what build.rs edits; change `EDITS` there to what they have now: {from}"
            ));
        }
        client = client.replace(from, to);
    }
    Ok(client)
}

fn settings() -> Result<progenitor::GenerationSettings, String> {
    let context = "crate::client::Call"
        .parse()
        .map_err(|_| "the path of the call's context is no Rust path".to_owned())?;
    let mut settings = progenitor::GenerationSettings::default();
    settings
        .with_interface(progenitor::InterfaceStyle::Positional)
        .with_tag(progenitor::TagStyle::Merged)
        .with_hooks(progenitor::HooksMode::Expected)
        .with_inner_type(context)
        .with_map_type("::std::collections::BTreeMap");
    for binding in view::BINDINGS {
        settings.with_replacement(binding.component, binding.rust, std::iter::empty());
    }
    Ok(settings)
}

/// Finds the operations that the generator fails on, by giving it each one alone.
fn blame(view: &View, json: &serde_json::Value, failure: &str, given: &Path) -> String {
    let mut guilty = Vec::new();
    let paths = json
        .get("paths")
        .and_then(serde_json::Value::as_object)
        .cloned()
        .unwrap_or_default();
    for (path, item) in paths {
        for (method, operation) in item.as_object().cloned().unwrap_or_default() {
            let mut alone = json.clone();
            if let Some(paths) = alone.get_mut("paths") {
                *paths = serde_json::json!({ &path: { &method: operation } });
            }
            if let Err(failure) = client(&alone) {
                let pointer = ["paths", &path, &method]
                    .into_iter()
                    .map(str::to_owned)
                    .collect();
                let place = view
                    .document
                    .at(&pointer)
                    .map_or(String::new(), |node| format!(":{}", node.at.line));
                guilty.push(format!(
                    "{CONTRACT}{place}: {} {path}: {failure}",
                    method.to_uppercase()
                ));
            }
        }
    }
    let remedy = format!(
        "change the contract there, or add a step to src/spec/view that takes away what the generator \
         cannot handle; what it was given is in {}",
        given.display()
    );
    if guilty.is_empty() {
        format!(
            "{CONTRACT}: no client could be generated, though each operation alone passes: {failure}\n{remedy}"
        )
    } else if guilty.len() > 1 && guilty.iter().all(|line| line.ends_with(failure)) {
        format!(
            "{CONTRACT}: no client could be generated; the cause is in what all operations share, the components: {failure}\n{remedy}"
        )
    } else {
        format!(
            "no client could be generated\n{}\n{remedy}",
            guilty.join("\n")
        )
    }
}

#[allow(
    clippy::needless_pass_by_value,
    reason = "the shape that map_err takes"
)]
fn explain(error: SpecError) -> String {
    error.report()
}

/// Leaves an unchanged file alone, so that nothing is compiled again for it.
fn write(path: &Path, text: &str) -> Result<(), String> {
    if std::fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    std::fs::write(path, text)
        .map_err(|error| format!("{}: cannot be written: {error}", path.display()))
}
