//! How much a tree holds, and whether that is too much.

use super::read::{MAX_NODES, MAX_TEXT_BYTES};

/// The number of nodes in a tree and of bytes in its texts and keys.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Size {
    pub(super) nodes: usize,
    pub(super) bytes: usize,
}

impl Size {
    pub(super) fn add(&mut self, other: Size) {
        self.nodes = self.nodes.saturating_add(other.nodes);
        self.bytes = self.bytes.saturating_add(other.bytes);
    }

    pub(super) fn since(self, before: Size) -> Size {
        Size {
            nodes: self.nodes.saturating_sub(before.nodes),
            bytes: self.bytes.saturating_sub(before.bytes),
        }
    }

    /// Says which limit is passed, if any is.
    pub(super) fn excess(self) -> Option<String> {
        if self.nodes > MAX_NODES {
            Some(format!(
                "more than {MAX_NODES} values, those that aliases repeat included"
            ))
        } else if self.bytes > MAX_TEXT_BYTES {
            Some(format!(
                "more than {MAX_TEXT_BYTES} bytes of text, that which aliases repeat included"
            ))
        } else {
            None
        }
    }
}
