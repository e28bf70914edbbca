//! An answer of the API, in either error shape where it is one, with what the journal wants to know of it.

use std::borrow::Cow;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt as _;
use serde::Serialize;
use serde_json::{Value, json};

use super::exchange::Arrived;
use super::media_type;
use crate::domain::Rule;
use crate::domain::rules::UNKNOWN_MEMBER;
use crate::sandbox::defect::answers::Answered;
use crate::sandbox::defect::{Part, Planted};
use crate::sandbox::profile::choices::ErrorShape;
use crate::sandbox::redact;
use crate::sandbox::refusals::{self, Shapes};
use crate::sandbox::world::Core;
use crate::session::{Operation, Violations};

/// What a handler answers.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    /// The body, where it is written already; else the one that is noted.
    sent: Option<Box<str>>,
    pub(super) noted: Noted,
}

/// The header of an answer that departs from the contract because the profile says so; its value is the deviation's id.
pub(super) const DEPARTURE: HeaderName = HeaderName::from_static("x-sandbox-departure");

/// The code of a refusal that had none.
fn code(status: StatusCode) -> &'static str {
    match status {
        StatusCode::UNAUTHORIZED => "unauthorized",
        StatusCode::FORBIDDEN => "forbidden",
        StatusCode::NOT_FOUND => "not_found",
        StatusCode::INTERNAL_SERVER_ERROR => "server_error",
        _ => "invalid_request",
    }
}

/// What the journal keeps of an answer, beside its status.
#[derive(Debug, Clone, Default)]
pub(super) struct Noted {
    pub(super) credential: Option<Box<str>>,
    pub(super) rules: Vec<&'static str>,
    pub(super) body: Said,
    /// Stands for the `detail` of the body, or for its `error_description`, where that has something of the caller's in it.
    pub(super) detail: Option<Box<str>>,
    /// Whether the answer departs from the contract on purpose, so that the judge leaves it out. The request is judged.
    pub(super) spoilt: bool,
}

/// The body of an answer, as far as the journal and the judge want to know of it.
#[derive(Debug, Clone, Default)]
pub(super) enum Said {
    /// It is none of JSON, or not to be kept.
    #[default]
    Nothing,
    Json(Value),
    /// It was written as a text; this is what the journal keeps of it.
    Kept(String),
}

impl Said {
    /// What is kept, to be changed as the answer is, which is this one so far.
    pub(super) fn json(&mut self, sent: &Value) -> &mut Value {
        if let Self::Kept(_) = self {
            *self = Self::Json(sent.clone());
        }
        match self {
            Self::Json(value) => value,
            other => {
                *other = Self::Json(Value::Null);
                other.json(sent)
            }
        }
    }

    /// What the journal keeps.
    pub(super) fn kept(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Nothing => None,
            Self::Json(value) => Some(redact::answer(value).into()),
            Self::Kept(text) => Some(text.into()),
        }
    }
}

impl Answer {
    /// An answer of which the body is a text already, and what the journal keeps of it.
    pub(super) fn written(status: StatusCode, sent: String, kept: String) -> Self {
        Self {
            status,
            sent: Some(sent.into()),
            noted: Noted {
                body: Said::Kept(kept),
                ..Noted::default()
            },
        }
    }

    /// An answer with a body of the contract. What cannot be written as JSON is a fault of the sandbox, and says so.
    pub(super) fn of(status: StatusCode, body: &impl Serialize) -> Self {
        match serde_json::to_value(body) {
            Ok(body) => Self::json(status, body),
            Err(_) => Self::error(
                StatusCode::INTERNAL_SERVER_ERROR,
                "server_error",
                "the sandbox could not write its answer",
            ),
        }
    }

    /// Stands where there should be an answer, and is a fault of the sandbox.
    pub(super) fn unheard() -> Self {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        Self::error(status, "server_error", "the sandbox has no answer")
    }

    fn json(status: StatusCode, body: Value) -> Self {
        Self {
            status,
            sent: None,
            noted: Noted {
                body: Said::Json(body),
                ..Noted::default()
            },
        }
    }

    /// A refusal as problem details (RFC 7807).
    pub(super) fn problem(status: StatusCode, detail: &str) -> Self {
        let body = json!({
            "type": format!("https://httpwg.org/specs/rfc9110.html#status.{}", status.as_u16()),
            "title": status.canonical_reason().unwrap_or("Refused"),
            "status": status.as_u16(),
            "detail": detail,
        });
        Self::json(status, body)
    }

    /// A refusal of a request that breaks rules, all of them at once.
    ///
    /// The caller is told the name of each member that the contract does not have. The journal is not: somebody may have
    /// made it of a name or a token.
    pub(super) fn violations(violations: &Violations) -> Self {
        let (unknown, known): (Vec<_>, Vec<_>) = violations
            .iter()
            .partition(|violation| violation.rule().id == UNKNOWN_MEMBER.id);
        let mut kept: Vec<String> = known.iter().map(ToString::to_string).collect();
        if !unknown.is_empty() {
            kept.push(format!("{} unknown members", unknown.len()));
        }
        let answer = Self::problem(StatusCode::BAD_REQUEST, &violations.to_string());
        let mut answer = violations
            .iter()
            .fold(answer, |answer, violation| answer.breaks(violation.rule()));
        answer.noted.detail = Some(kept.join("; ").into());
        answer
    }

