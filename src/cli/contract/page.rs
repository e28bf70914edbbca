//! The mutation score as one page that needs nothing else.

use std::collections::BTreeMap;
use std::io::{self, Write};

use flinks_pay::contract::mutation::{Fate, Killer, Mutant, Score};

use super::killer;
use super::mutate::{Counts, percent};

/// The longest value that is shown.
const LONGEST: usize = 400;

const STYLE: &str = "\
:root { color-scheme: light dark; --good: #1a7f37; --bad: #cf222e; --line: #8883; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; }
h1 { font-size: 1.4rem; }
h2 { font-size: 1.1rem; margin-top: 2rem; }
dl { display: flex; flex-wrap: wrap; gap: 2rem; }
dt { opacity: .7; }
dd { margin: 0; font-size: 1.6rem; font-variant-numeric: tabular-nums; }
.bar { display: flex; height: .8rem; border-radius: .4rem; overflow: hidden; background: var(--line); }
.bar .killed { background: var(--good); }
.bar .survived { background: var(--bad); }
details { border-top: 1px solid var(--line); padding: .3rem 0; }
summary { cursor: pointer; }
summary .survived { color: var(--bad); }
table { border-collapse: collapse; width: 100%; font-size: .85rem; table-layout: fixed; }
th, td { text-align: left; vertical-align: top; padding: .25rem .5rem; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
th:first-child { width: 5rem; }
th:last-child { width: 45%; }
td.killed { color: var(--good); }
td.survived { color: var(--bad); font-weight: bold; }
code { font: .95em ui-monospace, monospace; }";

pub(super) fn write(name: &str, score: &Score, out: &mut dyn Write) -> io::Result<()> {
    let counts = Counts::of(score);
    let name = escaped(name);
    writeln!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>Mutation score of {name}</title>\n\
         <style>\n{STYLE}\n</style>\n</head>\n<body>\n<h1>Mutation score of <code>{name}</code>: {}</h1>\n\
         <p>The contract is changed at one place after the other. A change is noticed by a value about which the program and the \
         contract were at one, and are not any more, or by an exchange with a simulator that is judged otherwise.</p>",
        percent(score)
    )?;
    writeln!(out, "<div class=\"bar\">")?;
    for (class, count) in [
        ("killed", counts.killed),
        ("equivalent", counts.equivalent),
        ("survived", counts.survived),
    ] {
        writeln!(
            out,
            "<span class=\"{class}\" style=\"flex:{count}\"></span>"
        )?;
    }
    writeln!(out, "</div>\n<dl>")?;
    for (label, count) in [
        ("changes", counts.total),
        ("noticed", counts.killed),
        ("equivalent", counts.equivalent),
        ("survived", counts.survived),
        ("left no contract, not counted", counts.unreadable),
    ] {
        writeln!(out, "<div><dt>{label}</dt><dd>{count}</dd></div>")?;
    }
    writeln!(out, "</dl>\n<ul>")?;
    for (what, count) in killer::counts(score) {
        writeln!(out, "<li>{count} noticed by {what}</li>")?;
    }
    writeln!(out, "</ul>")?;
    if !score.differing.is_empty() {
        writeln!(
            out,
            "<h2>Differs from the contract as it is</h2>\n<p>No value counts here.</p>\n<ul>"
        )?;
        for seat in &score.differing {
            writeln!(out, "<li>{}</li>", escaped(&seat.to_string()))?;
        }
        writeln!(out, "</ul>")?;
    }
    if counts.survived > 0 {
        writeln!(out, "<h2>Nobody notices</h2>")?;
        let survived = |(_, fate): &&(Mutant, Fate)| *fate == Fate::Survived;
        table(score.mutants.iter().filter(survived), out)?;
    }
    writeln!(out, "<h2>Every change</h2>")?;
    for (part, mutants) in parts(score) {
        let survived = mutants
            .iter()
            .filter(|(_, fate)| *fate == Fate::Survived)
            .count();
        let note = if survived > 0 {
            format!(", <span class=\"survived\">{survived} survived</span>")
        } else {
            String::new()
        };
        writeln!(
            out,
            "<details>\n<summary><code>{}</code> ({}{note})</summary>",
            escaped(&part),
            mutants.len()
        )?;
        table(mutants.into_iter(), out)?;
        writeln!(out, "</details>")?;
    }
    writeln!(out, "</body>\n</html>")
}

/// The changes by the part of the contract that they are in: a schema, an operation.
fn parts(score: &Score) -> BTreeMap<String, Vec<&(Mutant, Fate)>> {
    let mut parts: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for change in &score.mutants {
        if change.1 != Fate::Unreadable {
            let part = change
                .0
                .at
                .tokens()
                .iter()
                .take(3)
                .cloned()
                .collect::<Vec<_>>();
            parts.entry(part.join(" / ")).or_default().push(change);
        }
    }
    parts
}

fn table<'s>(
    changes: impl Iterator<Item = &'s (Mutant, Fate)>,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(
        out,
        "<table>\n<tr><th>kind</th><th>where</th><th>change</th><th>fate</th></tr>"
    )?;
    for (mutant, fate) in changes {
        let (class, told) = match fate {
            Fate::Killed(killer) => ("killed", killed_by(killer)),
            Fate::Equivalent => ("equivalent", "accepts the same".to_owned()),
            Fate::Survived => ("survived", "survived".to_owned()),
            Fate::Unreadable => ("unreadable", "leaves no contract".to_owned()),
        };
        writeln!(
            out,
            "<tr><td>{}</td><td><code>{}</code></td><td>{}</td><td class=\"{class}\">{told}</td></tr>",
            mutant.kind,
            escaped(&mutant.at.fragment()),
            escaped(&mutant.change),
        )?;
    }
    writeln!(out, "</table>")
}

fn killed_by(killer: &Killer) -> String {
    match killer {
        Killer::Witness {
            seat,
            value,
            accepted,
        } => {
            let verdict = if *accepted {
                "is accepted now"
            } else {
                "is refused now"
            };
            let value: String = value.to_string();
            let mut shown: String = value.chars().take(LONGEST).collect();
            if shown.len() < value.len() {
                shown.push('…');
            }
            format!(
                "{}: <code>{}</code> {verdict}",
                escaped(&seat.to_string()),
                escaped(&shown)
            )
        }
        Killer::Known(known) => escaped(&known.to_string()),
        other => escaped(&format!("{other:?}")),
    }
}

/// A text as HTML has it, in which no character steers anything.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                safe.extend(character.escape_unicode());
            }
            character if character.is_control() => safe.extend(character.escape_default()),
            character => safe.push(character),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_is_markup() {
        assert_eq!(
            escaped("<script>\"&'\n\u{202e}é"),
            "&lt;script&gt;&quot;&amp;&#39;\\n\\u{202e}é"
        );
    }
}
