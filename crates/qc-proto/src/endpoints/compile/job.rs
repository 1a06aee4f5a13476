//! A build from its order to its end, without IO.

use core::time::Duration;

use crate::{
    call::{now::Now, policy::Policy},
    endpoints::compile::{create::CreateCompile, read::ReadCompile},
    error::{Effect, Error},
    model::{compile::Compile, ids::ProjectId},
};

/// Orders a build and asks for it until it has ended.
///
/// Whoever has a client of their own drives it: do what [`step`](Self::step) says, and tell it what came of it.
/// An order whose answer was lost is given once more, so that it costs at most one build more; which of the two is
/// read does not matter, because both build the same files or later ones.
///
/// ```
/// use core::time::Duration;
/// use qc_proto::{Compile, CompileJob, CompileState, CompileStep, Now, Policy, ProjectId};
///
/// let now = |seconds| Now { wall: Duration::ZERO, mono: Duration::from_secs(seconds) };
/// let mut job = CompileJob::new(ProjectId::new(23_456_789)?, &Policy::default(), now(0));
/// assert!(matches!(job.step(now(0)), CompileStep::Create(_)));
/// job.answered(Ok(Compile::new("7f3e".to_owned(), CompileState::InQueue)))?;
/// assert_eq!(job.step(now(0)), CompileStep::Wait(Duration::from_millis(500)));
/// assert!(matches!(job.step(now(2)), CompileStep::Read(_)));
/// job.answered(Ok(Compile::new("7f3e".to_owned(), CompileState::BuildSuccess)))?;
/// assert!(matches!(job.step(now(2)), CompileStep::Done(_)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct CompileJob {
    project_id: ProjectId,
    latest: Option<Compile>,
    orders: u32,
    /// The pause before the next question.
    pause: Duration,
    /// No pause is longer.
    longest: Duration,
    /// When to read next.
    due: Duration,
    /// When to read no more.
    end: Duration,
}

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CompileStep {
    /// Send this, and tell [`CompileJob::answered`] what came of it.
    Create(CreateCompile),
    /// Send this, and tell [`CompileJob::answered`] what came of it.
    Read(ReadCompile),
    /// Wait for so long.
    Wait(Duration),
    /// The build has ended. If its state is none of an end, it takes longer than
    /// [`Policy::compile_deadline`].
    Done(Compile),
}

impl CompileJob {
    /// A build that is not ordered yet.
    #[must_use]
    pub fn new(project_id: ProjectId, policy: &Policy, now: Now) -> Self {
        Self {
            project_id,
            latest: None,
            orders: 0,
            // A small project is built sooner.
            pause: policy.compile_pause / 4,
            longest: policy.compile_pause,
            due: Duration::ZERO,
            end: now.mono.saturating_add(policy.compile_deadline),
        }
    }

    /// Returns what to do next.
    pub fn step(&mut self, now: Now) -> CompileStep {
        let Some(latest) = &self.latest else {
            self.orders += 1;
            return CompileStep::Create(CreateCompile { project_id: self.project_id });
        };
        if latest.state.is_end() || now.mono >= self.end {
            return CompileStep::Done(latest.clone());
        }
        if self.due == Duration::ZERO {
            self.due = now.mono.saturating_add(self.pause).min(self.end);
            self.pause = self.pause.saturating_mul(2).min(self.longest);
        }
        match self.due.checked_sub(now.mono) {
            Some(left) if !left.is_zero() => CompileStep::Wait(left),
            _ => {
                self.due = Duration::ZERO;
                let compile_id = latest.compile_id.clone();
                CompileStep::Read(ReadCompile { project_id: self.project_id, compile_id })
            }
        }
    }

    /// Takes the answer to what [`step`](Self::step) said to send.
    ///
    /// # Errors
    ///
    /// The call's own error, unless the build is ordered once more.
    pub fn answered(&mut self, answer: Result<Compile, Error>) -> Result<(), Error> {
        match answer {
            Ok(compile) => self.latest = Some(compile),
            Err(error)
                if self.latest.is_none()
                    && self.orders < 2
                    && error.effect() == Effect::Unknown => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }
}
