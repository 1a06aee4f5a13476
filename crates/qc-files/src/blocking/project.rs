//! The files of one project, blocking.

use std::time::Duration;

use qc_proto::{
    Compile, CompileJob, CompileStep, Error, ErrorKind, FileList, FileName, Policy, Project,
    ProjectFile, ProjectId, RemoteName, UpdateProject,
    encoded::{EncodedFileList, FromContent, ReadEncodedFiles},
};

use super::Client;
use crate::requests::Requests;

/// The files of one project, made by [`Client::project`].
///
/// Names, costs and errors are those of [`crate::ProjectFiles`].
#[derive(Clone, Debug)]
pub struct ProjectFiles {
    client: Client,
    requests: Requests,
}

impl ProjectFiles {
    pub(crate) fn new(client: Client, id: ProjectId) -> Self {
        let requests = Requests::new(id, client.inner.connection.code_source.clone());
        Self { client, requests }
    }

    /// The project's number.
    #[must_use]
    pub fn id(&self) -> ProjectId {
        self.requests.project_id
    }

    /// The same files for another environment: its writes carry this name in place of the client's
    /// [code source](crate::Builder::code_source).
    #[must_use]
    pub fn with_code_source(self, name: impl Into<String>) -> Self {
        let requests = Requests::new(self.id(), Some(name.into()));
        Self { requests, ..self }
    }

    /// The same files with another policy for their calls, as [`Client::with_policy`] says.
    #[must_use]
    pub fn with_policy(self, policy: Policy) -> Self {
        Self { client: self.client.with_policy(policy), ..self }
    }

    /// The same files, whose calls take this long at most, waits included.
    #[must_use]
    pub fn with_deadline(self, deadline: Duration) -> Self {
        Self { client: self.client.with_deadline(deadline), ..self }
    }

    /// The client that sends this.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Reads the project itself: its name and its settings. Costs one request.
    ///
    /// # Errors
    ///
    /// `ProjectNotFound`.
    pub fn read_project(&self) -> Result<Project, Error> {
        self.client.read_project(self.id())
    }

    /// Changes the project's name or settings; what is `None` stays as it is. The project and the
    /// [code source](crate::Builder::code_source) are those of this value, whatever `update` says.
    ///
    /// # Errors
    ///
    /// As [`crate::Client::update_project`].
    pub fn update_project(&self, update: UpdateProject) -> Result<(), Error> {
        self.client.update_project(self.requests.update_project(update))
    }

    /// Creates a file with content. Folders in its name need no creation.
    ///
    /// # Errors
    ///
    /// As [`crate::ProjectFiles::create`].
    pub fn create<N>(&self, name: N, content: impl Into<String>) -> Result<(), Error>
    where
        N: TryInto<FileName>,
        Error: From<N::Error>,
    {
        self.client.execute(self.requests.create(name, Some(content.into()))?)
    }

    /// Creates an empty file, such as `__init__.py`.
    ///
    /// # Errors
    ///
    /// As [`crate::ProjectFiles::create_empty`].
    pub fn create_empty<N>(&self, name: N) -> Result<(), Error>
    where
        N: TryInto<FileName>,
        Error: From<N::Error>,
    {
        self.client.execute(self.requests.create(name, None)?)
    }

    /// Reads one file.
    ///
    /// # Errors
    ///
    /// As [`crate::ProjectFiles::read`].
    pub fn read<N>(&self, name: N) -> Result<ProjectFile, Error>
    where
        N: TryInto<RemoteName>,
        Error: From<N::Error>,
    {
        self.client.execute(self.requests.read(name)?)
    }

    /// Reads all files of the project, without its libraries'.
    ///
    /// # Errors
    ///
    /// As [`crate::ProjectFiles::read_all`].
    pub fn read_all(&self) -> Result<FileList, Error> {
        self.client.execute(self.requests.read_all(None))
    }

    /// Reads all files of the project, without its libraries', and leaves their contents encoded.
    ///
    /// # Errors
    ///
    /// As [`crate::ProjectFiles::read_all_encoded`].
    pub fn read_all_encoded<G: FromContent>(&self) -> Result<EncodedFileList<G>, Error> {
        self.client.execute(ReadEncodedFiles::from(self.requests.read_all(None)))
    }

