//! Whether what became of a request is what the contract says of it.

use std::collections::BTreeSet;

use super::finding::{Finding, Part, Side};
use super::{Examiner, Reading, rules};
use crate::contract::party::Opinion;
use crate::contract::{Agreement, ContractError, Sender};
use crate::spec::Pointer;
use crate::spec::translate::Direction;

impl Examiner<'_> {
    /// Compares the findings about the request with what was answered, and adds the rules of `x-rules` that the request breaks
    /// and was carried out with.
    pub(super) fn agreement(
        &self,
        reading: &Reading<'_, '_>,
        findings: &mut Vec<Finding>,
    ) -> Result<Option<Agreement>, ContractError> {
        if reading.exchange.by == Sender::Server {
            return Ok(None);
        }
        let accepted = findings.iter().all(|finding| !finding.breaks());
        let status = reading.exchange.status.as_u16();
        Ok(match status {
            200..=299 if accepted => {
                let broken = self.broken_rules(reading);
                let whole = broken.is_empty();
                findings.extend(broken);
                Some(if whole {
                    Agreement::Agrees
                } else {
                    Agreement::Differs
                })
            }
            200..=299 if self.is_respelled(reading, findings)? => Some(Agreement::Respelled),
            200..=299 => Some(Agreement::Differs),
            400..=499 if !accepted => Some(Agreement::Agrees),
            400..=499 => self.refused(reading, status),
            _ => None,
        })
    }

    /// What is said of a refusal of a request that the schemas accept.
    fn refused(&self, reading: &Reading<'_, '_>, status: u16) -> Option<Agreement> {
        let operation = reading.operation?;
        let about_the_request = match status {
            400 | 405 | 415 | 422 => true,
            // Who calls is asked only where there is a way to say it.
            401 => operation.security.iter().all(Vec::is_empty) || self.has_good_keys(reading),
            // What is not there may be what the request is about, where it names something or the contract says so.
            404 => reading.answered.is_none() && !operation.path.contains('{'),
            _ => false,
        };
        // What the body itself breaks says enough.
        let mut broken: BTreeSet<String> = BTreeSet::new();
        if about_the_request {
            broken.extend(self.broken_rules(reading).into_iter().map(|it| it.keyword));
        }
        if broken.is_empty() {
            broken = rules::broken(&self.calls, reading, &self.record);
        }
        if broken.is_empty() {
            about_the_request.then_some(Agreement::Differs)
        } else {
            Some(Agreement::ByRule(broken))
        }
    }

    /// The rules of the contract by which this crate would not send the body.
    fn broken_rules(&self, reading: &Reading<'_, '_>) -> Vec<Finding> {
        let (Some(Opinion::Refuses(remarks)), Some((_, Some(at)))) =
            (&reading.by_facade, reading.request_type)
        else {
            return Vec::new();
        };
        let mut ids: Vec<&str> = remarks.iter().map(|remark| remark.rule.as_str()).collect();
        ids.retain(|id| self.rules.has(id));
        ids.sort_unstable();
        ids.dedup();
        ids.into_iter()
            .map(|id| Finding {
                side: Side::Request,
                part: Part::Body,
                at: at.clone(),
                instance: Pointer::root(),
                keyword: id.to_owned(),
            })
            .collect()
    }

    /// Whether all that is against the request is a spelling of its body that this crate writes as the contract has it.
    fn is_respelled(
        &self,
        reading: &Reading<'_, '_>,
        findings: &[Finding],
    ) -> Result<bool, ContractError> {
        let (Some(Opinion::Writes(written)), Some((_, Some(at)))) =
            (&reading.by_facade, reading.request_type)
        else {
            return Ok(false);
        };
        let of_the_body = |finding: &Finding| !finding.breaks() || finding.part == Part::Body;
        Ok(findings.iter().all(of_the_body)
            && self
                .judge
                .validator(at, Direction::Request)?
                .is_valid(written))
    }
}
