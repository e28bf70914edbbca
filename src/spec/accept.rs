//! What two OpenAPI documents accept, compared.
//!
//! [`differences`] answers one question: which values, parameters, statuses, credentials or servers does one document
//! take and the other not, or not in the same way? Names of components, the choice between `$ref` and an inline schema, and
//! the order of things change none of that and give no difference; neither do descriptions and operation ids.
//!
//! The upstream document says in its `x-source` how it is to be read; see [`Scope`].

mod compare;
mod part;
mod shape;

use serde_json::Value as Json;

use super::{Document, Node, Pointer, SpecError};
use compare::Comparison;

/// The product whose create body a document describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Product {
    /// Guaranteed EFT: `options.guarantee.enable` is true.
    Guaranteed,
    /// Regular EFT: it is false.
    Regular,
}

/// How an upstream document is read, from its `x-source`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    /// `completeness: complete`: what the document does not state, it does not have. With `partial` it leaves that open.
    pub complete: bool,
    /// Whether that holds for operations too; not with `operations: partial`.
    pub complete_operations: bool,
    /// `product`: which alternative of the create body it is compared with.
    pub product: Option<Product>,
}

/// One thing that only one of two documents accepts, or that both bind in different ways.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// Method and path, such as `POST /api/v2/sessions`.
    pub operation: String,
    /// The part of the operation: `request application/json`, `response 200`, `parameter path 0`; empty for all of it.
    pub part: String,
    /// The place in the body or parameter; the root where the part itself is meant.
    pub instance: Pointer,
    /// A keyword of the schema language, or what is present on one side only: `operation`, `server`, `security`,
    /// `parameter`, `request`, `status`, `content`, `member`.
    pub keyword: String,
    /// What the contract says.
    pub contract: Side,
    /// What the upstream document says.
    pub upstream: Side,
}

/// One document's side of a [`Difference`].
#[derive(Debug, Clone, PartialEq)]
pub struct Side {
    /// The value, if the document has one.
    pub value: Option<Json>,
    /// Where it stands; without a value, the nearest place around it that exists.
    pub at: Pointer,
}

impl Scope {
    /// Reads `x-source` of an upstream document.
    ///
    /// # Errors
    ///
    /// `completeness` is neither `complete` nor `partial`, or `operations` or `product` has a value of no meaning.
    pub fn of(document: &Document) -> Result<Self, SpecError> {
        let complete = Self::word(document, "completeness", &["complete", "partial"])?;
        let operations = Self::word(document, "operations", &["complete", "partial", ""])?;
        let product = Self::word(document, "product", &["guaranteed", "regular", ""])?;
        Ok(Self {
            complete: complete == "complete",
            complete_operations: complete == "complete" && operations != "partial",
            product: match product {
                "guaranteed" => Some(Product::Guaranteed),
                "regular" => Some(Product::Regular),
                _ => None,
            },
        })
    }

    fn word<'a>(document: &'a Document, name: &str, words: &[&str]) -> Result<&'a str, SpecError> {
        let at = Pointer::root().join("x-source").join(name);
        let node = document.at(&at);
        let word = node.map_or(Some(""), Node::as_str);
        word.filter(|word| words.contains(word)).ok_or_else(|| {
            let known: Vec<_> = words.iter().filter(|word| !word.is_empty()).map(|word| format!("`{word}`")).collect();
            document.error_at(
                node.unwrap_or(document.root()).at,
                &at,
                format!("`{name}` in `x-source` says how far the document may be relied on, and is missing or unknown"),
                format!("write one of {}", known.join(", ")),
            )
        })
    }
}

/// Lists what the two documents accept differently, in a fixed order.
///
/// # Errors
///
/// A reference that leads nowhere or comes back to itself, an `x-source` without meaning, or a schema beyond measure.
pub fn differences(contract: &Document, upstream: &Document) -> Result<Vec<Difference>, SpecError> {
    let mut found = Comparison::new(contract, upstream)?.run()?;
    found.sort_by_cached_key(|one| {
        let values = format!("{:?} {:?}", one.contract.value, one.upstream.value);
        (
            one.operation.clone(),
            one.part.clone(),
            one.instance.clone(),
            one.keyword.clone(),
            values,
        )
    });
    Ok(found)
}
