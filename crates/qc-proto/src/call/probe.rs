//! Reads what is there, to learn whether a request took effect.

use bytes::Bytes;

use crate::{
    call::{attempt::Failure, received::Received, session::Session, step::Now},
    endpoints::{
        endpoint::{Endpoint as _, Observation, Probe},
        files::{read::ReadFiles, read_one::ReadFile},
        projects::read::ReadProjects,
    },
    error::ErrorKind,
    model::file::FileList,
    wire::envelope,
};

/// The probe of one call, and what it found before the request.
pub(crate) struct Prober {
    probe: Probe,
    before: Option<Observation>,
}

impl Prober {
    pub(crate) fn new(probe: Probe) -> Self {
        Self { probe, before: None }
    }

    pub(crate) fn with_before(self, before: Observation) -> Self {
        Self { before: Some(before), ..self }
    }

    pub(crate) fn before(&self) -> Option<&Observation> {
        self.before.as_ref()
    }

    /// Returns the endpoint and the body of the request that reads.
    pub(crate) fn request(&self) -> (&'static str, Bytes) {
        match &self.probe {
            Probe::File(project_id, name) => {
                let read =
                    ReadFile { project_id: *project_id, name: name.clone(), code_source_id: None };
                (ReadFile::PATH, envelope::encode(&read).into())
            }
            Probe::Files(project_id) => {
                (ReadFiles::PATH, envelope::encode(&ReadFiles::all(*project_id)).into())
            }
            Probe::Projects => (ReadProjects::PATH, envelope::encode(&ReadProjects::all()).into()),
        }
    }

    /// Returns what the answer shows. A refusal because the file isn't there is an observation, not a failure. A success
    /// without the file proves nothing.
    pub(crate) fn observe(
        &self,
        answer: Result<http::Response<Bytes>, Failure>,
        session: &Session,
        now: Now,
    ) -> Received<Observation> {
        match &self.probe {
            Probe::File(_, name) => match Received::new(answer, ReadFile::decode, session, now) {
                Received::Success(list) => match list.take_own(name) {
                    Some(file) => Received::Success(Observation::File(Some(file))),
                    None => Received::nothing_to_see(),
                },
                Received::Failure { report, .. } if report.kind == ErrorKind::FileNotFound => {
                    Received::Success(Observation::File(None))
                }
                failure @ Received::Failure { .. } => failure.map(|_| Observation::File(None)),
            },
            // A file that could not be read may be the one in question.
            Probe::Files(_) => {
                let seen = Received::new(answer, ReadFiles::decode, session, now);
                match seen.map(FileList::own) {
                    Received::Success(list) if !list.unreadable.is_empty() => {
                        Received::nothing_to_see()
                    }
                    seen => seen.map(|list| Observation::Files(list.files)),
                }
            }
            Probe::Projects => match Received::new(answer, ReadProjects::decode, session, now) {
                Received::Success(list) if !list.unreadable.is_empty() => {
                    Received::nothing_to_see()
                }
                seen => seen.map(|list| Observation::Projects(list.projects)),
            },
        }
    }
}
