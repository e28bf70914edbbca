//! A clock that is moved by hand while real sockets are at work.

use std::time::Duration;

use flinks_pay::clock::ManualClock;

use super::scripted::Scripted;

/// No pause between attempts is longer, and no attempt is this short.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Runs `work`, and moves the clock whenever nothing but the clock is waited for: in a pause, or when the server keeps
/// silent on purpose.
pub async fn moved<T>(clock: &ManualClock, server: &Scripted, work: impl Future<Output = T>) -> T {
    let mover = async {
        let mut stalled = server.stalled();
        loop {
            tokio::time::sleep(Duration::from_millis(1)).await;
            let pausing = clock.next_wake().is_some_and(|wait| wait <= LONGEST_PAUSE);
            // Each silence is sat out once: the connection may be seen a while after its time is over.
            if !pausing && server.stalled() > stalled {
                stalled += 1;
                // What was sent before the silence is here, and whoever waits for it gets to read it.
                tokio::time::sleep(Duration::from_millis(5)).await;
                clock.advance_to_next_wake();
            } else if pausing {
                clock.advance_to_next_wake();
            }
        }
    };
    tokio::select! {
        biased;
        done = work => done,
        () = mover => unreachable!("the clock is moved for as long as it takes"),
    }
}
