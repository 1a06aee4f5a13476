//! Reading what is there, to settle whether a request took effect.

use bytes::Bytes;

use crate::{
    call::{attempt::Failure, now::Now, received::Received, session::Session},
    endpoints::{
        endpoint::{Endpoint as _, Look, Sight},
        files::{read::ReadFiles, read_one::ReadFile},
        projects::read::ReadProjects,
    },
    error::ErrorKind,
    model::file::FileList,
    wire::envelope,
};

/// The endpoint and the body of the request that looks.
pub(crate) fn request(look: &Look) -> (&'static str, Bytes) {
    match look {
        Look::File(project_id, name) => {
            let read =
                ReadFile { project_id: *project_id, name: name.clone(), code_source_id: None };
            (ReadFile::PATH, envelope::encode(&read).into())
        }
        Look::Files(project_id) => {
            (ReadFiles::PATH, envelope::encode(&ReadFiles::all(*project_id)).into())
        }
        Look::Projects => (ReadProjects::PATH, envelope::encode(&ReadProjects::all()).into()),
    }
}

/// What the answer to it shows. That the service refuses to read a file because it isn't there is no
/// failure here: it is what was asked. A success without the file proves nothing.
pub(crate) fn sight(
    look: &Look,
    answer: Result<http::Response<Bytes>, Failure>,
    session: &Session,
    now: Now,
) -> Received<Sight> {
    match look {
        Look::File(_, name) => match Received::new(answer, ReadFile::decode, session, now) {
            Received::Success(list) => match list.take_own(name) {
                Some(file) => Received::Success(Sight::File(Some(file))),
                None => Received::nothing_to_see(),
            },
            Received::Failure { report, .. } if report.kind == ErrorKind::FileNotFound => {
                Received::Success(Sight::File(None))
            }
            failure @ Received::Failure { .. } => failure.map(|_| Sight::File(None)),
        },
        // What could not be read may be what is looked for.
        Look::Files(_) => {
            let seen = Received::new(answer, ReadFiles::decode, session, now);
            match seen.map(FileList::own) {
                Received::Success(list) if !list.unreadable.is_empty() => {
                    Received::nothing_to_see()
                }
                seen => seen.map(|list| Sight::Files(list.files)),
            }
        }
        Look::Projects => match Received::new(answer, ReadProjects::decode, session, now) {
            Received::Success(list) if !list.unreadable.is_empty() => Received::nothing_to_see(),
            seen => seen.map(|list| Sight::Projects(list.projects)),
        },
    }
}
