//! What a document offers: its operations, and every place where a value travels.

use std::fmt;

use super::ContractError;
use super::reference::behind;
use crate::spec::translate::Direction;
use crate::spec::{Document, Node, Object, Pointer};

/// The methods of a path item; its other members are no operations.
const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// What a document offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    /// In the order of the document, those of `x-webhooks` last.
    pub operations: Vec<OperationOutline>,
}

/// One operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperationOutline {
    /// Its `operationId`, or method and path where it has none.
    pub id: String,
    /// In upper case.
    pub method: String,
    /// As it stands in the document: `/sessions/{sessionId}`. Of a webhook, its name.
    pub path: String,
    /// Whether the server calls it and the client answers.
    pub incoming: bool,
    /// Where it stands.
    pub at: Pointer,
    /// Those of the path included.
    pub parameters: Vec<ParameterOutline>,
    /// What may be sent with it.
    pub body: Option<BodyOutline>,
    /// What may be answered.
    pub answers: Vec<AnswerOutline>,
    /// The ways to say who calls; one of no schemes asks for nothing. Empty: nothing is asked.
    pub security: Vec<Vec<SchemeOutline>>,
}

/// One parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParameterOutline {
    /// Its name.
    pub name: String,
    /// `path`, `query`, `header` or `cookie`.
    pub location: String,
    /// Whether a call needs it.
    pub required: bool,
    /// Where it stands, behind any reference.
    pub at: Pointer,
    /// Where its schema stands.
    pub schema: Option<Pointer>,
}

/// The body of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyOutline {
    /// Whether a call needs it.
    pub required: bool,
    /// Where it stands, behind any reference.
    pub at: Pointer,
    /// Each media type, and where its schema stands.
    pub content: Vec<(String, Option<Pointer>)>,
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerOutline {
    /// `200`, `4XX` or `default`.
    pub status: String,
    /// Where it stands, behind any reference.
    pub at: Pointer,
    /// Each media type, and where its schema stands.
    pub content: Vec<(String, Option<Pointer>)>,
}

/// One security scheme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchemeOutline {
    /// `Authorization`, with this scheme in front, in lower case.
    Http(String),
    /// A key under this name, in a `header`, the `query` or a `cookie`.
    Key {
        /// `header`, `query` or `cookie`.
        location: String,
        /// Its name; a header's in lower case.
        name: String,
    },
    /// One of which the name alone is known: `OAuth` 2.0, `OpenID` Connect, or one that is not defined.
    Other(String),
}

/// A place where a value travels.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Seat {
    /// The id of the operation.
    pub operation: String,
    /// Which part of it.
    pub part: SeatPart,
    /// Where the schema stands.
    pub schema: Pointer,
    /// Whether the client writes the value; it reads the others.
    pub written: bool,
}

/// Which part of an operation a [`Seat`] is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SeatPart {
    /// The body of the request.
    Body {
        /// Its media type.
        media_type: String,
    },
    /// A parameter.
    Parameter {
        /// `path`, `query`, `header` or `cookie`.
        location: String,
        /// Its name.
        name: String,
    },
    /// The body of an answer.
    Answer {
        /// `200`, `4XX` or `default`.
        status: String,
        /// Its media type.
        media_type: String,
    },
}

impl Seat {
    /// Which way the value travels, for the translation of its schema.
    #[must_use]
    pub fn direction(&self) -> Direction {
        match self.part {
            SeatPart::Answer { .. } => Direction::Response,
            SeatPart::Body { .. } | SeatPart::Parameter { .. } => Direction::Request,
        }
    }
}

impl fmt::Display for Seat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.operation)?;
        match &self.part {
            SeatPart::Body { media_type } => write!(f, "request {media_type}"),
            SeatPart::Parameter { location, name } => write!(f, "{location} {name}"),
            SeatPart::Answer { status, media_type } => write!(f, "{status} {media_type}"),
        }
    }
}

impl Outline {
    /// Reads what a document offers.
    ///
    /// # Errors
    ///
    /// It is not OpenAPI 3.0, or a reference in it cannot be followed.
    pub fn of(document: &Document) -> Result<Self, ContractError> {
        document.require_openapi_3_0()?;
        let reader = Reader { document };
        let mut operations = Vec::new();
        for (section, incoming) in [("paths", false), ("x-webhooks", true)] {
            let at = Pointer::root().join(section);
            for (path, item) in members(document.at(&at)) {
                let (at, item) = reader.behind(item, at.join(path))?;
                for method in METHODS {
                    if let Some(node) = item.get(method) {
                        let at = at.join(method);
                        operations.push(reader.operation(path, method, item, node, at, incoming)?);
                    }
                }
            }
        }
        Ok(Self { operations })
    }

    /// Returns the operation of that id.
    #[must_use]
    pub fn operation(&self, id: &str) -> Option<&OperationOutline> {
        self.operations.iter().find(|operation| operation.id == id)
    }

    /// Returns every place where a value with a schema travels, in the order of the document.
    #[must_use]
    pub fn seats(&self) -> Vec<Seat> {
        self.operations
            .iter()
            .flat_map(OperationOutline::seats)
            .collect()
    }
}

