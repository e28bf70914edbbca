//! The judge of exchanges: what a contract says of a request and its answer.

mod agreement;
pub(super) mod answer;
pub(super) mod finding;
mod media;
mod record;
mod request;
mod route;
mod rules;
mod schema;
pub(in crate::contract) mod text;
pub(super) mod undeclared;

use http::{HeaderMap, header};
use serde_json::Value;

use self::finding::Verdict;
use self::media::Kind;
use self::record::Record;
use self::route::Route;
use self::rules::CallRule;
use super::party::{Facade, Opinion};
use super::{
    AnswerOutline, ContractError, Exchange, Judge, OperationOutline, Outline, Rules, Seat,
    SeatPart, Sender,
};
use crate::spec::{Document, Pointer};

/// Says what a contract makes of exchanges. Works with any OpenAPI 3.0 document.
///
/// ```
/// use bytes::Bytes;
/// use flinks_pay::contract::{Examiner, Exchange, Sender};
/// use flinks_pay::contract::party::Facade;
/// use flinks_pay::spec::Document;
/// use http::{HeaderMap, Method, StatusCode};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let contract = Document::read("openapi/flinks-pay.yaml".as_ref())?;
/// let facade = Facade::new()?;
/// let examiner = Examiner::of(&contract, &facade)?;
/// let verdict = examiner.examine(&Exchange {
///     by: Sender::Client,
///     method: Method::GET,
///     target: "/api/v2/sessions/17/status".to_owned(),
///     headers: HeaderMap::new(),
///     body: Bytes::new(),
///     status: StatusCode::OK,
///     answer_headers: HeaderMap::from_iter([(
///         http::header::CONTENT_TYPE,
///         http::HeaderValue::from_static("application/json"),
///     )]),
///     answer: Bytes::from_static(br#"{"status":"Initiated"}"#),
/// })?;
/// let found: Vec<String> = verdict.findings.iter().map(ToString::to_string).collect();
/// assert_eq!(found[0], "request path sessionId: format (#/components/parameters/SessionId/schema)");
/// assert!(found[1].starts_with("answer body at /sessionId: required"));
/// assert!(!verdict.is_kept());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Examiner<'d> {
    document: &'d Document,
    outline: Outline,
    judge: Judge<'d>,
    bases: Vec<String>,
    rules: Rules,
    calls: Vec<CallRule>,
    facade: &'d Facade,
    record: Record<'d>,
}

/// A media type, and where its schema stands.
type Typed = (String, Option<Pointer>);

/// An exchange as the contract reads it.
#[derive(Debug)]
pub(super) struct Reading<'x, 'o> {
    pub(super) exchange: &'x Exchange,
    /// The operation; nothing if there is none.
    pub(super) operation: Option<&'o OperationOutline>,
    /// The texts in the place of the names in its path.
    pub(super) captured: Vec<(String, String)>,
    /// The values of its parameters, in its order; nothing for one that is not given.
    pub(super) parameters: Vec<Option<Value>>,
    /// The ways of saying who calls that are presented, by their number; one of nothing if no other is.
    pub(super) ways: Vec<usize>,
    /// The declared type of the request's body, and where its schema stands.
    pub(super) request_type: Option<&'o Typed>,
    /// The request's body as a value.
    pub(super) request: Option<Value>,
    /// The declared answer.
    pub(super) answered: Option<&'o AnswerOutline>,
    /// The declared type of the answer's body, and where its schema stands.
    pub(super) answer_type: Option<&'o Typed>,
    /// The answer's body as a value.
    pub(super) answer: Option<Value>,
    /// What this crate makes of the request's body.
    pub(super) by_facade: Option<Opinion>,
}

impl<'d> Examiner<'d> {
    /// An examiner by a contract. The facade is asked which rules of `x-rules` a value breaks, as the contract's schemas cannot
    /// say that.
    ///
    /// # Errors
    ///
    /// The document is not OpenAPI 3.0, or a reference in it cannot be followed.
    pub fn of(document: &'d Document, facade: &'d Facade) -> Result<Self, ContractError> {
        Ok(Self {
            outline: Outline::of(document)?,
            judge: Judge::new(document),
            bases: route::bases(document),
            rules: Rules::of(document),
            calls: rules::of_calls(document),
            document,
            facade,
            record: Record::default(),
        })
    }

    /// Lets other exchanges with the same server have a say: which keys it takes, and what a request was that made the thing which
    /// an answer tells of.
    #[must_use]
    pub fn among(mut self, exchanges: &'d [Exchange]) -> Self {
        self.record = Record::of(exchanges);
        self
    }

    /// Uses what was compiled for another contract, which has the same components.
    pub(super) fn sharing(mut self, other: &Examiner<'_>) -> Self {
        self.judge = self.judge.sharing(&other.judge);
        self
    }

