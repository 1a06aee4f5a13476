//! The QuantConnect file API without IO.
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod attempt;
mod authenticate;
mod base_url;
mod call;
mod clock;
mod credentials;
mod endpoint;
mod envelope;
mod error;
mod file_name;
mod files;
mod ids;
mod invalid;
mod now;
mod policy;
mod projects;
mod received;
pub mod retry;
mod server_time;
mod session;
mod signature;
mod tolerant;

pub use attempt::{Attempt, Cause, Delivery, Failure, Phase, Source};
pub use authenticate::Authenticate;
pub use base_url::BaseUrl;
pub use call::{Call, Input, Step};
pub use credentials::{ApiToken, Credentials};
pub use endpoint::{Endpoint, Look, NotFitting, Replay, Sight, Verdict};
pub use envelope::{
    Answer, DecodeError, Envelope, decode_answer, decode_request, encode_refusal, encode_success,
};
pub use error::{Effect, Error, ErrorKind};
pub use file_name::{FileName, RemoteName};
pub use files::{
    CreateFile, DeleteFile, Done, FileList, PatchFiles, ProjectFile, ReadFile, ReadFiles,
    RenameFile, UpdateFile,
};
pub use ids::{ProjectId, UserId};
pub use invalid::Invalid;
pub use now::Now;
pub use policy::Policy;
pub use projects::{
    CreateProject, DeleteProject, EncryptionKey, Language, Parameter, Project, ProjectList,
    ReadProjects,
};
pub use retry::{Action, Outcome, decide};
pub use server_time::ServerTime;
pub use session::Session;
pub use signature::{AuthRefusal, Presented, Signature, TIMESTAMP, Window};
pub use {bytes, http};
