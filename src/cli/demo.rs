//! `flinks-pay demo`: a whole payment, through the real client and over a real socket.

mod failure;
mod flow;
mod report;
mod scenario;
mod step;
mod target;

use std::io;

use self::flow::Flow;
pub(super) use self::report::{Outcome, Report};
use self::scenario::Product;
pub(super) use self::scenario::Scenario;
pub(super) use self::step::Step;
use self::target::Target;

use super::args::{DemoArgs, Format};
use super::exit::Exit;
use super::output::{Json, Lines, Sink};
use super::problem::Problem;
use super::terminal::Look;
use super::{report as report_problem, unwritable};

pub(super) async fn run(args: &DemoArgs) -> Exit {
    let (mut out, mut errors) = (io::stdout(), io::stderr());
    let mut lines;
    let mut json;
    let sink: &mut dyn Sink = match args.format {
        Format::Text => {
            lines = Lines::new(&mut out, &mut errors, Look::detect());
            &mut lines
        }
        Format::Json => {
            json = Json::new(&mut out);
            &mut json
        }
    };
    let product = if args.regular {
        Product::Regular
    } else {
        Product::Guaranteed
    };
    let mut report = Report::new(args.scenario, product);
    // In this order: whoever has read a line may press Ctrl-C.
    let ended = tokio::select! {
        biased;
        Ok(()) = tokio::signal::ctrl_c() => None,
        ended = payment(args, product, &mut report, sink) => Some(ended),
    };
    let ended =
        ended.unwrap_or_else(|| Err(failure::interrupted(&report, args.base_url.is_none())));
    let outcome = ended.unwrap_or_else(Outcome::error);
    report.outcome = Some(outcome.clone());
    sink.end(&report, &outcome);
    match sink.failure() {
        // Whoever read this has seen enough; how the payment ended is not their reader's business.
        Some(error) if !sink.is_unread() => report_problem(&unwritable(error)),
        _ => outcome.exit(),
    }
}

/// Runs the payment, and fetches the journal whether it succeeds or not.
async fn payment(
    args: &DemoArgs,
    product: Product,
    report: &mut Report,
    sink: &mut dyn Sink,
) -> Result<Outcome, Problem> {
    if product == Product::Regular && args.scenario.needs_guarantee() {
        let problem = format!(
            "--regular cannot play the scenario {}",
            args.scenario.name()
        );
        return Err(Problem::new(
            problem,
            "leave out --regular, or choose happy1, happy3, cancel or expire",
        )
        .because("the scenario is about the guarantee, and a regular EFT has none"));
    }
    let target = match &args.base_url {
        Some(base_url) => Target::at(base_url).await?,
        None => Target::embedded().await?,
    };
    if args.scenario == Scenario::Expire && target.control.is_none() {
        let problem = format!(
            "the scenario expire needs a simulator, and {} is none",
            target.client.environment()
        );
        return Err(
            Problem::new(problem, "leave out --base-url, or choose another scenario")
                .because("only a simulator's time can be moved"),
        );
    }
    sink.begin(&format!(
        "{}, scenario {}, at {} ({})",
        product.name(),
        args.scenario.name(),
        target.client.environment(),
        target.kind()
    ));
    // Only the document has a journal.
    let journal = target
        .control
        .as_ref()
        .filter(|_| args.format == Format::Json);
    let earlier = match journal {
        Some(control) => control.last_exchange().await.unwrap_or_default(),
        None => 0,
    };
    let ended = Flow::new(&target, args, report, sink).run(product).await;
    if let Some(control) = journal {
        report.journal = control.journal_after(earlier).await.ok();
    }
    let outcome = ended.map(|last| report.judge(&last));
    let closed = target.close().await;
    let outcome = outcome?;
    closed.map(|()| outcome)
}
