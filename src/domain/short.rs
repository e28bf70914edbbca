//! A text of a request. Most are shorter than twenty letters, and those have no memory of their own to get and to give back.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// How many bytes fit into the value itself.
const ROOM: usize = 22;

/// A text that is never changed. Clones of a long one share it.
#[derive(Clone)]
pub(super) struct Short(Kept);

#[derive(Clone)]
enum Kept {
    Here { length: u8, bytes: [u8; ROOM] },
    There(Arc<str>),
}

impl Short {
    pub(super) fn as_str(&self) -> &str {
        match &self.0 {
            Kept::Here { length, bytes } => bytes
                .get(..usize::from(*length))
                // They were taken from a text, so they are one.
                .and_then(|bytes| std::str::from_utf8(bytes).ok())
                .unwrap_or_default(),
            Kept::There(text) => text,
        }
    }
}

impl From<&str> for Short {
    fn from(text: &str) -> Self {
        let mut bytes = [0; ROOM];
        match (bytes.get_mut(..text.len()), u8::try_from(text.len())) {
            (Some(room), Ok(length)) => {
                room.copy_from_slice(text.as_bytes());
                Self(Kept::Here { length, bytes })
            }
            _ => Self(Kept::There(text.into())),
        }
    }
}

impl PartialEq for Short {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Short {}

impl PartialOrd for Short {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Short {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl Hash for Short {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_the_text(text in ".{0,30}", other in ".{0,2}") {
            let (short, another) = (Short::from(&*text), Short::from(&*other));
            prop_assert_eq!(short.as_str(), &*text);
            let clone = short.clone();
            prop_assert_eq!(clone.as_str(), &*text);
            prop_assert_eq!(short.cmp(&another), text.cmp(&other));
            prop_assert_eq!(short == another, text == other);
        }
    }

    #[test]
    fn short_and_long_meet_where_the_room_ends() {
        for length in ROOM - 2..ROOM + 3 {
            let text = "é".repeat(length / 2) + &"e".repeat(length % 2);
            let short = Short::from(&*text);
            assert_eq!(short.as_str(), text);
            assert_eq!(matches!(short.0, Kept::Here { .. }), length <= ROOM);
        }
        assert_eq!(size_of::<Short>(), size_of::<String>());
    }
}
