//! What the judge has against a value, in the words of the contract: a pointer into the value, and a keyword of `OpenAPI` 3.0.

use std::collections::BTreeSet;

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;
use serde_json::Value;

use super::party::Remark;
use super::{ContractError, Judge, Seat};

/// Everything that is wrong with a value, as one alternative of the schema sees it.
type Remarks = BTreeSet<Remark>;

impl Judge<'_> {
    /// Returns what is wrong with a value: once, or by each alternative of an `anyOf` or `oneOf` in it, in the order of the
    /// contract. One empty set for a value that is accepted.
    ///
    /// A member that is missing, or one too many, is named by its own pointer. A null where there must be none is one remark,
    /// `nullable`, and a value of the wrong JSON type is one remark, `type`, though it may be in no list either.
    ///
    /// # Errors
    ///
    /// The schema cannot be translated or compiled.
    pub fn remarks(&self, seat: &Seat, value: &Value) -> Result<Vec<Remarks>, ContractError> {
        let validator = self.validator(&seat.schema, seat.direction())?;
        let errors: Vec<ValidationError<'_>> = validator.iter_errors(value).collect();
        Ok(alternatives(&errors).into_iter().map(plain).collect())
    }
}

/// Every way to read a list of errors in which some have alternatives.
fn alternatives(errors: &[ValidationError<'_>]) -> Vec<Remarks> {
    let mut readings = vec![Remarks::new()];
    for error in errors {
        let of_one = of(error);
        readings = readings
            .iter()
            .flat_map(|reading| {
                let all = of_one.iter();
                all.map(|more| reading.union(more).cloned().collect())
            })
            .collect();
    }
    readings
}

/// What one error says: more than one thing where there are alternatives.
fn of(error: &ValidationError<'_>) -> Vec<Remarks> {
    let at = error.instance_path().to_string();
    let kind = error.kind();
    let one = |at: String, rule: &str| {
        let rule = rule.to_owned();
        vec![Remarks::from([Remark { at, rule }])]
    };
    match kind {
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            context
                .iter()
                .flat_map(|errors| alternatives(errors))
                .collect()
        }
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            one(member(&at, name), "required")
        }
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            let remarks = unexpected.iter().map(|name| Remark {
                at: member(&at, name),
                rule: "additionalProperties".to_owned(),
            });
            vec![remarks.collect()]
        }
        ValidationErrorKind::Type { .. } | ValidationErrorKind::Enum { .. }
            if error.instance().is_null() =>
        {
            one(at, "nullable")
        }
        // The bounds of a format of integers are told apart by where they stand.
        ValidationErrorKind::Minimum { limit } | ValidationErrorKind::Maximum { limit }
            if is_of_format(limit) =>
        {
            one(at, "format")
        }
        kind => one(at, kind.keyword()),
    }
}

/// Whether a bound is an end of 32 or 64 bits, which a contract says by `format`.
fn is_of_format(limit: &Value) -> bool {
    let ends = [i32::MIN.into(), i32::MAX.into(), i64::MIN, i64::MAX];
    limit.as_i64().is_some_and(|limit| ends.contains(&limit))
}

/// A value of the wrong JSON type is in no list either, which says nothing more.
fn plain(remarks: Remarks) -> Remarks {
    let typed: BTreeSet<String> = remarks
        .iter()
        .filter(|remark| ["type", "nullable"].contains(&&*remark.rule))
        .map(|remark| remark.at.clone())
        .collect();
    let says_more = |remark: &Remark| remark.rule != "enum" || !typed.contains(&remark.at);
    remarks.into_iter().filter(says_more).collect()
}

fn member(at: &str, name: &str) -> String {
    format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::contract::Outline;
    use crate::spec::Document;

    const CONTRACT: &str = r"
openapi: 3.0.3
paths:
  /a:
    get:
      operationId: a
      responses:
        '200':
          description: Of one shape.
          content:
            application/json:
              schema:
                type: object
                required: [n, m]
                additionalProperties: false
                properties:
                  n: { type: integer, format: int32, multipleOf: 5 }
                  m: { type: string, enum: [x], minLength: 2 }
                  o: { type: array, nullable: true, items: { type: string, pattern: '^a$' } }
        '400':
          description: Of either.
          content:
            application/json:
              schema:
                anyOf:
                  - { type: object, required: [p] }
                  - { type: object, properties: { q: { type: boolean } }, required: [q] }
";

    fn said(status: &str, value: &Value) -> Vec<Vec<String>> {
        let document = Document::parse("contract.yaml", CONTRACT).expect("a document");
        let judge = Judge::new(&document);
        let seats = Outline::of(&document).expect("an outline").seats();
        let wanted = format!("a {status} application/json");
        let seat = seats.iter().find(|seat| seat.to_string() == wanted);
        let remarks = judge.remarks(seat.expect("the seat"), value);
        let remarks = remarks.expect("what is said").into_iter();
        let shown = |remark: &Remark| format!("{} {}", remark.at, remark.rule);
        remarks.map(|one| one.iter().map(shown).collect()).collect()
    }

    #[test]
    fn nothing_is_said_of_what_is_accepted() {
        let value = json!({ "n": 5, "m": "x" });
        // Two characters at least, and one of one: nothing can be both.
        assert_eq!(said("200", &value), [["/m minLength"]]);
        assert_eq!(said("400", &json!({ "p": 1 })), [[""; 0]]);
    }

    #[test]
    fn each_fault_is_named_by_its_own_place_and_the_keyword_of_the_contract() {
        let value = json!({ "n": 3_000_000_000_u64, "o": ["a", "b", null], "p/q": 1 });
        assert_eq!(
            said("200", &value),
            [[
                "/m required",
                "/n format",
                "/o/1 pattern",
                "/o/2 nullable",
                "/p~1q additionalProperties"
            ]]
        );
        let value = json!({ "n": 1.5, "m": null, "o": {} });
        // Of a number with decimals everything is said that can be said of a number.
        assert_eq!(
            said("200", &value),
            [["/m nullable", "/n multipleOf", "/n type", "/o type"]]
        );
        assert_eq!(said("200", &json!([])), [[" type"]]);
    }

    #[test]
    fn each_alternative_has_its_own_say() {
        assert_eq!(
            said("400", &json!({ "q": "yes" })),
            [["/p required"], ["/q type"]]
        );
    }
}
