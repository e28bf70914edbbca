//! A run as one page, with nothing from elsewhere.

use std::fmt::Write as _;

use super::report::RunReport;

const HEAD: &str = "<!DOCTYPE html>
<html lang=\"en\">
<head>
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">
<title>Contract run</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a; background: #fff; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid #ddd; }
code { font: 13px/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
dt { font-weight: 600; }
dd { margin: 0 0 .4rem 0; }
article { border: 1px solid #ddd; border-left: 4px solid #b00020; padding: .6rem 1rem; margin: 1rem 0; }
.drift { color: #b00020; font-weight: 600; }
.held { color: #14662e; }
.skipped { color: #595959; }
</style>
</head>
<body>
";

impl RunReport {
    /// The run as a page that needs nothing else.
    #[must_use]
    pub fn to_html(&self) -> String {
        let mut page = HEAD.to_owned();
        let server = escaped(&self.server);
        let _ = writeln!(page, "<h1>Contract run at <code>{server}</code></h1>");
        let verdict = match self.drift.len() {
            0 => "<p class=\"held\">No drift.</p>".to_owned(),
            1 => "<p class=\"drift\">1 departure.</p>".to_owned(),
            more => format!("<p class=\"drift\">{more} departures.</p>"),
        };
        let _ = writeln!(page, "{verdict}");
        if let Some(why) = &self.stopped {
            let _ = writeln!(
                page,
                "<p class=\"drift\">Not to its end: {}.</p>",
                escaped(why)
            );
        }
        let kind = if self.simulator {
            "a simulator"
        } else {
            "a server that is not controlled"
        };
        let _ = writeln!(
            page,
            "<p>{kind}; {} of {} scenarios played, {} expectations held, {} witnesses asked; {} sessions created, {} left open.</p>",
            self.played(),
            self.scenarios.len(),
            self.held(),
            self.witnesses.asked,
            self.sessions,
            self.left_open
        );
        self.write_drift(&mut page);
        self.write_scenarios(&mut page);
        page.push_str("</body>\n</html>\n");
        page
    }

    fn write_drift(&self, page: &mut String) {
        if self.drift.is_empty() {
            return;
        }
        page.push_str("<h2>Departures</h2>\n");
        for drift in &self.drift {
            let _ = writeln!(
                page,
                "<article>\n<h3>{}</h3>\n<dl>",
                escaped(&drift.expected)
            );
            let rows = [
                ("Found by", Some(&drift.scenario)),
                ("From", Some(&drift.constraint)),
                ("Sent", Some(&drift.sent)),
                ("Received", Some(&drift.received)),
                ("It says", drift.says.as_ref()),
            ];
            for (name, text) in rows {
                if let Some(text) = text {
                    let text = escaped(text);
                    let _ = writeln!(page, "<dt>{name}</dt><dd><code>{text}</code></dd>");
                }
            }
            page.push_str("</dl>\n</article>\n");
        }
    }

    fn write_scenarios(&self, page: &mut String) {
        page.push_str("<h2>Scenarios</h2>\n<table>\n");
        page.push_str("<tr><th>Scenario</th><th>Outcome</th></tr>\n");
        for outcome in &self.scenarios {
            let (class, said) = match (&outcome.skipped, outcome.failures.len()) {
                (Some(why), _) => ("skipped", format!("skipped: {why}")),
                (None, 0) => ("held", format!("{} expectations held", outcome.held)),
                (None, failed) => (
                    "drift",
                    format!("departures: {failed}, held: {}", outcome.held),
                ),
            };
            let (name, said) = (escaped(outcome.name), escaped(&said));
            let _ = writeln!(
                page,
                "<tr><td>{name}</td><td class=\"{class}\">{said}</td></tr>"
            );
        }
        page.push_str("</table>\n");
    }
}

/// Text for HTML and XML. What neither can have is left out.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() || ('\u{fffe}'..='\u{ffff}').contains(&c) => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
