//! A thread that connections and timers live on, for callers who have no runtime.

use std::convert::Infallible;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;
use tokio::task::unconstrained;

/// It ends, by itself and without being waited for, after this is dropped.
#[derive(Debug)]
pub(super) struct Runtime {
    handle: Handle,
    /// Nothing is ever said on it: that it is dropped is enough.
    _until: oneshot::Sender<Infallible>,
}

impl Runtime {
    pub(super) fn start() -> io::Result<Self> {
        let runtime = Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build()?;
        let handle = runtime.handle().clone();
        let (until, dropped) = oneshot::channel::<Infallible>();
        thread::Builder::new()
            .name("flinks-pay".to_owned())
            .spawn(move || {
                let _ = runtime.block_on(dropped);
                // A name that is being looked up is not waited for.
                runtime.shutdown_background();
            })?;
        Ok(Self {
            handle,
            _until: until,
        })
    }

    /// Does the work on this thread, and sleeps while connections and timers have nothing for it.
    ///
    /// It does not block *on* a runtime, so it works inside of one, too, where that would panic. There the work must not count
    /// against what the surrounding task may do before it yields, because it cannot yield; hence `unconstrained`.
    pub(super) fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        let _here = self.handle.enter();
        let mut work = pin!(unconstrained(work));
        let unpark = Arc::new(Unpark {
            woken: AtomicBool::new(false),
            thread: thread::current(),
        });
        let waker = Waker::from(Arc::clone(&unpark));
        let mut context = Context::from_waker(&waker);
        loop {
            if let Poll::Ready(done) = work.as_mut().poll(&mut context) {
                return done;
            }
            // Woken before it parks, it does not park; unparked by somebody else, it parks again.
            while !unpark.woken.swap(false, Ordering::Acquire) {
                thread::park();
            }
        }
    }
}

/// A thread has one token to be unparked by, for all who park it. A clock, a guard or an observer of the caller's that blocks
/// during a poll may take it, so whether the work was woken is kept here.
struct Unpark {
    woken: AtomicBool,
    thread: Thread,
}

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.woken.store(true, Ordering::Release);
        self.thread.unpark();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::time::Duration;

    use super::*;

    #[test]
    fn it_waits_for_timers_and_tasks_of_its_thread() {
        let runtime = Runtime::start().unwrap();
        let name = runtime.wait(async {
            tokio::time::sleep(Duration::from_millis(1)).await;
            let task = tokio::spawn(async { thread::current().name().map(str::to_owned) });
            task.await.unwrap()
        });
        assert_eq!(name.as_deref(), Some("flinks-pay"));
    }

    #[test]
    fn a_wake_is_not_lost_to_whoever_parks_the_thread_during_a_poll() {
        let (sender, receiver) = std::sync::mpsc::channel();
        thread::spawn(move || {
            let mut polls = 0;
            Runtime::start()
                .unwrap()
                .wait(std::future::poll_fn(|context| {
                    polls += 1;
                    if polls > 1 {
                        return Poll::Ready(());
                    }
                    context.waker().wake_by_ref();
                    // As a blocking channel does, or a lock.
                    thread::park();
                    Poll::Pending
                }));
            sender.send(polls).unwrap();
        });
        assert_eq!(receiver.recv_timeout(Duration::from_secs(20)), Ok(2));
    }

    #[tokio::test]
    async fn it_works_inside_a_task_for_longer_than_a_task_may_run() {
        let runtime = Runtime::start().unwrap();
        let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
        (0..1000).for_each(|number| sender.send(number).unwrap());
        drop(sender);
        let count = runtime.wait(async {
            let mut count = 0;
            while receiver.recv().await.is_some() {
                count += 1;
            }
            count
        });
        assert_eq!(count, 1000);
    }

    #[test]
    fn its_thread_ends_once_it_is_dropped() {
        let runtime = Runtime::start().unwrap();
        let (sender, receiver) = std::sync::mpsc::channel::<Infallible>();
        runtime.handle.spawn(async move {
            let _held = sender;
            std::future::pending::<()>().await;
        });
        drop(runtime);
        // What a task held is dropped with it.
        assert!(
            receiver
                .recv_timeout(Duration::from_secs(20))
                .is_err_and(|error| { error == std::sync::mpsc::RecvTimeoutError::Disconnected })
        );
    }
}
