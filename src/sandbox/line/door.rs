//! The listener. It can be shut for a time, so that connections are refused, and opens on the same port.
//!
//! While it is shut a socket that does not listen has the port. Where the system lets two sockets have one port for a moment, that
//! one takes over before the listener goes, and nobody else gets the port in between. It does not share the port with anybody
//! either: with the options by which servers take a port, somebody could listen beside a socket that does not.

use std::io;
use std::net::SocketAddr;
#[cfg(any(target_os = "linux", target_vendor = "apple"))]
use std::os::fd::AsFd as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::serve::Listener;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{mpsc, oneshot};

use super::connection::{Connection, Guest};
use crate::clock::{Clock, SystemClock, after};
use crate::sandbox::world::Core;

/// How long after a failed accept or bind it is tried again. The machine's time, as it is about the machine.
const PAUSE: Duration = Duration::from_millis(20);

/// How often it is tried to listen again before whoever asked for it is told that it cannot be.
const TRIES: u32 = 10;

/// How many connections may wait to be accepted.
const BACKLOG: u32 = 1024;

/// What a door is told, and whom it tells that it is done.
#[derive(Debug)]
struct Order {
    what: What,
    done: oneshot::Sender<io::Result<()>>,
}

#[derive(Debug)]
enum What {
    Accept,
    Refuse { until: Option<Instant> },
}

/// Tells the door to shut and to open.
#[derive(Debug)]
pub(in crate::sandbox) struct Porter {
    orders: mpsc::UnboundedSender<Order>,
    /// What the door takes when it is there.
    to_door: Mutex<Option<mpsc::UnboundedReceiver<Order>>>,
    guests: Mutex<Guests>,
}

/// The connections that there are. Some may be gone.
#[derive(Debug, Default)]
struct Guests {
    list: Vec<Guest>,
    /// How many there may be before those that are gone are dropped.
    room: usize,
}

impl Default for Porter {
    fn default() -> Self {
        let (orders, to_door) = mpsc::unbounded_channel();
        Self {
            orders,
            to_door: Mutex::new(Some(to_door)),
            guests: Mutex::default(),
        }
    }
}

impl Porter {
    /// Refuses connections from now on: for a time on this clock, or until told otherwise. Idle ones are closed, and others
    /// after the call that is being answered.
    ///
    /// # Errors
    ///
    /// What the system says, if the port could be lost by it. Connections are taken as before then.
    pub(in crate::sandbox) async fn refuse(
        &self,
        clock: &dyn Clock,
        time: Option<Duration>,
    ) -> io::Result<()> {
        let until = time.map(|time| after(clock, time));
        self.tell(What::Refuse { until }).await?;
        let guests = std::mem::take(&mut *self.guests());
        for guest in guests.list {
            guest.send_away();
        }
        Ok(())
    }

    /// Takes connections again.
    ///
    /// # Errors
    ///
    /// What the system says, if somebody else has the port. Connections are refused as before then.
    pub(in crate::sandbox) async fn accept(&self) -> io::Result<()> {
        self.tell(What::Accept).await
    }

    async fn tell(&self, what: What) -> io::Result<()> {
        let (done, told) = oneshot::channel();
        if self.orders.send(Order { what, done }).is_err() {
            return Ok(());
        }
        // The sandbox has stopped if nobody answers, and refuses connections by that.
        told.await.unwrap_or(Ok(()))
    }

    fn came(&self, guest: Guest) {
        let mut guests = self.guests();
        if guests.list.len() >= guests.room.max(64) {
            guests.list.retain(Guest::is_there);
            guests.room = 2 * guests.list.len();
        }
        guests.list.push(guest);
    }

    fn guests(&self) -> std::sync::MutexGuard<'_, Guests> {
        self.guests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The listener.
#[derive(Debug)]
pub(in crate::sandbox) struct Door {
    core: Arc<Core>,
    address: SocketAddr,
    orders: mpsc::UnboundedReceiver<Order>,
    way: Way,
}

#[derive(Debug)]
enum Way {
    Open(TcpListener),
    /// The socket has the port, so that nobody else takes it, and does not listen. There is none if it could not be had.
    Shut {
        socket: Option<TcpSocket>,
        until: Option<Instant>,
    },
}

/// What a door waits for.
enum Event {
    Told(Order),
    Came(io::Result<(TcpStream, SocketAddr)>),
    TimeIsUp,
}

impl Door {
    pub(in crate::sandbox) fn new(core: Arc<Core>, listener: TcpListener) -> io::Result<Self> {
        let to_door = core
            .porter
            .to_door
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        Ok(Self {
            address: listener.local_addr()?,
            // A second door of one sandbox, which there is not, would hear nothing.
            orders: to_door.unwrap_or_else(|| mpsc::unbounded_channel().1),
            way: Way::Open(listener),
            core,
        })
    }

    async fn event(&mut self) -> Event {
        let orders = &mut self.orders;
        let told = async {
            match orders.recv().await {
                Some(order) => Event::Told(order),
                None => std::future::pending().await,
            }
        };
        match &self.way {
            Way::Open(listener) => tokio::select! {
                biased;
                told = told => told,
                came = listener.accept() => Event::Came(came),
            },
            Way::Shut {
                until: Some(until), ..
            } => tokio::select! {
                biased;
                told = told => told,
                () = self.core.clock.sleep_until(*until) => Event::TimeIsUp,
            },
            Way::Shut { until: None, .. } => told.await,
        }
    }

