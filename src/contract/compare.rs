//! Whether a party and the judge agree on a value.

use std::collections::BTreeSet;

use super::ContractError;
use super::party::Opinion;
use crate::spec::{Document, Node, Pointer};

/// Whether a party and the judge agree on a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Agreement {
    /// They agree.
    Agrees,
    /// The party refuses what the schema accepts, by these rules of `x-rules`.
    ByRule(BTreeSet<String>),
    /// The party takes another spelling than the schema's, and writes it as the schema has it.
    Respelled,
    /// They differ.
    Differs,
}

/// The rules of a contract that its schemas cannot say: the ids of its `x-rules`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules(BTreeSet<String>);

impl Rules {
    /// Reads the ids.
    #[must_use]
    pub fn of(document: &Document) -> Self {
        let rules = document.at(&Pointer::root().join("x-rules"));
        let listed = rules.and_then(Node::as_array).unwrap_or_default();
        let ids = listed.iter().filter_map(|rule| rule.get("id")?.as_str());
        Self(ids.map(str::to_owned).collect())
    }

    /// Whether there is a rule of this id.
    #[must_use]
    pub fn has(&self, id: &str) -> bool {
        self.0.contains(id)
    }

    /// Compares what the judge and a party say of one value. `accepts` is asked about the value that the party would write in
    /// its place.
    ///
    /// # Errors
    ///
    /// Those of `accepts`.
    pub fn compare(
        &self,
        accepted: bool,
        opinion: &Opinion,
        accepts: impl FnOnce(&serde_json::Value) -> Result<bool, ContractError>,
    ) -> Result<Agreement, ContractError> {
        Ok(match (opinion, accepted) {
            (Opinion::Takes, true) | (Opinion::Remarks(_) | Opinion::Refuses(_), false) => {
                Agreement::Agrees
            }
            (Opinion::Writes(written), false) if accepts(written)? => Agreement::Respelled,
            (Opinion::Remarks(remarks) | Opinion::Refuses(remarks), true) => {
                let rules: BTreeSet<String> =
                    remarks.iter().map(|remark| remark.rule.clone()).collect();
                if rules.is_subset(&self.0) {
                    Agreement::ByRule(rules)
                } else {
                    Agreement::Differs
                }
            }
            (Opinion::Takes, false) | (Opinion::Writes(_), _) => Agreement::Differs,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::contract::party::Remark;

    fn compare(accepted: bool, opinion: &Opinion) -> Agreement {
        let rules = Rules(["limits-ordered".to_owned()].into());
        let even = |value: &Value| Ok(value.as_i64().is_some_and(|value| value % 2 == 0));
        rules
            .compare(accepted, opinion, even)
            .expect("a comparison")
    }

    fn remarks(rules: &[&str]) -> Vec<Remark> {
        let remark = |rule: &&str| Remark {
            at: String::new(),
            rule: (*rule).to_owned(),
        };
        rules.iter().map(remark).collect()
    }

    #[test]
    fn taking_what_is_accepted_and_refusing_what_is_not_is_agreement() {
        assert_eq!(compare(true, &Opinion::Takes), Agreement::Agrees);
        assert_eq!(compare(false, &Opinion::Takes), Agreement::Differs);
        for opinion in [Opinion::Refuses, Opinion::Remarks] {
            assert_eq!(
                compare(false, &opinion(remarks(&["type"]))),
                Agreement::Agrees
            );
            assert_eq!(
                compare(true, &opinion(remarks(&["type"]))),
                Agreement::Differs
            );
        }
    }

    #[test]
    fn a_refusal_by_rules_of_the_contract_alone_is_one_by_rule() {
        let by_rule = Agreement::ByRule(["limits-ordered".to_owned()].into());
        assert_eq!(
            compare(true, &Opinion::Refuses(remarks(&["limits-ordered"]))),
            by_rule
        );
        let mixed = Opinion::Refuses(remarks(&["limits-ordered", "amount"]));
        assert_eq!(compare(true, &mixed), Agreement::Differs);
    }

    #[test]
    fn another_spelling_is_one_only_if_it_is_written_as_the_contract_has_it() {
        assert_eq!(
            compare(false, &Opinion::Writes(json!(2))),
            Agreement::Respelled
        );
        assert_eq!(
            compare(false, &Opinion::Writes(json!(3))),
            Agreement::Differs
        );
        // The value was right, and another one is sent.
        assert_eq!(
            compare(true, &Opinion::Writes(json!(2))),
            Agreement::Differs
        );
    }
}