    /// What the contract offers.
    #[must_use]
    pub fn outline(&self) -> &Outline {
        &self.outline
    }

    /// Judges an exchange.
    ///
    /// # Errors
    ///
    /// A schema cannot be translated or compiled.
    pub fn examine(&self, exchange: &Exchange) -> Result<Verdict, ContractError> {
        let route = self.route(exchange);
        let reading = self.read(exchange, &route)?;
        self.verdict(&reading, &route)
    }

    pub(super) fn document(&self) -> &'d Document {
        self.document
    }

    pub(super) fn judge(&self) -> &Judge<'d> {
        &self.judge
    }

    /// The exchange as it is read, and what is made of it.
    pub(super) fn look<'x>(
        &self,
        exchange: &'x Exchange,
    ) -> Result<(Reading<'x, '_>, Verdict), ContractError> {
        let route = self.route(exchange);
        let reading = self.read(exchange, &route)?;
        let verdict = self.verdict(&reading, &route)?;
        Ok((reading, verdict))
    }

    fn route(&self, exchange: &Exchange) -> Route<'_> {
        route::route(
            &self.outline,
            &self.bases,
            exchange.by,
            exchange.method.as_str(),
            &exchange.target,
        )
    }

    fn read<'x, 'o>(
        &'o self,
        exchange: &'x Exchange,
        route: &Route<'o>,
    ) -> Result<Reading<'x, 'o>, ContractError> {
        let mut reading = Reading {
            exchange,
            operation: None,
            captured: Vec::new(),
            parameters: Vec::new(),
            ways: Vec::new(),
            request_type: None,
            request: None,
            answered: None,
            answer_type: None,
            answer: None,
            by_facade: None,
        };
        let Route::To(operation, captured) = route else {
            return Ok(reading);
        };
        reading.operation = Some(operation);
        reading.captured.clone_from(captured);
        for parameter in &operation.parameters {
            let given = self.parameter(parameter, exchange, captured)?;
            reading.parameters.push(given);
        }
        reading.ways = self.presented(operation, exchange);
        if let Some(body) = &operation.body {
            (reading.request_type, reading.request) =
                self.body(&body.content, &exchange.headers, &exchange.body)?;
        }
        let status = exchange.status.as_u16();
        reading.answered = answer::declared(operation, status);
        if let Some(answered) = reading.answered {
            (reading.answer_type, reading.answer) = self.body(
                &answered.content,
                &exchange.answer_headers,
                &exchange.answer,
            )?;
        }
        if let (Some((media_type, Some(schema))), Some(value)) =
            (reading.request_type, &reading.request)
        {
            let seat = Seat {
                operation: operation.id.clone(),
                part: SeatPart::Body {
                    media_type: media_type.clone(),
                },
                schema: schema.clone(),
                written: exchange.by == Sender::Client,
            };
            reading.by_facade = self.facade.opinion(&seat, value);
        }
        Ok(reading)
    }

    fn body<'o>(
        &self,
        content: &'o [Typed],
        headers: &HeaderMap,
        body: &bytes::Bytes,
    ) -> Result<(Option<&'o Typed>, Option<Value>), ContractError> {
        let Some(said) = media::said(headers).filter(|_| !body.is_empty()) else {
            return Ok((None, None));
        };
        let Some(declared) = media::declared(content, &said) else {
            return Ok((None, None));
        };
        let value = match (Kind::of(&said), &declared.1) {
            (Kind::Form, Some(schema)) => {
                let fields = url::form_urlencoded::parse(body);
                let fields: Vec<(String, String)> = fields.into_owned().collect();
                Some(text::object(self.document, &self.judge, schema, &fields)?)
            }
            (kind, _) => media::value(kind, body),
        };
        Ok((Some(declared), value))
    }

    fn verdict(
        &self,
        reading: &Reading<'_, '_>,
        route: &Route<'_>,
    ) -> Result<Verdict, ContractError> {
        let mut findings = Vec::new();
        self.request(reading, route, &mut findings)?;
        let agreement = self.agreement(reading, &mut findings)?;
        self.answer(reading, &mut findings)?;
        self.defaults(reading, &mut findings)?;
        Ok(Verdict {
            operation: reading.operation.map(|operation| operation.id.clone()),
            status: reading.exchange.status.as_u16(),
            findings,
            agreement,
        })
    }
}

/// The texts of the cookie header, by name.
fn cookies(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
}

/// The pairs of the query.
fn query(target: &str) -> Vec<(String, String)> {
    let query = target.split_once('?').map(|(_, query)| query);
    let query = query.and_then(|query| query.split('#').next());
    url::form_urlencoded::parse(query.unwrap_or_default().as_bytes())
        .into_owned()
        .collect()
}
