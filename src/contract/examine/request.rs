//! What a contract holds against a request.

use http::header::{self, HeaderName};
use serde_json::Value;

use super::finding::{Finding, Part, Side, UNDECLARED};
use super::record::nameless;
use super::route::Route;
use super::text::{self, Style};
use super::{Examiner, Reading, cookies, query, schema};
use crate::contract::{
    ContractError, Exchange, OperationOutline, ParameterOutline, SchemeOutline, Sender,
};
use crate::spec::translate::Direction;
use crate::spec::{Node, Pointer};

impl Examiner<'_> {
    pub(super) fn request(
        &self,
        reading: &Reading<'_, '_>,
        route: &Route<'_>,
        findings: &mut Vec<Finding>,
    ) -> Result<(), ContractError> {
        let mut add = |part: Part, at: Pointer, instance: Pointer, keyword: &str| {
            findings.push(Finding {
                side: Side::Request,
                part,
                at,
                instance,
                keyword: keyword.to_owned(),
            });
        };
        let section = match reading.exchange.by {
            Sender::Client => "paths",
            Sender::Server => "x-webhooks",
        };
        let root = Pointer::root;
        let operation = match route {
            Route::To(operation, _) => *operation,
            Route::OtherMethod(known) => {
                let at = known.at.parent().unwrap_or_default();
                add(Part::Target, at, root(), "method");
                return Ok(());
            }
            Route::Nowhere => {
                add(Part::Target, root().join(section), root(), "path");
                return Ok(());
            }
        };
        for (parameter, given) in operation.parameters.iter().zip(&reading.parameters) {
            let part = || Part::Parameter {
                location: parameter.location.clone(),
                name: parameter.name.clone(),
            };
            match (given, &parameter.schema) {
                (Some(value), Some(at)) => {
                    let odd = schema::odd(&self.judge, at, Direction::Request, value)?;
                    for (instance, keyword) in odd {
                        add(part(), at.clone(), instance, &keyword);
                    }
                }
                (None, _) if parameter.required || parameter.location == "path" => {
                    add(part(), parameter.at.clone(), root(), "required");
                }
                _ => {}
            }
        }
        if let Route::To(_, captured) = route {
            for name in nameless(operation, captured) {
                let part = Part::Parameter {
                    location: "path".to_owned(),
                    name: name.to_owned(),
                };
                add(part, operation.at.clone(), root(), UNDECLARED);
            }
        }
        if reading.exchange.by == Sender::Client {
            let mut told: Vec<String> = Vec::new();
            for (name, _) in query(&reading.exchange.target) {
                if !told.contains(&name) && !is_known(operation, &name) {
                    let part = Part::Parameter {
                        location: "query".to_owned(),
                        name: name.clone(),
                    };
                    add(part, operation.at.clone(), root(), UNDECLARED);
                    told.push(name);
                }
            }
            if !operation.security.is_empty() && reading.ways.is_empty() {
                let own = operation.at.join("security");
                let at = match self.document.at(&own) {
                    Some(_) => own,
                    None => root().join("security"),
                };
                add(Part::Security, at, root(), "security");
            }
        }
        self.request_body(reading, operation, findings)
    }

    fn request_body(
        &self,
        reading: &Reading<'_, '_>,
        operation: &OperationOutline,
        findings: &mut Vec<Finding>,
    ) -> Result<(), ContractError> {
        let mut add = |at: Pointer, instance: Pointer, keyword: &str| {
            findings.push(Finding {
                side: Side::Request,
                part: Part::Body,
                at,
                instance,
                keyword: keyword.to_owned(),
            });
        };
        let root = Pointer::root;
        let sent = &reading.exchange.body;
        match &operation.body {
            None if !sent.is_empty() => {
                add(operation.at.clone(), root(), UNDECLARED);
            }
            None => {}
            Some(body) if sent.is_empty() && body.required => {
                add(body.at.clone(), root(), "body");
            }
            Some(_) if sent.is_empty() => {}
            Some(body) => match (reading.request_type, &reading.request) {
                (None, _) => add(body.at.join("content"), root(), "content-type"),
                (Some((kind, _)), None) => {
                    add(body.at.join("content").join(kind), root(), "json");
                }
                (Some((_, Some(at))), Some(value)) => {
                    let odd = schema::odd(&self.judge, at, Direction::Request, value)?;
                    for (instance, keyword) in odd {
                        add(at.clone(), instance, &keyword);
                    }
                }
                (Some((_, None)), Some(_)) => {}
            },
        }
        Ok(())
    }

    /// The value of a parameter; nothing if it is not given.
    pub(super) fn parameter(
        &self,
        parameter: &ParameterOutline,
        exchange: &Exchange,
        captured: &[(String, String)],
    ) -> Result<Option<Value>, ContractError> {
        let name = parameter.name.as_str();
        let node = self.document.at(&parameter.at);
        let said = |keyword: &str| node.and_then(|node| node.get(keyword));
        let texts: Vec<String> = match parameter.location.as_str() {
            "path" => of_name(captured, name),
            "query" if said("style").and_then(Node::as_str) == Some("deepObject") => {
                let members: Vec<(String, String)> = query(&exchange.target)
                    .into_iter()
                    .filter_map(|(key, text)| {
                        let member = key.strip_prefix(name)?.strip_prefix('[')?;
                        Some((member.strip_suffix(']')?.to_owned(), text))
                    })
                    .collect();
                return match &parameter.schema {
                    Some(at) if !members.is_empty() => {
                        text::object(self.document, &self.judge, at, &members).map(Some)
                    }
                    _ => Ok(None),
                };
            }
            "query" => of_name(&query(&exchange.target), name),
            "header" => header_texts(&exchange.headers, name),
            "cookie" => cookies(&exchange.headers)
                .filter(|(known, _)| *known == name)
                .map(|(_, text)| text.to_owned())
                .collect(),
            _ => Vec::new(),
        };
        let Some(first) = texts.first() else {
            return Ok(None);
        };
        let Some(at) = &parameter.schema else {
            return Ok(Some(first.as_str().into()));
        };
        if said("content").is_some() {
            let value = serde_json::from_str(first);
            return Ok(Some(value.unwrap_or_else(|_| first.as_str().into())));
        }
        let style = match (
            parameter.location.as_str(),
            said("style").and_then(Node::as_str),
            said("explode").and_then(Node::as_bool),
        ) {
            ("query", Some("spaceDelimited"), _) => Style::Separated(' '),
            ("query", Some("pipeDelimited"), _) => Style::Separated('|'),
            ("query" | "cookie", _, None | Some(true)) => Style::Repeated,
            _ => Style::Separated(','),
        };
        text::value(self.document, &self.judge, at, &texts, style).map(Some)
    }

    /// Which of the ways to say who calls are in a request. That of nothing is taken if there is no other.
    pub(super) fn presented(
        &self,
        operation: &OperationOutline,
        exchange: &Exchange,
    ) -> Vec<usize> {
        let ways = || operation.security.iter().enumerate();
        let presented: Vec<usize> = ways()
            .filter(|(_, way)| !way.is_empty() && way.iter().all(|it| self.is_in(it, exchange)))
            .map(|(index, _)| index)
            .collect();
        if presented.is_empty() {
            let nothing = ways().filter(|(_, way)| way.is_empty());
            return nothing.map(|(index, _)| index).collect();
        }
        presented
    }

    fn is_in(&self, scheme: &SchemeOutline, exchange: &Exchange) -> bool {
        let authorized = |scheme: &str| {
            let mut values = exchange.headers.get_all(header::AUTHORIZATION).iter();
            values.any(|value| {
                let said = value.to_str().ok().and_then(|text| text.split_once(' '));
                said.is_some_and(|(said, rest)| {
                    said.eq_ignore_ascii_case(scheme) && !rest.trim().is_empty()
                })
            })
        };
        match scheme {
            SchemeOutline::Http(scheme) => authorized(scheme),
            SchemeOutline::Key { location, name } => key(location, name, exchange).is_some(),
            // Both of these send bearer tokens. Nobody can present what is not defined.
            SchemeOutline::Other(name) => {
                let at = ["components", "securitySchemes", name];
                let at: Pointer = at.into_iter().map(str::to_owned).collect();
                let kind = self.document.at(&at).and_then(|node| node.get("type"));
                let kind = kind.and_then(Node::as_str);
                matches!(kind, Some("oauth2" | "openIdConnect")) && authorized("bearer")
            }
        }
    }
}

