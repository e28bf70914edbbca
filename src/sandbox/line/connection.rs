//! One connection, which does what HTTP does until it is told otherwise.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::serve::IncomingStream;
use bytes::{Buf as _, Bytes};
use futures_util::task::AtomicWaker;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::door::Door;
use crate::clock::{Clock as _, Sleep, SystemClock, after};

/// How a connection ends that is broken on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sandbox) enum Ending {
    /// As if everything had been said.
    Close,
    /// By a reset.
    Reset,
}

/// How long the other side has to read what was sent before a reset, which takes away what it has not read. The machine's time,
/// as it is about the machine's network.
const BEFORE_RESET: Duration = Duration::from_millis(50);

/// The handle on a connection that its calls have.
#[derive(Debug, Clone)]
pub(in crate::sandbox) struct Wire(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    /// What is sent in place of whatever HTTP sends next.
    last_words: Mutex<Option<(Bytes, Ending)>>,
    speaks: AtomicBool,
    /// How many calls are being answered.
    busy: AtomicUsize,
    leaving: AtomicBool,
    reader: AtomicWaker,
}

impl Wire {
    pub(in crate::sandbox) fn of(stream: &IncomingStream<'_, Door>) -> Self {
        Self(Arc::clone(&stream.io().shared))
    }

    /// Sends these bytes in place of the next answer, and ends the connection.
    pub(in crate::sandbox) fn end(&self, bytes: Bytes, ending: Ending) {
        let mut words = self
            .0
            .last_words
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *words = Some((bytes, ending));
        self.0.speaks.store(true, Ordering::Release);
    }

    /// Says that a call is being answered, until the value is dropped.
    pub(in crate::sandbox) fn busy(&self) -> Busy {
        self.0.busy.fetch_add(1, Ordering::AcqRel);
        Busy(self.clone())
    }

    /// Whether no further call is wanted.
    pub(in crate::sandbox) fn is_leaving(&self) -> bool {
        self.0.leaving.load(Ordering::Acquire)
    }
}

/// A call is being answered.
#[derive(Debug)]
pub(in crate::sandbox) struct Busy(Wire);

impl Drop for Busy {
    fn drop(&mut self) {
        let shared = &self.0.0;
        let last = shared.busy.fetch_sub(1, Ordering::AcqRel) == 1;
        // An answer that was made while it went out could not say that it is the last one.
        if last && shared.leaving.load(Ordering::Acquire) {
            shared.reader.wake();
        }
    }
}

/// A connection that may go on existing, for the one who sends all of them away.
#[derive(Debug)]
pub(super) struct Guest(Weak<Shared>);

impl Guest {
    /// Ends the connection: at once if it is idle, else after the call that is being answered. Returns whether it was there.
    pub(super) fn send_away(&self) -> bool {
        let Some(shared) = self.0.upgrade() else {
            return false;
        };
        shared.leaving.store(true, Ordering::Release);
        shared.reader.wake();
        true
    }

    pub(super) fn is_there(&self) -> bool {
        self.0.strong_count() > 0
    }
}

/// The socket.
#[derive(Debug)]
pub(in crate::sandbox) struct Connection {
    stream: TcpStream,
    shared: Arc<Shared>,
    /// Last words that are being sent.
    ending: Option<Speech>,
}

struct Speech {
    bytes: Bytes,
    ending: Ending,
    pause: Option<Sleep>,
}

impl std::fmt::Debug for Speech {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Speech")
            .field("left", &self.bytes.len())
            .field("ending", &self.ending)
            .finish_non_exhaustive()
    }
}

impl Connection {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            shared: Arc::default(),
            ending: None,
        }
    }

    pub(super) fn guest(&self) -> Guest {
        Guest(Arc::downgrade(&self.shared))
    }

    /// Takes up last words, if there are any.
    fn has_last_words(&mut self) -> bool {
        if self.ending.is_none() && self.shared.speaks.load(Ordering::Acquire) {
            let words = self
                .shared
                .last_words
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take();
            self.ending = words.map(|(bytes, ending)| Speech {
                // Only what was read may be taken away by a reset, so there must be time for it.
                pause: (ending == Ending::Reset && !bytes.is_empty())
                    .then(|| SystemClock.sleep_until(after(&SystemClock, BEFORE_RESET))),
                bytes,
                ending,
            });
        }
        self.ending.is_some()
    }

    /// Sends the last words. Whatever comes of it, it is over, which HTTP hears as an error.
    fn speak(&mut self, context: &mut Context<'_>) -> Poll<io::Error> {
        let over = || Poll::Ready(io::ErrorKind::ConnectionAborted.into());
        let Some(speech) = &mut self.ending else {
            return over();
        };
        while !speech.bytes.is_empty() {
            match ready!(Pin::new(&mut self.stream).poll_write(context, &speech.bytes)) {
                Ok(sent @ 1..) => speech.bytes.advance(sent),
                Ok(0) | Err(_) => return over(),
            }
        }
        match speech.ending {
            Ending::Close => {
                // It may be closed already.
                let _ = ready!(Pin::new(&mut self.stream).poll_shutdown(context));
            }
            Ending::Reset => {
                if let Some(pause) = &mut speech.pause {
                    ready!(pause.as_mut().poll(context));
                }
                // Without this, a close follows, which is as much as there is.
                let _ = self.stream.set_zero_linger();
            }
        }
        over()
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.shared.reader.register(context.waker());
        if self.shared.leaving.load(Ordering::Acquire)
            && self.shared.busy.load(Ordering::Acquire) == 0
        {
            // The end of what the caller sends, as far as HTTP can tell.
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.has_last_words() {
            return self.speak(context).map(Err);
        }
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.has_last_words() {
            return self.speak(context).map(Err);
        }
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
