//! `flinks-pay spec`: the contract, the document that the code is generated from, and the difference.

use std::io::{self, Write};

use flinks_pay::spec::Document;
use flinks_pay::spec::view::{self, CheckTest, Step, View};

use super::args::{SpecArgs, SpecPart};
use super::exit::Exit;
use super::problem::Problem;
use super::{wrap, written};

/// The contract that this binary was built with.
pub(super) const CONTRACT: &str = include_str!("../../openapi/flinks-pay.yaml");

pub(super) fn run(args: &SpecArgs, out: &mut dyn Write) -> Result<Exit, Problem> {
    let SpecPart {
        view,
        report,
        checks,
    } = args.part;
    written(if view {
        writeln!(out, "{:#}", derived()?.document.to_json())
    } else if report {
        write_report(&derived()?, out)
    } else if checks {
        write_checks(&derived()?, out)
    } else {
        out.write_all(CONTRACT.as_bytes())
    })
}

fn derived() -> Result<View, Problem> {
    Document::parse("openapi/flinks-pay.yaml", CONTRACT)
        .and_then(|contract| view::derive(&contract))
        .map_err(|error| {
            // The build script derives the same view of the same text, so this binary would not exist.
            Problem::new(
                "the contract in this binary cannot be read",
                "build it again from a clean checkout",
            )
            .caused_by(&error)
        })
}

fn write_report(view: &View, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "{} changes make the document that the code is generated from; the contract\nitself stays as it is. \
         `flinks-pay spec --view` prints the result.",
        view.report.len()
    )?;
    for step in Step::ALL {
        let changes: Vec<_> = view
            .report
            .iter()
            .filter(|change| change.step == step)
            .collect();
        if changes.is_empty() {
            continue;
        }
        writeln!(
            out,
            "\n{} ({})",
            step.name(),
            counted(changes.len(), "change")
        )?;
        wrap::field(out, 2, "why:", 5, step.reason())?;
        for change in changes {
            writeln!(out, "  {}\n      {}", change.pointer, change.what)?;
        }
    }
    Ok(())
}

fn write_checks(view: &View, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "What a success answer is checked for. An answer that departs from it is kept, and\n\
         the departure is listed beside it (`Response::nonconformances`)."
    )?;
    for table in &view.checks {
        writeln!(
            out,
            "\n{} ({})",
            table.operation,
            counted(table.checks.len(), "check")
        )?;
        for check in &table.checks {
            let path = if check.path.is_empty() {
                "(the answer)".to_owned()
            } else {
                check.path.join(".")
            };
            writeln!(out, "  {path}")?;
            wrap::field(out, 6, "", 0, &expectation(&check.test))?;
            writeln!(out, "      {}", check.contract)?;
        }
    }
    Ok(())
}

fn expectation(test: &CheckTest) -> String {
    match test {
        CheckTest::NotNull => "not null, where it is present".to_owned(),
        CheckTest::Required => "present".to_owned(),
        CheckTest::Integers(least, most) => format!("a number from {least} to {most}"),
        CheckTest::OneOf(values) => format!("one of {}", values.join(", ")),
        CheckTest::Uuid => "a UUID with hyphens".to_owned(),
        CheckTest::DateTime => "a date and time as RFC 3339 writes it".to_owned(),
        CheckTest::Pattern(pattern) => format!("a match of {pattern}"),
        CheckTest::MinLength(least) => format!("at least {}", counted(least, "character")),
        CheckTest::MaxLength(most) => format!("at most {}", counted(most, "character")),
        CheckTest::Minimum(least) => format!("not under {least}"),
        CheckTest::Maximum(most) => format!("not over {most}"),
        CheckTest::Decimals(most) => format!("at most {}", counted(most, "decimal")),
        CheckTest::Members(names) => format!(
            "no members but {}; others are kept, and told as drift only",
            names.join(", ")
        ),
        // The table may grow; its own words are better than none.
        other => format!("{other:?}"),
    }
}

/// `1 change`, `2 changes`.
fn counted(number: impl std::fmt::Display, thing: &str) -> String {
    let number = number.to_string();
    let plural = if number == "1" { "" } else { "s" };
    format!("{number} {thing}{plural}")
}
