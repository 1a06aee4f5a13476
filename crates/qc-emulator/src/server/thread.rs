//! The server for programs without a runtime.

use std::{
    io,
    ops::Deref,
    sync::mpsc,
    thread::{self, JoinHandle},
};

use qc_proto::{ApiToken, Credentials, Language, UserId};
use tokio::sync::oneshot;

use crate::{emulator::Emulator, server::loopback::Server};

/// A [`Server`] whose runtime is on a thread of its own. Dropping it closes the port and every connection.
///
/// ```
/// use qc_emulator::{Emulator, ServerThread};
/// use qc_proto::{ApiToken, Credentials, UserId};
///
/// let credentials = Credentials::new(UserId::new(1), ApiToken::new("any")?);
/// let server = ServerThread::start(Emulator::new(credentials))?;
/// assert!(server.emulator().requests().is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct ServerThread {
    server: Server,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl ServerThread {
    /// Listens on a free port of 127.0.0.1.
    ///
    /// # Errors
    ///
    /// What the system says when it has no port or no thread.
    pub fn start(emulator: Emulator) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (started, starting) = mpsc::sync_channel(1);
        let (stop, stopped) = oneshot::channel::<()>();
        // Started there too: the caller may be in a runtime of its own, which must not start another.
        let thread = thread::Builder::new().name("qc-emulator".to_owned()).spawn(move || {
            runtime.block_on(async {
                let _ = started.send(Server::start(emulator).await);
                let _ = stopped.await;
            });
            // The runtime goes with this thread, and all connections with the runtime.
        })?;
        let server = starting.recv().map_err(io::Error::other)??;
        Ok(Self { server, stop: Some(stop), thread: Some(thread) })
    }
}

impl Emulator {
    /// A service on a port of its own, with one user and one Python project, for a test that wants nothing special.
    ///
    /// ```
    /// use qc_emulator::Emulator;
    ///
    /// let server = Emulator::start()?;
    /// let (credentials, base_url) = (server.emulator().credentials(), server.base_url());
    /// let (project, name) = server.emulator().projects().remove(0);
    /// assert_eq!(name, "Test");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`ServerThread::start`].
    pub fn start() -> io::Result<ServerThread> {
        // It is worth nothing anywhere else.
        let token = ApiToken::new("emulated").map_err(io::Error::other)?;
        let mut emulator = Self::new(Credentials::new(UserId::new(1), token));
        emulator.add_project("Test", Language::Python);
        ServerThread::start(emulator)
    }
}

impl Deref for ServerThread {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.server
    }
}

impl Drop for ServerThread {
    fn drop(&mut self) {
        // Its end, and not a message, is what the thread waits for.
        drop(self.stop.take());
        self.thread.take().map(JoinHandle::join);
    }
}
