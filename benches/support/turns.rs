//! Two things measured in turns, by the CPU time of this thread.
//!
//! What else the machine does costs a thread that waits no CPU time, and what it does to caches and clock rates hits both sides
//! of a pair alike; so the figure is the median of the quotients of pairs.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// Keeps this thread, and those that it begins, on the core that it runs on. To wake a thread on another core costs the one that
/// wakes it many times what is measured here, on some machines and at some times.
pub(crate) fn stay() {
    #[cfg(target_os = "linux")]
    {
        use rustix::thread::{CpuSet, sched_getcpu, sched_setaffinity};
        let mut here = CpuSet::new();
        here.set(sched_getcpu());
        sched_setaffinity(None, &here).unwrap();
    }
}

/// The CPU time that this thread has used so far.
pub(crate) fn used() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(
        time.tv_sec.try_into().unwrap(),
        time.tv_nsec.try_into().unwrap(),
    )
}

/// Medians over all rounds.
pub(crate) struct Compared {
    /// One call of ours.
    pub(crate) ours: Duration,
    /// One call of the other.
    pub(crate) other: Duration,
    /// The quotient of the two; of pairs, not of the medians.
    pub(crate) ratio: f64,
}

/// Runs both in turns, `calls` of one and `calls` of the other, and that `rounds` times.
#[allow(dead_code, reason = "not every bench does its work on this thread")]
pub(crate) fn compare(
    (rounds, calls): (usize, u32),
    mut ours: impl FnMut(u32),
    mut other: impl FnMut(u32),
) -> Compared {
    compare_times(
        (rounds, calls),
        |calls| time(calls, &mut ours),
        |calls| time(calls, &mut other),
    )
}

/// The same for work that says itself what it has taken.
pub(crate) fn compare_times(
    (rounds, calls): (usize, u32),
    mut ours: impl FnMut(u32) -> Duration,
    mut other: impl FnMut(u32) -> Duration,
) -> Compared {
    let (mut of_ours, mut of_other, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..rounds {
        // Who goes first finds the caches as the other has left them: each does so as often.
        let (mine, theirs) = if round % 2 == 0 {
            let mine = ours(calls);
            (mine, other(calls))
        } else {
            let theirs = other(calls);
            (ours(calls), theirs)
        };
        ratios.push(mine.as_secs_f64() / theirs.as_secs_f64());
        of_ours.push(mine / calls);
        of_other.push(theirs / calls);
    }
    ratios.sort_unstable_by(f64::total_cmp);
    Compared {
        ours: median(of_ours),
        other: median(of_other),
        ratio: *ratios.get(rounds / 2).unwrap(),
    }
}

fn time(calls: u32, work: &mut impl FnMut(u32)) -> Duration {
    let begun = used();
    work(calls);
    used().saturating_sub(begun)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    *times.get(times.len() / 2).unwrap()
}