    /// Closes the listener and holds on to its port.
    fn shut(&mut self, time: Option<Instant>) -> io::Result<()> {
        let socket = match &mut self.way {
            Way::Shut { until, .. } => {
                *until = time;
                return Ok(());
            }
            Way::Open(listener) => successor(listener, self.address)?,
        };
        // Here the listener goes.
        self.way = Way::Shut {
            socket: None,
            until: time,
        };
        // A system that has let two sockets have the port goes on letting others have it, until one takes it that does not
        // share. Where there was no successor, this is the one.
        let alone = bound(self.address).ok().or(socket);
        if let (Way::Shut { socket, .. }, Some(alone)) = (&mut self.way, alone) {
            // If that fails, the port is the sandbox's all the same, unless somebody means to take it.
            let _ = share_with_connections(&alone, false);
            *socket = Some(alone);
        }
        Ok(())
    }

    /// Listens on the same port, if nobody else has it by now.
    fn open(&mut self) -> io::Result<()> {
        let Way::Shut { socket, .. } = &mut self.way else {
            return Ok(());
        };
        let socket = match socket.take() {
            Some(socket) => socket,
            None => bound(self.address)?,
        };
        // Connections that were accepted before still have the port, and do not stand in the way of a listener that shares it.
        share_with_connections(&socket, true)?;
        self.way = Way::Open(socket.listen(BACKLOG)?);
        Ok(())
    }

    /// The same, tried a few times.
    async fn open_at_last(&mut self) -> io::Result<()> {
        for _ in 1..TRIES {
            if self.open().is_ok() {
                return Ok(());
            }
            pause().await;
        }
        self.open()
    }
}

/// A socket that has a listener's port beside it and does not listen. None where there cannot be one.
#[cfg(any(target_os = "linux", target_vendor = "apple"))]
fn successor(listener: &TcpListener, address: SocketAddr) -> io::Result<Option<TcpSocket>> {
    // The option is the socket's, by whichever handle it is set: this one can set it.
    let handle = TcpSocket::from_std_stream(listener.as_fd().try_clone_to_owned()?.into());
    handle.set_reuseport(true)?;
    let successor = unbound(address).and_then(|socket| {
        share_with_connections(&socket, true)?;
        socket.set_reuseport(true)?;
        socket.bind(address)?;
        socket.set_reuseport(false)?;
        Ok(socket)
    });
    // If the listener goes on, it is alone again.
    handle.set_reuseport(false)?;
    successor.map(Some)
}

#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
fn successor(_: &TcpListener, _: SocketAddr) -> io::Result<Option<TcpSocket>> {
    Ok(None)
}

fn unbound(address: SocketAddr) -> io::Result<TcpSocket> {
    if address.is_ipv4() {
        TcpSocket::new_v4()
    } else {
        TcpSocket::new_v6()
    }
}

/// A socket with this address that does not listen.
fn bound(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = unbound(address)?;
    share_with_connections(&socket, true)?;
    socket.bind(address)?;
    Ok(socket)
}

/// Whether connections that have the port, and other sockets that do not listen, are no reason not to have it. On Windows the
/// option means something else, and is not needed.
fn share_with_connections(socket: &TcpSocket, shared: bool) -> io::Result<()> {
    if cfg!(windows) {
        return Ok(());
    }
    socket.set_reuseaddr(shared)
}

impl Listener for Door {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        loop {
            match self.event().await {
                Event::Told(Order { what, done }) => {
                    let came_of_it = match what {
                        What::Refuse { until } => self.shut(until),
                        What::Accept => self.open_at_last().await,
                    };
                    // Whoever asked may have gone.
                    let _ = done.send(came_of_it);
                }
                Event::TimeIsUp => {
                    // Nobody waits for it, so it is tried until it can be, or until somebody says otherwise.
                    if self.open().is_err() {
                        pause().await;
                    }
                }
                Event::Came(Ok((stream, address))) => {
                    let connection = Connection::new(stream);
                    self.core.porter.came(connection.guest());
                    return (connection, address);
                }
                // One connection is gone, or there is no room for it yet.
                Event::Came(Err(_)) => pause().await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

async fn pause() {
    SystemClock.sleep_until(after(&SystemClock, PAUSE)).await;
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::sandbox::Sandbox;

    #[tokio::test]
    async fn a_port_that_somebody_else_has_is_an_error_after_a_while_and_is_had_when_it_is_free() {
        // Its state is all that is wanted of it.
        let core = Sandbox::start().await.unwrap().core();
        let taken = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = taken.local_addr().unwrap();
        let mut door = Door {
            core,
            address,
            orders: mpsc::unbounded_channel().1,
            way: Way::Shut {
                socket: None,
                until: None,
            },
        };
        let opened = tokio::time::timeout(Duration::from_secs(10), door.open_at_last());
        let error = opened.await.unwrap().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
        assert!(matches!(door.way, Way::Shut { .. }));
        drop(taken);
        door.open_at_last().await.unwrap();
        let (came, went) = tokio::join!(door.accept(), TcpStream::connect(address));
        assert_eq!(came.1, went.unwrap().local_addr().unwrap());
    }
}
