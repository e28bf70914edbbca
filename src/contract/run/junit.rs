//! A run as the XML that CI systems read: a test case for each scenario, one for the witnesses, and one for all that travelled.

use std::fmt::Write as _;

use super::html::escaped;
use super::report::{Drift, RunReport};

impl RunReport {
    /// The run as XML of the kind that `JUnit` writes.
    #[must_use]
    pub fn to_junit(&self) -> String {
        let witnesses = self.drift_of("witnesses");
        let exchanges = self.drift_of("exchanges");
        let failed = self
            .scenarios
            .iter()
            .filter(|outcome| !outcome.failures.is_empty())
            .count()
            + usize::from(!witnesses.is_empty())
            + usize::from(!exchanges.is_empty());
        let asked = &self.witnesses;
        let unasked = asked.skipped.as_ref().filter(|_| asked.asked == 0);
        let skipped = self.scenarios.len() - self.played() + usize::from(unasked.is_some());
        let tests = self.scenarios.len() + 2;
        let counts =
            format!("tests=\"{tests}\" failures=\"{failed}\" skipped=\"{skipped}\" errors=\"0\"");
        let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        let _ = writeln!(xml, "<testsuites name=\"flinks-pay contract\" {counts}>");
        let server = escaped(&self.server);
        let _ = writeln!(xml, "  <testsuite name=\"{server}\" {counts}>");
        for outcome in &self.scenarios {
            let drift = self.drift_of(outcome.name);
            case(&mut xml, outcome.name, outcome.skipped.as_deref(), &drift);
        }
        case(
            &mut xml,
            "witnesses",
            unasked.map(String::as_str),
            &witnesses,
        );
        case(&mut xml, "exchanges", None, &exchanges);
        xml.push_str("  </testsuite>\n</testsuites>\n");
        xml
    }

    fn drift_of(&self, scenario: &str) -> Vec<&Drift> {
        let each = self.drift.iter();
        each.filter(|drift| drift.scenario == scenario).collect()
    }
}

fn case(xml: &mut String, name: &str, skipped: Option<&str>, drift: &[&Drift]) {
    let name = escaped(name);
    let _ = write!(xml, "    <testcase classname=\"contract\" name=\"{name}\"");
    if let Some(why) = skipped {
        let why = escaped(why);
        let _ = writeln!(xml, "><skipped message=\"{why}\"/></testcase>");
        return;
    }
    let Some(first) = drift.first() else {
        xml.push_str("/>\n");
        return;
    };
    let message = escaped(&first.expected);
    let _ = write!(
        xml,
        ">\n      <failure type=\"drift\" message=\"{message}\">"
    );
    for drift in drift {
        let _ = write!(xml, "{}\n\n", escaped(&drift.to_string()));
    }
    xml.push_str("</failure>\n    </testcase>\n");
}
