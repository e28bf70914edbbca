//! Spans of `tracing`: one for each call, and one for each request that it sends.
//!
//! Names and fields are those of OpenTelemetry's conventions for HTTP clients, so that a bridge has nothing to translate:
//! a request is `{method} {template}` of kind `client`, a call is `flinks_pay.{operation}` around it, of kind `internal`. A span
//! has no value of any request or answer: the template stands for the URL, which has the session id in it, and errors are told
//! by kind. What a span knows only at its end is recorded even if its future is dropped before.

use http::StatusCode;
use tracing::Span;
use tracing::field::Empty;
use url::Url;

use super::{Error, ErrorKind, Operation, RequestId, Response};

macro_rules! spans {
    ($($operation:ident: $name:literal, $method:literal, $template:literal;)+) => {
        /// The span around everything that one call of a method does.
        pub(super) fn of_call(operation: Operation, request: RequestId) -> Watched {
            Watched::new(match operation {
                $(Operation::$operation => tracing::info_span!(
                    target: "flinks_pay",
                    $name,
                    otel.kind = "internal",
                    otel.status_code = Empty,
                    flinks_pay.operation = operation.id(),
                    flinks_pay.request_id = %request,
                    flinks_pay.attempts = Empty,
                    flinks_pay.outcome = Empty,
                    error.type = Empty,
                ),)+
            })
        }

        /// The span of one request, the `attempt`th of its call.
        pub(super) fn of_attempt(operation: Operation, attempt: u32, base: &Url) -> Watched {
            let span = match operation {
                $(Operation::$operation => tracing::info_span!(
                    target: "flinks_pay",
                    concat!($method, " ", $template),
                    otel.kind = "client",
                    otel.status_code = Empty,
                    http.request.method = $method,
                    http.request.resend_count = Empty,
                    http.response.status_code = Empty,
                    server.address = base.host_str(),
                    server.port = base.port_or_known_default(),
                    url.template = $template,
                    flinks_pay.outcome = Empty,
                    error.type = Empty,
                ),)+
            };
            // Only a request that is not the first has it.
            if attempt > 1 {
                span.record("http.request.resend_count", attempt - 1);
            }
            Watched::new(span)
        }

        #[cfg(test)]
        const TEMPLATES: &[(Operation, &str, &str)] = &[$((Operation::$operation, $method, $template)),+];
    };
}

spans! {
    Authorize: "flinks_pay.authorize", "POST", "/api/v1/authorize";
    CreateSession: "flinks_pay.create_session", "POST", "/api/v2/sessions";
    GetSessionStatus: "flinks_pay.get_session_status", "GET", "/api/v2/sessions/{sessionId}/status";
    GetSessionDetails: "flinks_pay.get_session_details", "GET", "/api/v2/sessions/{sessionId}/details";
    CancelSession: "flinks_pay.cancel_session", "POST", "/api/v2/sessions/{sessionId}/cancel";
    ConfirmGuarantee: "flinks_pay.confirm_guarantee", "POST", "/api/v2/sessions/{sessionId}/guarantees/confirm";
}

/// A span whose outcome is recorded: by what is said at its end, or as `cancelled` where it is dropped without an end.
pub(super) struct Watched {
    span: Span,
    ended: bool,
}

impl Watched {
    fn new(span: Span) -> Self {
        Self { span, ended: false }
    }

    pub(super) fn span(&self) -> Span {
        self.span.clone()
    }

    /// Ends the span of a call.
    pub(super) fn end_call<T>(mut self, outcome: &Result<Response<T>, Error>) {
        self.ended = true;
        let attempts = match outcome {
            Ok(answer) => answer.attempts(),
            Err(error) => error.attempts(),
        };
        self.span.record("flinks_pay.attempts", attempts);
        self.record(outcome.as_ref().err().map(Error::kind), None);
    }

    /// Ends the span of an attempt.
    pub(super) fn end_attempt<T>(mut self, outcome: &Result<Response<T>, Error>) {
        self.ended = true;
        let status = match outcome {
            Ok(answer) => Some(answer.raw().status()),
            Err(error) => error.status(),
        };
        if let Some(status) = status {
            self.span.record("http.response.status_code", status);
        }
        // What the status says already is not said again in other words.
        let failed = status
            .and_then(|status| StatusCode::from_u16(status).ok())
            .filter(|status| status.is_client_error() || status.is_server_error());
        self.record(outcome.as_ref().err().map(Error::kind), failed);
    }

    fn record(&self, error: Option<ErrorKind>, failed: Option<StatusCode>) {
        let Some(kind) = error else {
            self.span.record(OUTCOME, "ok");
            return;
        };
        self.span.record(OUTCOME, name(kind));
        self.span.record("otel.status_code", "ERROR");
        match &failed {
            Some(status) => self.span.record("error.type", status.as_str()),
            None => self.span.record("error.type", name(kind)),
        };
    }
}

const OUTCOME: &str = "flinks_pay.outcome";

impl Drop for Watched {
    fn drop(&mut self) {
        if !self.ended {
            self.span.record(OUTCOME, "cancelled");
        }
    }
}

/// The kind of an error as a span has it.
fn name(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Configuration => "configuration",
        ErrorKind::Connect => "connect",
        ErrorKind::Certificate => "certificate",
        ErrorKind::ClientCertificate => "client_certificate",
        ErrorKind::NotSent => "not_sent",
        ErrorKind::Timeout => "timeout",
        ErrorKind::Interrupted => "interrupted",
        ErrorKind::Redirect => "redirect",
        ErrorKind::TooLarge => "too_large",
        ErrorKind::Encoded => "encoded",
        ErrorKind::Decode => "decode",
        ErrorKind::WrongSession => "wrong_session",
        ErrorKind::Refused => "refused",
        ErrorKind::Unauthorized => "unauthorized",
        ErrorKind::Forbidden => "forbidden",
        ErrorKind::NotFound => "not_found",
        ErrorKind::Conflict => "conflict",
        ErrorKind::RequestTimeout => "request_timeout",
        ErrorKind::RateLimited => "rate_limited",
        ErrorKind::Server => "server",
        ErrorKind::UnexpectedStatus => "unexpected_status",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_span_has_the_method_and_the_path_of_its_operation() {
        // The compiler has seen to it that every operation is there.
        for (operation, method, template) in TEMPLATES {
            assert_eq!((*method, *template), (operation.method(), operation.path()));
        }
    }
}
