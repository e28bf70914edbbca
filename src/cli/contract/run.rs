//! `flinks-pay contract run`: everything is asked of a server, and where it departs is reported.

use std::io::{self, Write};

use flinks_pay::client::Environment;
use flinks_pay::contract::run::{Run, RunError, RunReport};
use flinks_pay::spec::Document;

use crate::cli::args::{ReportFormat, RunArgs};
use crate::cli::exit::Exit;
use crate::cli::problem::{Problem, visible};
use crate::cli::{connect, credentials, print_problem_json, sandbox, spec, written};

pub(super) async fn run(args: &RunArgs) -> Result<Exit, Problem> {
    let ran = match ask(args).await {
        Ok(report) => report,
        Err(problem) if args.format == ReportFormat::Json => {
            return Ok(print_problem_json(&problem));
        }
        Err(problem) => return Err(problem),
    };
    let mut out = io::stdout().lock();
    let printed = match args.format {
        ReportFormat::Text => write!(out, "{ran}"),
        ReportFormat::Json => writeln!(out, "{:#}", ran.to_json()),
        ReportFormat::Junit => write!(out, "{}", ran.to_junit()),
        ReportFormat::Html => write!(out, "{}", ran.to_html()),
    };
    written(printed.and_then(|()| out.flush()))?;
    if ran.left_open > 0 {
        // When standard error is gone, the report has it as well.
        let _ = writeln!(
            io::stderr(),
            "warning: {} sessions that were created are not known to have ended",
            ran.left_open
        );
    }
    Ok(exit(&ran))
}

fn exit(report: &RunReport) -> Exit {
    match (report.is_clean(), &report.stopped) {
        (false, _) => Exit::Bad,
        (true, Some(_)) => Exit::CouldNotRun,
        (true, None) => Exit::Good,
    }
}

async fn ask(args: &RunArgs) -> Result<RunReport, Problem> {
    let environment = connect::at(&args.base_url, "--base-url")?;
    if environment.base_url().host() == Environment::production().base_url().host() {
        let remedy = format!("use the sandbox, {}", Environment::sandbox());
        return Err(
            Problem::new("the contract is not run against production", remedy)
                .because("it sends wrong credentials, and sessions for payors that do not exist"),
        );
    }
    let contract = contract(args)?;
    let credentials = credentials::find(args.credentials.as_deref(), &environment)?;
    let mut run = Run::new(environment.clone(), credentials)
        .seed(args.seed)
        .profile(args.profile);
    if args.read_only {
        run = run.read_only();
    }
    if let Some(most) = args.max_sessions {
        run = run.max_sessions(most);
    }
    let lines = args.format == ReportFormat::Text;
    let told = |outcome: &flinks_pay::contract::tour::Outcome| {
        if lines {
            // What cannot be written now cannot be written at the end either, which is then said.
            let _ = writeln!(io::stdout(), "{}", visible(&outcome.line()));
        }
    };
    let stop = async {
        if sandbox::asked_to_end().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    let ran = run.against_until(&contract, stop, told).await;
    ran.map_err(|error| {
        let what = format!("{environment} cannot be asked");
        Problem::new(what, remedy(&error)).caused_by(&error)
    })
}

fn contract(args: &RunArgs) -> Result<Document, Problem> {
    let read = match &args.spec {
        Some(path) => Document::read(path),
        None => Document::parse("openapi/flinks-pay.yaml", spec::CONTRACT),
    };
    read.map_err(|error| {
        Problem::new(
            "the contract cannot be read",
            "give an OpenAPI 3.0 document, or leave out --spec",
        )
        .caused_by(&error)
    })
}

fn remedy(error: &RunError) -> &'static str {
    match error {
        RunError::Unreachable(_) => {
            "see that it is up and that the address is right; `flinks-pay sandbox` starts a simulator"
        }
        RunError::Redirects { .. } => {
            "give the address that it redirects to; credentials are not sent there unasked"
        }
        RunError::SomethingElse { .. } => "see that the address is that of the API",
        RunError::Credentials { .. } => {
            "see that FLINKS_PAY_CLIENT_ID and FLINKS_PAY_CLIENT_SECRET, or FLINKS_PAY_API_KEY, are those of this server"
        }
        RunError::Contract(_) => "give an OpenAPI 3.0 document, or leave out --spec",
        _ => "see that this machine has root certificates and free ports",
    }
}
