//! `flinks-pay rules`: the table that the code checks by.

use std::io::{self, Write};

use flinks_pay::domain::{RULES, Rule, Severity};
use serde_json::json;

use super::args::{Format, RulesArgs};
use super::exit::Exit;
use super::problem::Problem;
use super::{SCHEMA_VERSION, wrap, written};

pub(super) fn run(args: &RulesArgs, out: &mut dyn Write) -> Result<Exit, Problem> {
    written(match args.format {
        Format::Text => text(out),
        Format::Json => json(out),
    })
}

fn text(out: &mut dyn Write) -> io::Result<()> {
    let warnings = RULES
        .iter()
        .filter(|rule| rule.severity == Severity::Warn)
        .count();
    writeln!(
        out,
        "{} rules; {} refuse a value, {warnings} warn about one.\nSources are keys of pages: see openapi/README.md.",
        RULES.len(),
        RULES.len() - warnings,
    )?;
    for rule in RULES {
        let Rule {
            id,
            fields,
            limit: _,
            severity,
            source,
            contract,
            enforcer,
            ..
        } = rule;
        writeln!(out, "\n{id} ({})", severity.as_str())?;
        let fields = if fields.is_empty() {
            "the call as a whole".to_owned()
        } else {
            fields.join(", ")
        };
        for (label, text) in [
            ("limit", rule.expectation().as_str()),
            ("fields", &fields),
            ("source", source),
            ("enforcer", enforcer),
            ("contract", contract),
        ] {
            wrap::field(out, 2, label, 10, text)?;
        }
    }
    Ok(())
}

fn json(out: &mut dyn Write) -> io::Result<()> {
    let rules: Vec<_> = RULES
        .iter()
        .map(|rule| {
            json!({
                "id": rule.id,
                "fields": rule.fields,
                "limit": rule.expectation(),
                "severity": rule.severity.as_str(),
                "source": rule.source,
                "enforcer": rule.enforcer,
                "contract": rule.contract,
            })
        })
        .collect();
    writeln!(
        out,
        "{:#}",
        json!({ "schema_version": SCHEMA_VERSION, "rules": rules })
    )
}
