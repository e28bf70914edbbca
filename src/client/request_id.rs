//! A name for one call, to find it again in logs.

use std::fmt;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use uuid::{Builder, Uuid};

/// Made by this client for each call of a method, and not sent: it ties an error to the caller's own logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RequestId(Uuid);

/// Chance is asked for once in a program's life: that is a call of the system.
static FIRST: LazyLock<u128> = LazyLock::new(|| Uuid::new_v4().as_u128());
static NEXT: AtomicU64 = AtomicU64::new(0);

impl RequestId {
    /// Another one each time: all ids of a program are in one row that begins by chance, and far apart in it.
    pub(crate) fn another() -> Self {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        Self(in_row(*FIRST, number))
    }
}

/// Steps of an odd size meet every number once; so large, no two rows are likely to run into each other.
fn in_row(first: u128, number: u64) -> Uuid {
    const STEP: u128 = 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835;
    let bits = first.wrapping_add(STEP.wrapping_mul(u128::from(number)));
    Builder::from_random_bytes(bits.to_be_bytes()).into_uuid()
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    #[test]
    fn every_id_is_another_one_in_every_thread() {
        let some = || (0..1000).map(|_| RequestId::another()).collect::<Vec<_>>();
        let threads = [(); 4].map(|()| std::thread::spawn(some));
        let ids = threads.map(|thread| thread.join().unwrap_or_default());
        let ids: HashSet<RequestId> = ids.into_iter().flatten().collect();
        assert_eq!(ids.len(), 4000);
    }

    proptest! {
        #[test]
        fn in_a_row_no_id_comes_twice(first: u128, one: u64, distance in 1..1_u64 << 61) {
            let (one, other) = (in_row(first, one), in_row(first, one.wrapping_add(distance)));
            prop_assert_ne!(one, other);
            prop_assert_eq!(one.get_version(), Some(uuid::Version::Random));
            prop_assert_eq!(one.get_variant(), uuid::Variant::RFC4122);
        }
    }
}