/// The key under a name in a request.
pub(super) fn key(location: &str, name: &str, exchange: &Exchange) -> Option<String> {
    match location {
        "header" => header_texts(&exchange.headers, name).into_iter().next(),
        "query" => of_name(&query(&exchange.target), name).into_iter().next(),
        "cookie" => cookies(&exchange.headers)
            .find(|(known, _)| *known == name)
            .map(|(_, text)| text.to_owned()),
        _ => None,
    }
}

/// Whether a name in the query is a parameter, part of one, or a key.
fn is_known(operation: &OperationOutline, name: &str) -> bool {
    let around = name.split('[').next().unwrap_or_default();
    let mut parameters = operation.parameters.iter();
    let mut schemes = operation.security.iter().flatten();
    parameters.any(|it| it.location == "query" && (it.name == name || it.name == around))
        || schemes.any(|it| {
            matches!(it, SchemeOutline::Key { location, name: key } if location == "query" && key == name)
        })
}

fn of_name(pairs: &[(String, String)], name: &str) -> Vec<String> {
    let pairs = pairs.iter().filter(|(known, _)| known == name);
    pairs.map(|(_, text)| text.clone()).collect()
}

/// The values of a header; one that is no text is as good as an odd one.
pub(super) fn header_texts(headers: &http::HeaderMap, name: &str) -> Vec<String> {
    let Ok(name) = HeaderName::from_bytes(name.as_bytes()) else {
        return Vec::new();
    };
    headers
        .get_all(name)
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .collect()
}
