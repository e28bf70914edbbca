//! The listener. It can be shut for a time, so that connections are refused, and opens on the same port.

use std::io;
use std::net::SocketAddr;
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

/// How many connections may wait to be accepted.
const BACKLOG: u32 = 1024;

/// What a door is told, and whom it tells that it is done.
#[derive(Debug)]
struct Order {
    what: What,
    done: oneshot::Sender<()>,
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
    pub(in crate::sandbox) async fn refuse(&self, clock: &dyn Clock, time: Option<Duration>) {
        let until = time.map(|time| after(clock, time));
        self.tell(What::Refuse { until }).await;
        let guests = std::mem::take(&mut *self.guests());
        for guest in guests.list {
            guest.send_away();
        }
    }

    /// Takes connections again.
    pub(in crate::sandbox) async fn accept(&self) {
        self.tell(What::Accept).await;
    }

    async fn tell(&self, what: What) {
        let (done, told) = oneshot::channel();
        if self.orders.send(Order { what, done }).is_ok() {
            // The sandbox has stopped if nobody answers, and refuses connections by that.
            let _ = told.await;
        }
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
    fn shut(&mut self, time: Option<Instant>) {
        match &mut self.way {
            Way::Shut { until, .. } => *until = time,
            Way::Open(_) => {
                // First the one and then the other: two sockets cannot have the port.
                self.way = Way::Shut {
                    socket: None,
                    until: time,
                };
                self.way = Way::Shut {
                    socket: bound(self.address).ok(),
                    until: time,
                };
            }
        }
    }

    /// Listens on the same port, as soon as nobody else has it.
    async fn open(&mut self) {
        while let Way::Shut { socket, .. } = &mut self.way {
            let socket = socket.take().map_or_else(|| bound(self.address), Ok);
            match socket.and_then(|socket| socket.listen(BACKLOG)) {
                Ok(listener) => self.way = Way::Open(listener),
                Err(_) => pause().await,
            }
        }
    }
}

/// A socket with this address that does not listen.
fn bound(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    // Connections that were accepted before still have the port. On Windows the option means something else, and is not needed.
    #[cfg(not(windows))]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

impl Listener for Door {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        loop {
            match self.event().await {
                Event::Told(Order { what, done }) => {
                    match what {
                        What::Refuse { until } => self.shut(until),
                        What::Accept => self.open().await,
                    }
                    // Whoever asked may have gone.
                    let _ = done.send(());
                }
                Event::TimeIsUp => self.open().await,
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
