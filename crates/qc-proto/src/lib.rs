//! The QuantConnect file API without IO: types, request signing, encoding and decoding for both ends, and the
//! call policy. Nothing here opens a socket, reads a clock, sleeps, reads the environment or draws randomness.
//!
//! Pick this crate alone to bring your own HTTP. A whole client, blocking or async alike, is one loop around
//! [`Call::step`]: send what it says, wait when it says, and tell it the time.
//!
//! ```
//! use std::time::{Duration, Instant, SystemTime};
//!
//! use qc_proto::{
//!     ApiToken, Attempt, Credentials, Endpoint, Error, Failure, Input, Now, ProjectId, ReadFiles,
//!     Session, Step, UserId, bytes::Bytes, http,
//! };
//!
//! fn now() -> Now {
//!     static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
//!     let wall = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
//!     Now { wall, mono: START.get_or_init(Instant::now).elapsed() }
//! }
//!
//! fn execute<E: Endpoint>(session: &mut Session, endpoint: E, seed: u64) -> Result<E::Output, Error> {
//!     let mut call = session.begin(endpoint, seed, now())?;
//!     let mut input = Input::Poll;
//!     loop {
//!         input = match call.step(session, now(), input) {
//!             Step::Send(attempt) => match my_http(attempt) {
//!                 Ok(response) => Input::Response(response),
//!                 Err(failure) => Input::Failed(failure),
//!             },
//!             Step::Wait(pause) => {
//!                 std::thread::sleep(pause);
//!                 Input::Poll
//!             }
//!             Step::Done(result) => return result,
//!         };
//!     }
//! }
//!
//! let credentials = Credentials::new(UserId::new(12345), ApiToken::new("my-api-token")?);
//! let mut session = Session::new(credentials);
//! let files = execute(&mut session, ReadFiles::all(ProjectId::new(23_456_789)?), 7)?;
//! assert_eq!(files.files[0].name, "main.py");
//! assert_eq!(files.files[0].content, "pass\n");
//!
//! /// Your HTTP goes here. This one is a service of its own: the crate speaks both ends of the wire.
//! fn my_http(attempt: Attempt) -> Result<http::Response<Bytes>, Failure> {
//!     use qc_proto::{FileList, AuthHeaders, ProjectFile, RemoteName, ClockTolerance, decode_request, encode_success};
//!
//!     let request = attempt.request;
//!     assert_eq!(request.uri(), "https://www.quantconnect.com/api/v2/files/read");
//!     let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
//!     let presented = AuthHeaders::read(header("authorization"), header("timestamp")).unwrap();
//!     let account = Credentials::new(UserId::new(12345), ApiToken::new("my-api-token").unwrap());
//!     account.verify(&presented, now().wall, ClockTolerance::default()).unwrap();
//!     let asked: ReadFiles = decode_request(request.body()).unwrap();
//!     assert_eq!(asked.project_id.get(), 23_456_789);
//!
//!     let file = ProjectFile::new(RemoteName::from_service("main.py"), "pass\n".to_owned());
//!     Ok(http::Response::new(encode_success(&FileList::new(vec![file])).into()))
//! }
//! # Ok::<(), Error>(())
//! ```
//!
//! # One question shapes this crate
//!
//! A signed request goes out and no answer comes back. Did the service act? Nothing here guesses: a transport
//! reports [`Delivery`] with every [`Failure`], an endpoint declares its [`Replay`] class, the policy is one table over the two
//! in [`retry`], and every [`Error`] tells its [`Effect`].
//!
//! # Where things are
//!
//! | what | where |
//! | --- | --- |
//! | requests, one struct each | [`Authenticate`], [`CreateFile`], [`ReadFile`], [`ReadFiles`], [`UpdateFile`], [`RenameFile`], [`PatchFiles`], [`DeleteFile`], [`ReadProjects`], [`ReadProject`], [`CreateProject`], [`UpdateProject`], [`DeleteProject`], [`AcquireLock`], [`CreateCompile`], [`ReadCompile`] |
//! | a build from its order to its end | [`CompileJob`] |
//! | a request of your own, and what its answer may be read with | [`Endpoint`], [`Subject`], [`tolerant`] |
//! | signing and checking a signature | [`Signature`], [`Authorization`], [`AuthHeaders`], [`Credentials::verify`] |
//! | reading and writing answers | [`decode_answer`], [`encode_success`], [`encode_files`], [`encode_refusal`] |
//! | what calls share, and a call | [`Session`], [`Call`] |
//! | `Date` and `Retry-After` | [`http_times`] |
//! | text that is safe to show | [`visible`] |
//! | the numbers of the policy | [`Policy`] |
#![cfg_attr(docsrs, feature(doc_cfg))]
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod call;
mod endpoints;
mod error;
mod invalid;
mod model;
pub mod visible;
mod wire;

pub use bytes;
pub use call::{
    attempt::{Attempt, Cause, Delivery, Failure, Phase, Source},
    machine::Call,
    policy::Policy,
    retry,
    retry::{Action, Outcome, decide},
    session::Session,
    step::{Input, Now, Step},
};
pub use endpoints::{
    Authenticate, PATHS,
    compile::{
        create::CreateCompile,
        job::{CompileJob, CompileStep},
        read::ReadCompile,
    },
    endpoint::{
        Endpoint, Observation, Probe, ProbeOutcome, Replay, Subject, UnexpectedAnswer, Verify,
    },
    files::{
        create::CreateFile, delete::DeleteFile, encoded, patch::PatchFiles, read::ReadFiles,
        read_one::ReadFile, rename::RenameFile, update::UpdateFile, with_content::encode_files,
    },
    projects::{
        create::CreateProject,
        delete::DeleteProject,
        lock::AcquireLock,
        read::{ReadProject, ReadProjects},
        update::{NewFile, UpdateProject},
    },
};
pub use error::{Effect, Error, ErrorKind};
pub use http;
pub use invalid::Invalid;
pub use model::{
    base_url::BaseUrl,
    collaborator::Collaborator,
    compile::{Compile, CompileState, Diagnostic, FileParameters, FoundParameter},
    credentials::{ApiToken, Credentials},
    file::{Empty, FileList, ProjectFile, Unreadable},
    file_name::{FileName, RemoteName},
    ids::{ProjectId, UserId},
    parameter::Parameter,
    project::{EncryptionKey, Language, Project, ProjectList},
    server_time::ServerTime,
    tier::Tier,
};
pub use wire::{
    envelope::{
        Answer, DecodeError, Envelope, decode_answer, decode_request, encode_refusal,
        encode_success,
    },
    http_times,
    signature::{AuthHeaders, AuthRefusal, Authorization, ClockTolerance, Signature, TIMESTAMP},
    tolerant,
    www_authenticate::WwwAuthenticate,
};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
