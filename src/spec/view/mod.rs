//! The codegen view: the contract reduced to what the generator handles well.
//!
//! The generator panics on several error types in one operation, closes every enum, turns a default into a value that
//! is always sent, and prints secrets. None of that can be switched off, so the document it sees is derived here, and
//! never written by hand. Nothing that matters is lost: what is taken off answers becomes a table of [`Check`]s, which
//! the client applies to every answer, and each change is in the [`report`](View::report) with its reason. What the
//! contract says of failed answers and of webhooks, for which nothing is generated, becomes tables as well.
//!
//! Entry points: [`derive()`], [`View`], and [`BINDINGS`], the table of components that become types of this crate.

mod bindings;
mod checks;
mod declared;
mod operations;
mod reach;
mod relax;
mod requests;
mod twins;

use super::{Document, Pointer, SpecError};

pub use bindings::{BINDINGS, Binding};
pub use checks::{Check, CheckTest, JsonType, OperationChecks, render};
pub use declared::{DeclaredAnswer, DeclaredBody, OperationAnswers, WebhookBody, render_declared};

/// The derived document, what was changed to make it, and what was taken off the answers.
#[derive(Debug, Clone)]
pub struct View {
    /// The document that the generator reads.
    pub document: Document,
    /// Every change, in the order of the document.
    pub report: Vec<Change>,
    /// The constraints that answers no longer carry, for each operation.
    pub checks: Vec<OperationChecks>,
    /// Every status that the contract declares, and all that it says of the bodies, for each operation.
    pub answers: Vec<OperationAnswers>,
    /// All that it says of the bodies of webhooks.
    pub webhooks: Vec<WebhookBody>,
}

/// One change that the view makes to the contract.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// Where in the contract.
    pub pointer: String,
    /// Which of the view's steps made it.
    pub step: Step,
    /// What was changed.
    pub what: String,
}

/// A step of the view. Each has one reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// `security`, security schemes and vendor extensions go.
    DropUnread,
    /// Answers other than success go.
    DropFailures,
    /// Success answers become one range.
    FoldSuccesses,
    /// Path parameters become plain text.
    PlainParameters,
    /// A component used both ways gets a copy for answers.
    SeparateTwin,
    /// Answers lose their constraints.
    RelaxAnswer,
    /// Defaults go.
    DropDefault,
    /// `nullable` on an optional request member goes.
    DropNullable,
    /// Components that nothing refers to go.
    PruneComponent,
}

impl Step {
    /// All steps, in the order in which they run.
    pub const ALL: [Step; 9] = [
        Step::DropUnread,
        Step::DropFailures,
        Step::FoldSuccesses,
        Step::PlainParameters,
        Step::SeparateTwin,
        Step::RelaxAnswer,
        Step::DropDefault,
        Step::DropNullable,
        Step::PruneComponent,
    ];

    /// Returns the name used in the report.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Step::DropUnread => "drop-unread",
            Step::DropFailures => "drop-failures",
            Step::FoldSuccesses => "fold-successes",
            Step::PlainParameters => "plain-parameters",
            Step::SeparateTwin => "separate-twin",
            Step::RelaxAnswer => "relax-answer",
            Step::DropDefault => "drop-default",
            Step::DropNullable => "drop-nullable",
            Step::PruneComponent => "prune-component",
        }
    }

    /// Returns why the step is there.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Step::DropUnread => {
                "the generator ignores security and extensions; credentials are stamped by the transport"
            }
            Step::DropFailures => {
                "the generator panics on several error types and loses the status when a body is not the declared one; \
                 failures reach the decoder raw"
            }
            Step::FoldSuccesses => {
                "the generator takes one success answer, and not every page states its number"
            }
            Step::PlainParameters => {
                "the domain type does not print itself whole, and the generator prints parameters"
            }
            Step::SeparateTwin => {
                "requests are closed and answers open, so one component cannot serve both"
            }
            Step::RelaxAnswer => {
                "an odd value must not cost the caller the answer; the constraint becomes a check that reports it"
            }
            Step::DropDefault => "the generator would send the default whether asked to or not",
            Step::DropNullable => "an optional member is left out instead of being null",
            Step::PruneComponent => "only the part of the contract that is called is generated",
        }
    }
}

/// Collects changes while the steps run.
#[derive(Debug, Default)]
struct Report(Vec<Change>);

impl Report {
    fn add(&mut self, step: Step, pointer: &Pointer, what: impl Into<String>) {
        self.0.push(Change {
            pointer: pointer.fragment(),
            step,
            what: what.into(),
        });
    }
}

/// Derives the codegen view of `contract`.
///
/// # Errors
///
/// The contract is not OpenAPI 3.0, a reference in it leads nowhere, or it holds something that the generator cannot
/// handle and that no step takes away; the error names the place and the remedy.
pub fn derive(contract: &Document) -> Result<View, SpecError> {
    contract.require_openapi_3_0()?;
    let mut report = Report::default();
    let checks = checks::collect(contract)?;
    let answers = declared::answers(contract)?;
    let webhooks = declared::webhooks(contract)?;
    let mut document = contract.clone();
    operations::drop_unread(&mut document, &mut report);
    operations::drop_failures(contract, &mut document, &mut report)?;
    operations::plain_parameters(contract, &mut document, &mut report)?;
    reach::prune(&mut document, &mut report)?;
    twins::separate(contract, &mut document, &mut report)?;
    relax::answers(contract, &mut document, &mut report)?;
    requests::simplify(contract, &mut document, &mut report)?;
    bindings::verify(contract, &document)?;
    let Report(mut report) = report;
    report.sort();
    Ok(View {
        document,
        report,
        checks,
        answers,
        webhooks,
    })
}

/// Returns the pointer to the schema components.
fn components_place() -> Pointer {
    Pointer::root().join("components").join("schemas")
}

/// Returns the pointer to a schema component.
fn component(name: &str) -> Pointer {
    components_place().join(name)
}
