//! Runs tasks on one thread, in an order that follows from a seed, and moves the clock when all of them wait.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Wake, Waker};

use crate::clock::ManualClock;

type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Where tasks are handed in, by other tasks as well.
#[derive(Clone, Default)]
pub(super) struct Spawner(Arc<Mutex<Vec<Task>>>);

impl Spawner {
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.0.lock().unwrap().push(Box::pin(task));
    }
}

/// Whether a task has been woken.
struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// Runs everything to its end. Fails if tasks are left that nothing will ever wake.
pub(super) fn run(spawner: &Spawner, clock: &ManualClock, rng: &mut fastrand::Rng) {
    let mut tasks: Vec<(Task, Arc<Flag>)> = Vec::new();
    loop {
        let new = std::mem::take(&mut *spawner.0.lock().unwrap());
        tasks.extend(
            new.into_iter()
                .map(|task| (task, Arc::new(Flag(AtomicBool::new(true))))),
        );
        let awake: Vec<usize> = (0..tasks.len())
            .filter(|at| tasks[*at].1.0.load(Ordering::SeqCst))
            .collect();
        if let Some(&at) = awake.get(rng.usize(..awake.len().max(1))) {
            let (task, flag) = &mut tasks[at];
            flag.0.store(false, Ordering::SeqCst);
            let waker = Waker::from(Arc::clone(flag));
            if task
                .as_mut()
                .poll(&mut Context::from_waker(&waker))
                .is_ready()
            {
                drop(tasks.swap_remove(at));
            }
        } else if !clock.advance_to_next_wake() {
            assert!(tasks.is_empty(), "{} tasks wait for nothing", tasks.len());
            return;
        }
    }
}
