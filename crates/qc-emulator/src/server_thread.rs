//! The server for programs without a runtime.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc},
    thread::{self, JoinHandle},
};

use tokio::sync::oneshot;

use crate::{Emulator, Server};

/// A [`Server`] on a thread of its own. Dropping it closes the port and every connection.
#[derive(Debug)]
pub struct ServerThread {
    emulator: Arc<Mutex<Emulator>>,
    address: SocketAddr,
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
        let (stop, stopped) = oneshot::channel();
        let (ready, is_ready) = mpsc::channel();
        let thread = thread::Builder::new().name("qc-emulator".to_owned()).spawn(move || {
            runtime.block_on(async {
                let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
                match Server::start_on(emulator, address).await {
                    Ok(server) => {
                        let _ = ready.send(Ok((server.shared(), server.address())));
                        let _ = stopped.await;
                        server.shutdown().await;
                    }
                    Err(error) => {
                        let _ = ready.send(Err(error));
                    }
                }
            });
        })?;
        let (emulator, address) = is_ready.recv().map_err(io::Error::other)??;
        Ok(Self { emulator, address, stop: Some(stop), thread: Some(thread) })
    }

    /// What a client takes as base URL.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}/api/v2", self.address)
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The service behind it. It answers nobody while the guard is held.
    pub fn emulator(&self) -> MutexGuard<'_, Emulator> {
        self.emulator.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for ServerThread {
    fn drop(&mut self) {
        self.stop.take().map(|stop| stop.send(()));
        self.thread.take().map(JoinHandle::join);
    }
}