    /// A refusal as `error` and `error_description`.
    pub(super) fn error(status: StatusCode, code: &str, description: &str) -> Self {
        let body = json!({ "error": code, "error_description": description });
        Self::json(status, body)
    }

    /// Gives a refusal the shape that the profile has for the operation. One that the contract does not have there says so in
    /// the header [`DEPARTURE`].
    pub(super) fn shaped(mut self, core: &Core, operation: Operation) -> Self {
        if !self.status.is_client_error() && !self.status.is_server_error() {
            return self;
        }
        let said =
            |body: &Value, name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
        let Said::Json(body) = &self.noted.body else {
            return self;
        };
        let reshaped = match core.settings.profile.errors.of(operation) {
            ErrorShape::Problem => said(body, "error_description")
                .map(|detail| Self::problem(self.status, &detail).noted.body),
            ErrorShape::Error => said(body, "detail")
                .map(|why| Self::error(self.status, code(self.status), &why).noted.body),
            _ => None,
        };
        if let Some(reshaped) = reshaped {
            // What the contract does not have at all has no shape to depart from.
            let declared = refusals::declared(operation, self.status.as_u16());
            self.noted.spoilt = matches!(declared, Some(Shapes::One(_)));
            self.noted.body = reshaped;
        }
        self
    }

    /// Says what the call was made with.
    pub(super) fn with(mut self, credential: Option<String>) -> Self {
        self.noted.credential = credential.map(Into::into);
        self
    }

    /// Says which rule the request breaks.
    pub(super) fn breaks(mut self, rule: &'static Rule) -> Self {
        if !self.noted.rules.contains(&rule.id) {
            self.noted.rules.push(rule.id);
        }
        self
    }
}

/// An answer as it goes out, and what the journal wants to know of it.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) response: Response,
    pub(super) noted: Noted,
}

impl From<Answer> for Told {
    fn from(answer: Answer) -> Self {
        let Answer {
            status,
            sent,
            mut noted,
        } = answer;
        let text = match (sent, &noted.body) {
            (Some(text), _) => text.into_string(),
            (None, Said::Json(body)) => body.to_string(),
            (None, _) => String::new(),
        };
        let mut response = Response::new(Body::from(text));
        *response.status_mut() = status;
        let json = HeaderValue::from_static(media_type::JSON);
        response.headers_mut().insert(header::CONTENT_TYPE, json);
        if let (Some(detail), Said::Json(Value::Object(body))) =
            (noted.detail.take(), &mut noted.body)
        {
            let told = ["detail", "error_description"];
            for (_, member) in body
                .iter_mut()
                .filter(|(name, _)| told.contains(&name.as_str()))
            {
                *member = (*detail).into();
            }
        }
        if noted.spoilt {
            let deviation = HeaderValue::from_static("error-shape");
            response.headers_mut().insert(DEPARTURE, deviation);
        }
        Self { response, noted }
    }
}

impl Told {
    /// The same answer, or a wrong one if such a [defect](crate::sandbox::defect) is planted.
    pub(super) fn spoilt(
        self,
        planted: Planted,
        operation: Option<Operation>,
        asked: &Arrived,
    ) -> Self {
        let Some(defect) = planted.get().filter(|it| it.part() == Part::Answers) else {
            return self;
        };
        let Self {
            response,
            mut noted,
        } = self;
        let (mut parts, body) = response.into_parts();
        // It is in memory already.
        let bytes = to_bytes(body, usize::MAX).now_or_never();
        let bytes = bytes.and_then(Result::ok).unwrap_or_default();
        let mut json = serde_json::from_slice(&bytes).unwrap_or_default();
        let answered = Answered {
            operation,
            asked: asked.json(),
            status: &mut parts.status,
            headers: &mut parts.headers,
            body: &mut json,
        };
        let text = answered.spoil(defect);
        noted.body = match text {
            None => Said::Json(json.clone()),
            Some(_) => Said::Nothing,
        };
        let body = text.unwrap_or_else(|| json.to_string());
        Self {
            response: Response::from_parts(parts, body.into()),
            noted,
        }
    }
}

/// What has come through a router, which knows of responses only.
impl From<Response> for Told {
    fn from(mut response: Response) -> Self {
        let noted = response.extensions_mut().remove::<Noted>();
        Self {
            noted: noted.unwrap_or_default(),
            response,
        }
    }
}

impl IntoResponse for Told {
    fn into_response(mut self) -> Response {
        self.response.extensions_mut().insert(self.noted);
        self.response
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        Told::from(self).into_response()
    }
}
