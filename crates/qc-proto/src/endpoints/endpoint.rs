//! What a request type says about itself.

use alloc::vec::Vec;

use bytes::Bytes;
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    error::ErrorKind,
    invalid::Invalid,
    model::{file::ProjectFile, file_name::RemoteName, ids::ProjectId, project::Project},
    wire::envelope::{Answer, DecodeError, decode_answer, not_json},
};

/// Whether a request may be sent again when nobody knows if it took effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Replay {
    /// It changes nothing: send it again.
    Safe,
    /// Twice leaves the same as once: send it again.
    Converges,
    /// Twice is not once: read first what is there, by [`Verify`].
    Verify,
    /// Twice is not once, and reading does not tell: stop.
    Never,
}

/// One request of the API, as a plain struct. Its fields are the JSON that is sent.
///
/// An endpoint that this crate lacks is a few lines:
///
/// ```
/// use qc_proto::{Endpoint, UnexpectedAnswer, Replay};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize)]
/// struct ReadBacktests {
///     #[serde(rename = "projectId")]
///     project_id: qc_proto::ProjectId,
/// }
///
/// #[derive(Deserialize)]
/// struct Backtests {
///     #[serde(default)]
///     count: u64,
/// }
///
/// impl Endpoint for ReadBacktests {
///     const PATH: &'static str = "backtests/read";
///     const REPLAY: Replay = Replay::Safe;
///     type Answer = Backtests;
///     type Output = Backtests;
///
///     fn output(&self, answer: Backtests) -> Result<Backtests, UnexpectedAnswer> {
///         Ok(answer)
///     }
/// }
/// ```
pub trait Endpoint: Serialize {
    /// The path below the base URL, without a slash at either end.
    const PATH: &'static str;
    /// Whether it may be sent again in doubt.
    const REPLAY: Replay;
    /// What a successful answer carries beside the envelope.
    type Answer: DeserializeOwned;
    /// What a caller gets.
    type Output;

    /// Returns the project and the file that the request is about, for errors and logs.
    fn subject(&self) -> Subject<'_> {
        Subject::default()
    }

    /// Refuses what the service would refuse anyway, before it costs a request.
    ///
    /// # Errors
    ///
    /// [`Invalid`] names the field.
    fn check(&self) -> Result<(), Invalid> {
        Ok(())
    }

    /// Writes the body. An endpoint with a long text has a faster way of its own to the same JSON.
    ///
    /// # Errors
    ///
    /// [`Invalid`] when the request cannot be JSON; a plain struct always can.
    fn encode(&self) -> Result<Vec<u8>, Invalid> {
        serde_json::to_vec(self).map_err(not_json)
    }

    /// Reads the answer. An endpoint whose answer keeps parts of `body` has a reading of its own.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] names the field that is not as it should be.
    fn decode(body: &Bytes) -> Result<Answer<Self::Answer>, DecodeError> {
        decode_answer(body)
    }

    /// Turns the answer into what the caller gets.
    ///
    /// # Errors
    ///
    /// [`UnexpectedAnswer`] when the answer is none to this request.
    fn output(&self, answer: Self::Answer) -> Result<Self::Output, UnexpectedAnswer>;

    /// Returns how to learn whether the request took effect. Asked for [`Replay::Verify`] only, which without it is
    /// [`Replay::Never`].
    fn verify(&self) -> Option<&dyn Verify<Output = Self::Output>> {
        None
    }
}

/// What a request is about.
///
/// ```
/// use qc_proto::{ProjectId, Subject};
///
/// let subject = Subject::project(ProjectId::new(23_456_789)?).with_file("main.py");
/// assert_eq!(subject.file, Some("main.py"));
/// # Ok::<(), qc_proto::Invalid>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Subject<'a> {
    /// The project. None for a request about no one project.
    pub project_id: Option<ProjectId>,
    /// The file, by its present name. None for a request about no one file.
    pub file: Option<&'a str>,
}

impl<'a> Subject<'a> {
    /// A project.
    #[must_use]
    pub fn project(project_id: ProjectId) -> Self {
        Self { project_id: Some(project_id), file: None }
    }

    /// A file of it.
    #[must_use]
    pub fn with_file(self, file: &'a str) -> Self {
        Self { file: Some(file), ..self }
    }
}

/// A request whose effect can be seen afterwards: what to read, and what it means.
pub trait Verify {
    /// What a caller gets, as in [`Endpoint::Output`].
    type Output;

    /// Returns what to read.
    fn probe(&self) -> Probe;

    /// Returns whether [`judge`](Self::judge) needs an observation from before the request was sent.
    fn probes_first(&self) -> bool {
        false
    }

    /// Returns whether what was seen means that the request took effect.
    fn judge(
        &self,
        before: Option<&Observation>,
        after: &Observation,
    ) -> ProbeOutcome<Self::Output>;
}

/// A successful answer that does not answer the request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnexpectedAnswer {
    /// What kind of error that is to the caller.
    pub kind: ErrorKind,
    /// Why, in one line.
    pub why: &'static str,
}

impl UnexpectedAnswer {
    /// An answer that is this kind of error to the caller, because of `why`, in one line.
    #[must_use]
    pub fn new(kind: ErrorKind, why: &'static str) -> Self {
        Self { kind, why }
    }
}

/// What to read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Probe {
    /// One file.
    File(ProjectId, RemoteName),
    /// All files of a project.
    Files(ProjectId),
    /// All projects.
    Projects,
}

/// What was there.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Observation {
    /// The file, or that there is none of this name.
    File(Option<ProjectFile>),
    /// The project's files.
    Files(Vec<ProjectFile>),
    /// The user's projects.
    Projects(Vec<Project>),
}

/// What an observation means for the request in doubt.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProbeOutcome<T> {
    /// What the request was to achieve holds. `already` is the kind of error it is when the service
    /// refused the request because it held before.
    Holds {
        /// What the caller gets.
        output: T,
        /// The error of a request that came too late.
        already: ErrorKind,
    },
    /// It does not hold, and the request can be sent.
    NotApplied,
    /// It does not hold, and the request cannot succeed for this reason.
    Blocked(ErrorKind),
    /// The observation does not tell.
    Unclear,
}