    /// Reads all files of the project and of the libraries that it uses.
    ///
    /// # Errors
    ///
    /// As [`crate::ProjectFiles::read_all_with_libraries`].
    pub fn read_all_with_libraries(&self) -> Result<FileList, Error> {
        self.client.execute(self.requests.read_all(Some(true)))
    }

    /// Takes edit control: the service lets one environment at a time write to a project that is shared. Read the files
    /// afterwards: the service refuses a write before that.
    ///
    /// # Errors
    ///
    /// `Locked` when another environment has it; `Invalid` without a [code source](crate::Builder::code_source).
    pub fn acquire_lock(&self) -> Result<(), Error> {
        self.client.execute(self.requests.acquire_lock()?)
    }

    /// Builds the project's files as they are now, and waits until the build has ended.
    ///
    /// # Errors
    ///
    /// As [`crate::ProjectFiles::compile`].
    pub fn compile(&self) -> Result<Compile, Error> {
        let runtime = &self.client.inner.runtime;
        let mut job = CompileJob::new(self.id(), self.client.policy(), runtime.now());
        loop {
            match job.step(runtime.now()) {
                CompileStep::Create(create) => job.answered(self.client.execute(create))?,
                CompileStep::Read(read) => job.answered(self.client.execute(read))?,
                CompileStep::Wait(pause) => runtime.sleep(pause),
                CompileStep::Done(compile) => return Ok(compile),
            }
        }
    }

    /// Gives a file this content, whether it is there or not. Returns whether the file was created.
    ///
    /// # Errors
    ///
    /// As [`crate::ProjectFiles::write`].
    pub fn write<N>(&self, name: N, content: impl Into<String>) -> Result<bool, Error>
    where
        N: TryInto<FileName>,
        Error: From<N::Error>,
    {
        self.write_named(&name.try_into()?, content.into())
    }

    fn write_named(&self, name: &FileName, content: String) -> Result<bool, Error> {
        if content.is_empty() {
            return match self.delete(name) {
                Err(error) if error.kind() != ErrorKind::FileNotFound => Err(error),
                _ => self.create_empty(name).map(|()| true),
            };
        }
        match self.update(name, content.as_str()) {
            Err(error) if error.kind() == ErrorKind::FileNotFound => {
                self.create(name, content).map(|()| true)
            }
            updated => updated.map(|()| false),
        }
    }

    /// Replaces the content of a file.
    ///
    /// # Errors
    ///
    /// As [`crate::ProjectFiles::update`].
    pub fn update<N>(&self, name: N, content: impl Into<String>) -> Result<(), Error>
    where
        N: TryInto<FileName>,
        Error: From<N::Error>,
    {
        self.client.execute(self.requests.update(name, content.into())?)
    }

    /// Replaces the whole set of the project's files with these. A file that is not in the list is deleted.
    ///
    /// # Errors
    ///
    /// As [`crate::ProjectFiles::replace_all`].
    pub fn replace_all<N>(&self, files: impl IntoIterator<Item = (N, String)>) -> Result<(), Error>
    where
        N: TryInto<FileName>,
        Error: From<N::Error>,
    {
        self.client.execute(self.requests.replace_all(files)?)
    }

    /// Renames a file.
    ///
    /// # Errors
    ///
    /// As [`crate::ProjectFiles::rename`].
    pub fn rename<N, M>(&self, name: N, new_name: M) -> Result<(), Error>
    where
        N: TryInto<RemoteName>,
        M: TryInto<FileName>,
        Error: From<N::Error> + From<M::Error>,
    {
        self.client.execute(self.requests.rename(name, new_name)?)
    }

    /// Applies a unified diff, as `git diff` writes it, over one or more files: all of it or nothing.
    ///
    /// # Errors
    ///
    /// As [`crate::ProjectFiles::patch`].
    pub fn patch(&self, patch: impl Into<String>) -> Result<(), Error> {
        self.client.execute(self.requests.patch(patch.into()))
    }

    /// Deletes a file.
    ///
    /// # Errors
    ///
    /// As [`crate::ProjectFiles::delete`].
    pub fn delete<N>(&self, name: N) -> Result<(), Error>
    where
        N: TryInto<RemoteName>,
        Error: From<N::Error>,
    {
        self.client.execute(self.requests.delete(name)?)
    }
}
