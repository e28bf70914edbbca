//! What a reference in a document leads to.

use super::ContractError;
use crate::spec::{Document, Node, Pointer};

/// The node behind any reference, and where it stands.
///
/// # Errors
///
/// A reference leads nowhere, or in a circle.
pub(super) fn behind<'d>(
    document: &'d Document,
    node: &'d Node,
    at: Pointer,
) -> Result<(Pointer, &'d Node), ContractError> {
    // Finds a circle, which following one step at a time would not.
    document.resolve(node)?;
    let mut here = (at, node);
    while let Some(next) = document.target(here.1)? {
        here = next;
    }
    Ok(here)
}
