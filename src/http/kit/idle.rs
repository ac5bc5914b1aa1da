//! Connections on which nothing begins are closed.
//!
//! The HTTP library limits how long the head of the first request may take, and how long a connection may be silent
//! between two. Two things pass by both: a second head that never ends, and the rest of a chunked body after its
//! answer, which is read and thrown away for as long as it comes. So each connection is watched: when no request has
//! begun some time after the last answer, its socket is shut.

use std::any::Any;
use std::cell::Cell;
use std::net::Shutdown;
use std::net::TcpStream;
use std::pin::Pin;
use std::rc::Rc;
use std::rc::Weak;
use std::task::Context;
use std::task::Poll;
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::body::BodySize;
use actix_web::body::BoxBody;
use actix_web::body::MessageBody;
use actix_web::dev::Extensions;
use actix_web::rt;
use actix_web::web::Bytes;
use tokio::time::Instant;

/// One connection, as the requests on it see it.
pub struct Connection {
    /// A second handle of the socket: the first belongs to the HTTP library.
    socket: TcpStream,
    /// Since when nothing happens; `None` while a request is answered, and before the first.
    idle_since: Cell<Option<Instant>>,
}

impl Connection {
    fn is_idle_for(&self, limit: Duration) -> bool {
        let since = self.idle_since.get();
        since.is_some_and(|since| since.elapsed() >= limit)
    }
}

/// Watches a connection that was just made: no request may begin later than `limit` after the answer before it.
pub fn watch(io: &dyn Any, extensions: &mut Extensions, limit: Duration) {
    let Some(socket) = handle(io) else {
        return; // out of file descriptors: the connection does without
    };
    let connection = Rc::new(Connection {
        socket,
        idle_since: Cell::new(None),
    });
    rt::spawn(guard(Rc::downgrade(&connection), limit));
    extensions.insert(connection);
}

#[cfg(unix)]
fn handle(io: &dyn Any) -> Option<TcpStream> {
    let stream = io.downcast_ref::<rt::net::TcpStream>()?;
    let socket = std::os::fd::AsFd::as_fd(stream).try_clone_to_owned();
    socket.ok().map(TcpStream::from)
}

#[cfg(not(unix))]
fn handle(_: &dyn Any) -> Option<TcpStream> {
    None
}

/// Ends with the connection, or ends it.
async fn guard(connection: Weak<Connection>, limit: Duration) {
    let mut next = Instant::now() + limit;
    loop {
        tokio::time::sleep_until(next).await;
        let Some(connection) = connection.upgrade() else {
            return;
        };
        if connection.is_idle_for(limit) {
            // The library sees the end of the stream and lets go.
            let _is_gone_already = connection.socket.shutdown(Shutdown::Both);
            return;
        }
        let since = connection.idle_since.get().unwrap_or_else(Instant::now);
        next = since + limit;
    }
}

/// Notes that a request has begun, and gives what its answer's body must be put into.
pub fn begin(request: &HttpRequest) -> Option<Rc<Connection>> {
    let connection = Rc::clone(request.conn_data::<Rc<Connection>>()?);
    connection.idle_since.set(None);
    Some(connection)
}

/// A body that notes when it has been sent, or given up.
pub struct Answer {
    body: BoxBody,
    connection: Option<Rc<Connection>>,
}

impl Answer {
    /// A body on the connection that [`begin`] gave.
    pub fn new(body: BoxBody, connection: Option<Rc<Connection>>) -> Self {
        Self { body, connection }
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        if let Some(connection) = &self.connection {
            connection.idle_since.set(Some(Instant::now()));
        }
    }
}

impl MessageBody for Answer {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(context)
    }
}
