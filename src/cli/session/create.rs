//! `flinks-pay session create`: one request, sent once.

use flinks_pay::client::Operation;
use flinks_pay::domain::{GuaranteedReferenceId, RegularReferenceId};
use flinks_pay::session::{SessionRequest, Warning};
use serde_json::json;

use super::{Answer, Known, departures, failure, request};
use crate::cli::args::CreateArgs;
use crate::cli::connect;
use crate::cli::exit::Exit;
use crate::cli::mask::masked;
use crate::cli::problem::Problem;

pub(super) async fn run(args: &CreateArgs, known: &mut Known) -> Result<Exit, Problem> {
    let request = request::given(args)?;
    let client = connect::of(&args.target)?;
    known.reference = reference(&request).map(str::to_owned);
    known.called = Some(Operation::CreateSession);
    // Once: the client sends it again only where it has not left, or after a whole 401.
    let created = client
        .create(&request)
        .await
        .map_err(|error| failure::of_call(&client, known, &error))?;
    let url = client.hosted_url(&created.session_id).to_string();
    let mut shown = Answer::new(&created.session_id, None);
    let reference = match &created.reference_id {
        Some(theirs) => Some(theirs.expose()),
        None => known.reference.as_deref(),
    };
    shown.row("reference", reference.unwrap_or("none"));
    shown.row("hosted page", url.as_str());
    let warnings: Vec<String> = request.warnings().iter().map(Warning::to_string).collect();
    for warning in &warnings {
        shown.row("advice", warning.as_str());
    }
    let document = json!({
        "session": masked(&*created),
        "session_id": created.session_id,
        "reference_id": reference,
        "hosted_url": url,
        "warnings": warnings,
    });
    shown
        .print(args.target.format, document, departures(&created))
        .map(|()| Exit::Good)
        // Also where the reader has gone: nobody has the id by then.
        .map_err(|error| failure::unprinted(&created.session_id, &error))
}

fn reference(request: &SessionRequest) -> Option<&str> {
    match request {
        SessionRequest::Guaranteed(request) => {
            request.reference_id().map(GuaranteedReferenceId::expose)
        }
        SessionRequest::Regular(request) => request.reference_id().map(RegularReferenceId::expose),
    }
}