impl OperationOutline {
    fn seats(&self) -> Vec<Seat> {
        let seat = |part, schema: &Pointer, written| Seat {
            operation: self.id.clone(),
            part,
            schema: schema.clone(),
            written,
        };
        let mut seats = Vec::new();
        for parameter in &self.parameters {
            if let Some(schema) = &parameter.schema {
                let part = SeatPart::Parameter {
                    location: parameter.location.clone(),
                    name: parameter.name.clone(),
                };
                seats.push(seat(part, schema, !self.incoming));
            }
        }
        for (media_type, schema) in self.body.iter().flat_map(|body| &body.content) {
            if let Some(schema) = schema {
                let media_type = media_type.clone();
                seats.push(seat(SeatPart::Body { media_type }, schema, !self.incoming));
            }
        }
        for answer in &self.answers {
            for (media_type, schema) in &answer.content {
                if let Some(schema) = schema {
                    let part = SeatPart::Answer {
                        status: answer.status.clone(),
                        media_type: media_type.clone(),
                    };
                    seats.push(seat(part, schema, self.incoming));
                }
            }
        }
        seats
    }
}

struct Reader<'d> {
    document: &'d Document,
}

impl<'d> Reader<'d> {
    fn operation(
        &self,
        path: &str,
        method: &str,
        item: &'d Node,
        node: &'d Node,
        at: Pointer,
        incoming: bool,
    ) -> Result<OperationOutline, ContractError> {
        let method = method.to_ascii_uppercase();
        let id = match node.get("operationId").and_then(Node::as_str) {
            Some(id) => id.to_owned(),
            None => format!("{method} {path}"),
        };
        let mut parameters: Vec<ParameterOutline> = Vec::new();
        let of_path = at.parent().unwrap_or_default();
        for (holder, around) in [(item, &of_path), (node, &at)] {
            let list = holder.get("parameters").and_then(Node::as_array);
            for (index, parameter) in list.unwrap_or_default().iter().enumerate() {
                let place = around.join("parameters").join(index.to_string());
                let (place, parameter) = self.behind(parameter, place)?;
                let read = Self::parameter(parameter, &place);
                // An operation's own stands for one of the path.
                parameters
                    .retain(|known| (&known.name, &known.location) != (&read.name, &read.location));
                parameters.push(read);
            }
        }
        let body = match node.get("requestBody") {
            Some(body) => {
                let (at, body) = self.behind(body, at.join("requestBody"))?;
                Some(BodyOutline {
                    required: flag(body, "required"),
                    content: content(body, &at),
                    at,
                })
            }
            None => None,
        };
        let mut answers = Vec::new();
        let declared = members(node.get("responses"));
        for (status, answer) in declared.filter(|(status, _)| !status.starts_with("x-")) {
            let place = at.join("responses").join(status);
            let (place, answer) = self.behind(answer, place)?;
            answers.push(AnswerOutline {
                status: status.to_owned(),
                content: content(answer, &place),
                at: place,
            });
        }
        let asked = node
            .get("security")
            .or_else(|| self.document.root().get("security"));
        Ok(OperationOutline {
            id,
            method,
            path: path.to_owned(),
            incoming,
            at,
            parameters,
            body,
            answers,
            security: self.security(asked)?,
        })
    }

    fn parameter(node: &Node, at: &Pointer) -> ParameterOutline {
        let text = |name| node.get(name).and_then(Node::as_str).unwrap_or_default();
        let schema = if node.get("schema").is_some() {
            Some(at.join("schema"))
        } else {
            content(node, at).into_iter().find_map(|(_, schema)| schema)
        };
        ParameterOutline {
            name: text("name").to_owned(),
            location: text("in").to_owned(),
            required: flag(node, "required"),
            at: at.clone(),
            schema,
        }
    }

    fn security(&self, asked: Option<&Node>) -> Result<Vec<Vec<SchemeOutline>>, ContractError> {
        let mut ways = Vec::new();
        for way in asked.and_then(Node::as_array).unwrap_or_default() {
            let mut schemes = Vec::new();
            for (name, _) in members(Some(way)) {
                schemes.push(self.scheme(name)?);
            }
            ways.push(schemes);
        }
        Ok(ways)
    }

    fn scheme(&self, name: &str) -> Result<SchemeOutline, ContractError> {
        let at = Pointer::root()
            .join("components")
            .join("securitySchemes")
            .join(name);
        let Some(node) = self.document.at(&at) else {
            return Ok(SchemeOutline::Other(name.to_owned()));
        };
        let (_, node) = self.behind(node, at)?;
        let text = |name| node.get(name).and_then(Node::as_str).unwrap_or_default();
        Ok(match text("type") {
            "http" => SchemeOutline::Http(text("scheme").to_ascii_lowercase()),
            "apiKey" => {
                let location = text("in").to_owned();
                let name = if location == "header" {
                    text("name").to_ascii_lowercase()
                } else {
                    text("name").to_owned()
                };
                SchemeOutline::Key { location, name }
            }
            _ => SchemeOutline::Other(name.to_owned()),
        })
    }

    fn behind(&self, node: &'d Node, at: Pointer) -> Result<(Pointer, &'d Node), ContractError> {
        behind(self.document, node, at)
    }
}

fn content(holder: &Node, at: &Pointer) -> Vec<(String, Option<Pointer>)> {
    let at = at.join("content");
    members(holder.get("content"))
        .map(|(media_type, node)| {
            let schema = node
                .get("schema")
                .map(|_| at.join(media_type).join("schema"));
            (media_type.to_owned(), schema)
        })
        .collect()
}

fn flag(node: &Node, name: &str) -> bool {
    node.get(name).and_then(Node::as_bool) == Some(true)
}

fn members(node: Option<&Node>) -> impl Iterator<Item = (&str, &Node)> {
    node.and_then(Node::as_object)
        .into_iter()
        .flat_map(Object::iter)
        .map(|(name, _, node)| (name, node))
}
