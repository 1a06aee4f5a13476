//! Virtual time: a clock, and the loop that moves it when everybody waits.

use std::{
    collections::{BTreeMap, VecDeque},
    fmt,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

use anyhow::{Result, bail};
use qc_transport::{BoxFuture, Now, Runtime};

/// 2026-11-02 00:00:00 UTC, a Monday: when every timeline begins.
const BEGINNING: Duration = Duration::from_secs(1_793_577_600);

/// Something that goes on beside other things.
pub(crate) type Task<'a> = Pin<Box<dyn Future<Output = Result<()>> + 'a>>;

/// A clock that jumps to the next moment at which anybody wants to go on. Clones are one clock.
#[derive(Clone, Default)]
pub(crate) struct Timeline {
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    now: Duration,
    /// Who wants to go on when; of those at one moment, who began to wait first goes first.
    waiting: BTreeMap<(Duration, u64), Waker>,
    number: u64,
}

impl Timeline {
    /// Since the timeline began.
    pub(crate) fn now(&self) -> Duration {
        self.state().now
    }

    /// Since the Unix epoch.
    pub(crate) fn wall(&self) -> Duration {
        BEGINNING + self.now()
    }

    /// Goes on at that moment, or at once when it has passed.
    pub(crate) fn until(&self, moment: Duration) -> impl Future<Output = ()> + Send + use<> {
        Pause { timeline: self.clone(), moment, is_waiting: false }
    }

    /// Runs all tasks to their ends, on this thread. The first error ends it.
    pub(crate) fn run(&self, mut tasks: Vec<Task<'_>>) -> Result<()> {
        let ready = Arc::new(Mutex::new((0..tasks.len()).collect::<VecDeque<_>>()));
        let wakers: Vec<Waker> = (0..tasks.len())
            .map(|number| Waker::from(Arc::new(Turn { number, ready: Arc::clone(&ready) })))
            .collect();
        let mut done = vec![false; tasks.len()];
        let mut left = tasks.len();
        while left > 0 {
            let turn = ready.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            let Some(number) = turn else {
                self.pass()?;
                continue;
            };
            if done[number] {
                continue;
            }
            if let Poll::Ready(result) =
                tasks[number].as_mut().poll(&mut Context::from_waker(&wakers[number]))
            {
                result?;
                done[number] = true;
                left -= 1;
            }
        }
        Ok(())
    }

    /// Runs one thing to its end.
    pub(crate) fn block_on<T>(&self, future: impl Future<Output = T>) -> Result<T> {
        let mut output = None;
        let slot = &mut output;
        self.run(vec![Box::pin(async move {
            *slot = Some(future.await);
            Ok(())
        })])?;
        match output {
            Some(output) => Ok(output),
            None => bail!("the loop ended before what it ran"),
        }
    }

    /// Lets time pass until somebody can go on.
    fn pass(&self) -> Result<()> {
        let mut state = self.state();
        let Some(((moment, _), waker)) = state.waiting.pop_first() else {
            bail!("everybody waits, and nobody for the time")
        };
        state.now = state.now.max(moment);
        drop(state);
        waker.wake();
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Runtime for Timeline {
    fn now(&self) -> Now {
        Now { wall: self.wall(), mono: Timeline::now(self) }
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()> {
        Box::pin(self.until(Timeline::now(self) + duration))
    }
}

impl fmt::Debug for Timeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timeline").field("now", &Timeline::now(self)).finish_non_exhaustive()
    }
}

struct Pause {
    timeline: Timeline,
    moment: Duration,
    is_waiting: bool,
}

impl Future for Pause {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let timeline = self.timeline.clone();
        let mut state = timeline.state();
        if state.now >= self.moment {
            return Poll::Ready(());
        }
        // A task is polled again only when its own pause is over: one entry is enough.
        if !self.is_waiting {
            self.is_waiting = true;
            state.number += 1;
            let key = (self.moment, state.number);
            state.waiting.insert(key, context.waker().clone());
        }
        Poll::Pending
    }
}

/// Puts a task into the queue of those that can go on.
struct Turn {
    number: usize,
    ready: Arc<Mutex<VecDeque<usize>>>,
}

impl Wake for Turn {
    fn wake(self: Arc<Self>) {
        self.ready.lock().unwrap_or_else(PoisonError::into_inner).push_back(self.number);
    }
}
