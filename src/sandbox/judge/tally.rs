//! What a sandbox counts of its judge's verdicts.

use crate::session::Operation;

use super::report::{Violation, ViolationsReport};
use super::verdict::Verdict;

/// How many different violations are kept. Whoever has a hundred has one reason for them, or two.
const MOST: usize = 100;

/// The counts since the start; of bounded size.
#[derive(Debug, Default)]
pub(in crate::sandbox) struct Tally {
    judged: [u64; Operation::ALL.len()],
    without_operation: u64,
    spoilt: u64,
    respelled: Vec<(&'static str, u64)>,
    total: u64,
    violations: Vec<Violation>,
}

impl Tally {
    pub(in crate::sandbox) fn note(&mut self, verdict: &Verdict) {
        let place = Operation::ALL
            .iter()
            .zip(&mut self.judged)
            .find(|(operation, _)| Some(**operation) == verdict.operation);
        match place {
            _ if verdict.spoilt => self.spoilt += 1,
            Some((_, judged)) => *judged += 1,
            None => self.without_operation += 1,
        }
        for rule in &verdict.respelled {
            match self.respelled.iter_mut().find(|(known, _)| known == rule) {
                Some((_, count)) => *count += 1,
                None => self.respelled.push((rule, 1)),
            }
        }
        for violation in &verdict.violations {
            self.total += 1;
            let known = self
                .violations
                .iter_mut()
                .find(|known| known.is_like(violation));
            if let Some(known) = known {
                known.count += 1;
            } else if self.violations.len() < MOST {
                self.violations.push(violation.clone());
            }
        }
    }

    pub(in crate::sandbox) fn report(&self) -> ViolationsReport {
        let judged = Operation::ALL.iter().zip(self.judged);
        let respelled = self.respelled.iter();
        ViolationsReport {
            judged: judged
                .map(|(operation, count)| (operation.id().to_owned(), count))
                .collect(),
            without_operation: self.without_operation,
            spoilt: self.spoilt,
            respelled: respelled
                .map(|(rule, count)| ((*rule).to_owned(), *count))
                .collect(),
            total: self.total,
            violations: self.violations.clone(),
        }
    }
}
