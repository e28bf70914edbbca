//! A clock whose time of day somebody sets, as a machine's is after it slept.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use flinks_pay::clock::{Clock, ManualClock, Sleep};

/// The clock; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Reset {
    /// What it is without anybody's setting it.
    pub hand: ManualClock,
    ahead: Arc<AtomicI64>,
}

impl Reset {
    /// Sets the time of day so many seconds ahead of what it would be.
    pub fn set_ahead(&self, seconds: i64) {
        self.ahead.store(seconds, Ordering::SeqCst);
    }
}

impl Clock for Reset {
    fn now(&self) -> Instant {
        self.hand.now()
    }

    fn wall(&self) -> SystemTime {
        let ahead = self.ahead.load(Ordering::SeqCst);
        let by = Duration::from_secs(ahead.unsigned_abs());
        if ahead < 0 {
            self.hand.wall() - by
        } else {
            self.hand.wall() + by
        }
    }

    fn sleep_until(&self, deadline: Instant) -> Sleep {
        self.hand.sleep_until(deadline)
    }
}
