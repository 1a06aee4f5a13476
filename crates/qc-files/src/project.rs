//! The files of one project.

use std::time::Duration;

use qc_proto::{
    Compile, CompileJob, CompileStep, Error, ErrorKind, FileList, FileName, Policy, Project,
    ProjectFile, ProjectId, RemoteName, UpdateProject,
    encoded::{EncodedFileList, FromContent, ReadEncodedFiles},
};

use crate::{Client, requests::Requests};

/// The files of one project, made by [`Client::project`].
///
/// Names are text, which is checked before any request, or a [`RemoteName`] out of an answer, which passes as
/// it is, so that a file with an unclean name can be read, renamed and deleted.
///
/// Each method costs one request unless something fails. Errors that any of them can give, beside those that
/// it names: `Credentials`, `Clock`, `RateLimited`, `Server`, `Transport`, `Decode` and `Refused` of
/// [`ErrorKind`](crate::ErrorKind), and `Invalid` with the field's name before any request.
/// Dropping a method's future leaves the client usable; a request that was out may still take effect.
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
    pub async fn read_project(&self) -> Result<Project, Error> {
        self.client.read_project(self.id()).await
    }

    /// Changes the project's name or settings; what is `None` stays as it is. The project and the
    /// [code source](crate::Builder::code_source) are those of this value, whatever `update` says.
    ///
    /// # Errors
    ///
    /// As [`crate::Client::update_project`].
    pub async fn update_project(&self, update: UpdateProject) -> Result<(), Error> {
        self.client.update_project(self.requests.update_project(update)).await
    }

    /// Creates a file with content. Folders in its name need no creation.
    ///
    /// # Errors
    ///
    /// `FileExists`, `TooLarge`; `Invalid` for empty content: see [`create_empty`](Self::create_empty).
    pub async fn create<N>(&self, name: N, content: impl Into<String>) -> Result<(), Error>
    where
        N: TryInto<FileName>,
        Error: From<N::Error>,
    {
        self.client.execute(self.requests.create(name, Some(content.into()))?).await
    }

    /// Creates an empty file, such as `__init__.py`.
    ///
    /// # Errors
    ///
    /// `FileExists`.
    pub async fn create_empty<N>(&self, name: N) -> Result<(), Error>
    where
        N: TryInto<FileName>,
        Error: From<N::Error>,
    {
        self.client.execute(self.requests.create(name, None)?).await
    }

    /// Reads one file.
    ///
    /// # Errors
    ///
    /// `FileNotFound`.
    pub async fn read<N>(&self, name: N) -> Result<ProjectFile, Error>
    where
        N: TryInto<RemoteName>,
        Error: From<N::Error>,
    {
        self.client.execute(self.requests.read(name)?).await
    }

    /// Reads all files of the project, without its libraries'.
    ///
    /// # Errors
    ///
    /// `TooLarge` when the answer is over the policy's limit.
    pub async fn read_all(&self) -> Result<FileList, Error> {
        self.client.execute(self.requests.read_all(None)).await
    }

    /// Reads all files of the project, without its libraries', in little more memory than the answer takes: each content
    /// is decoded when it is asked for, and `G` is what is kept of it beside: `()` for nothing.
    ///
    /// # Errors
    ///
    /// As [`read_all`](Self::read_all).
    pub async fn read_all_encoded<G: FromContent>(&self) -> Result<EncodedFileList<G>, Error> {
        self.client.execute(ReadEncodedFiles::from(self.requests.read_all(None))).await
    }

    /// Reads all files of the project and of the libraries that it uses.
    ///
    /// # Errors
    ///
    /// As [`read_all`](Self::read_all).
    pub async fn read_all_with_libraries(&self) -> Result<FileList, Error> {
        self.client.execute(self.requests.read_all(Some(true))).await
    }

    /// Takes edit control: the service lets one environment at a time write to a project that is shared. Read the files
    /// afterwards: the service refuses a write before that.
    ///
    /// # Errors
    ///
    /// `Locked` when another environment has it; `Invalid` without a [code source](crate::Builder::code_source).
    pub async fn acquire_lock(&self) -> Result<(), Error> {
        self.client.execute(self.requests.acquire_lock()?).await
    }

    /// Builds the project's files as they are now, and waits until the build has ended: a build that fails is a
    /// [`Compile`] too, whose log says why. Costs one request, and one every
    /// [`compile_pause`](qc_proto::Policy::compile_pause) until the end.
    ///
    /// An order whose answer was lost is given once more. After [`compile_deadline`](qc_proto::Policy::compile_deadline)
    /// the build is returned as it is.
    ///
    /// # Errors
    ///
    /// `ProjectNotFound`.
    pub async fn compile(&self) -> Result<Compile, Error> {
        let runtime = &self.client.inner.runtime;
        let mut job = CompileJob::new(self.id(), self.client.policy(), runtime.now());
        loop {
            match job.step(runtime.now()) {
                CompileStep::Create(create) => job.answered(self.client.execute(create).await)?,
                CompileStep::Read(read) => job.answered(self.client.execute(read).await)?,
                CompileStep::Wait(pause) => runtime.sleep(pause).await,
                CompileStep::Done(compile) => return Ok(compile),
            }
        }
    }

    /// Gives a file this content, whether it is there or not, and whether the content is empty or not. Returns whether the file
    /// was created.
    ///
    /// The service takes no empty content: an empty file is one that is created without any, so that one that is there is
    /// deleted first. Costs one request for a file that is there, else two.
    ///
    /// # Errors
    ///
    /// `TooLarge`, `Locked`; `FileExists` when somebody else creates the file at the same moment.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves the file as it was, as it is to be or, for an empty content, gone.
    pub async fn write<N>(&self, name: N, content: impl Into<String>) -> Result<bool, Error>
    where
        N: TryInto<FileName>,
        Error: From<N::Error>,
    {
        self.write_named(&name.try_into()?, content.into()).await
    }

    async fn write_named(&self, name: &FileName, content: String) -> Result<bool, Error> {
        if content.is_empty() {
            return match self.delete(name).await {
                Err(error) if error.kind() != ErrorKind::FileNotFound => Err(error),
                _ => self.create_empty(name).await.map(|()| true),
            };
        }
        match self.update(name, content.as_str()).await {
            Err(error) if error.kind() == ErrorKind::FileNotFound => {
                self.create(name, content).await.map(|()| true)
            }
            updated => updated.map(|()| false),
        }
    }

    /// Replaces the content of a file.
    ///
    /// # Errors
    ///
    /// `FileNotFound`, `TooLarge`, `Locked`; `Invalid` for empty content, which the service refuses: delete the
    /// file and create it empty.
    pub async fn update<N>(&self, name: N, content: impl Into<String>) -> Result<(), Error>
    where
        N: TryInto<FileName>,
        Error: From<N::Error>,
    {
        self.client.execute(self.requests.update(name, content.into())?).await
    }

    /// Replaces the whole set of the project's files with these. A file that is not in the list is deleted.
    ///
    /// Sending the same list again leads to the same files, so that the call is repeated when an answer is lost.
    ///
    /// # Errors
    ///
    /// `TooLarge`, `Locked`; `Invalid` where a name is in the list twice. The service may refuse the whole list because of
    /// an empty content: issue 280 of the official command line tool reports it.
    pub async fn replace_all<N>(
        &self,
        files: impl IntoIterator<Item = (N, String)>,
    ) -> Result<(), Error>
    where
        N: TryInto<FileName>,
        Error: From<N::Error>,
    {
        self.client.execute(self.requests.replace_all(files)?).await
    }

    /// Renames a file.
    ///
    /// # Errors
    ///
    /// `FileNotFound`; `FileExists` when the new name is taken; `Locked`.
    pub async fn rename<N, M>(&self, name: N, new_name: M) -> Result<(), Error>
    where
        N: TryInto<RemoteName>,
        M: TryInto<FileName>,
        Error: From<N::Error> + From<M::Error>,
    {
        self.client.execute(self.requests.rename(name, new_name)?).await
    }

    /// Applies a unified diff, as `git diff` writes it, over one or more files: all of it or nothing.
    ///
    /// # Errors
    ///
    /// `Refused` when it does not fit; `Locked`. In doubt it is not sent again, and the effect is unknown.
    pub async fn patch(&self, patch: impl Into<String>) -> Result<(), Error> {
        self.client.execute(self.requests.patch(patch.into())).await
    }

    /// Deletes a file.
    ///
    /// # Errors
    ///
    /// `FileNotFound`, `Locked`.
    pub async fn delete<N>(&self, name: N) -> Result<(), Error>
    where
        N: TryInto<RemoteName>,
        Error: From<N::Error>,
    {
        self.client.execute(self.requests.delete(name)?).await
    }
}
