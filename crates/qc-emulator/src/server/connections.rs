//! How many connections are open, and which one goes when there are too many.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
};

use tokio::task::{AbortHandle, JoinSet};

/// Each takes two descriptors, and systems often give a program 1,024.
pub(crate) const MOST: usize = 256;

/// What one connection is at.
#[derive(Debug, Default)]
pub(crate) struct ConnectionState {
    /// Whether a whole request of it is being answered; else the client is waited for.
    busy: AtomicBool,
    /// When something last happened, counted in such events.
    last: AtomicU64,
    clock: Arc<AtomicU64>,
    /// How many connections there are.
    open: Arc<AtomicUsize>,
}

impl ConnectionState {
    /// Whether there is no other connection, and so nobody who could wait for this one.
    pub(crate) fn is_alone(&self) -> bool {
        self.open.load(Ordering::Relaxed) == 1
    }

    /// Something came from the client.
    pub(crate) fn moved(&self) {
        self.last.store(self.clock.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
    }

    /// A whole request is here. Until the guard goes, the connection stays.
    pub(crate) fn busy(&self) -> Busy<'_> {
        self.moved();
        self.busy.store(true, Ordering::Relaxed);
        Busy(self)
    }
}

/// A request is being answered.
pub(crate) struct Busy<'a>(&'a ConnectionState);

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.busy.store(false, Ordering::Relaxed);
    }
}

/// All open connections. Dropping it closes them.
#[derive(Debug, Default)]
pub(crate) struct Connections {
    tasks: JoinSet<()>,
    connections: Vec<(AbortHandle, Arc<ConnectionState>)>,
    clock: Arc<AtomicU64>,
    open: Arc<AtomicUsize>,
}

impl Connections {
    /// Opens one, and closes the one that has kept us waiting for longest where there are too many: a client that keeps
    /// connections without using them does not keep others out.
    pub(crate) fn open<F>(&mut self, serve: impl FnOnce(Arc<ConnectionState>) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.connections.retain(|(task, _)| !task.is_finished());
        if self.connections.len() >= MOST {
            let waiting = self.connections.iter().enumerate();
            let idle =
                waiting.filter(|(_, (_, connection))| !connection.busy.load(Ordering::Relaxed));
            let oldest =
                idle.min_by_key(|(_, (_, connection))| connection.last.load(Ordering::Relaxed));
            if let Some((at, _)) = oldest {
                self.connections.swap_remove(at).0.abort();
            }
        }
        let (clock, open) = (Arc::clone(&self.clock), Arc::clone(&self.open));
        let connection = Arc::new(ConnectionState { clock, open, ..ConnectionState::default() });
        connection.moved();
        let task = self.tasks.spawn(serve(Arc::clone(&connection)));
        self.connections.push((task, connection));
        self.count();
    }

    /// Whether another one may be taken.
    pub(crate) fn have_room(&self) -> bool {
        // One more than fits is open while it takes another's place.
        self.tasks.len() <= MOST
    }

    /// Waits until one ends; none where none is open.
    pub(crate) async fn ended(&mut self) -> Option<()> {
        let ended = self.tasks.join_next().await;
        self.count();
        ended.map(drop)
    }

    fn count(&self) {
        self.open.store(self.tasks.len(), Ordering::Relaxed);
    }
}
