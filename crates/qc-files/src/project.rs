//! The files of one project.

use qc_proto::{
    CreateFile, DeleteFile, Error, FileName, PatchFiles, ProjectFile, ProjectId, ReadFile,
    ReadFiles, RemoteName, RenameFile, UpdateFile,
};

use crate::Client;

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
    id: ProjectId,
}

impl ProjectFiles {
    pub(crate) fn new(client: Client, id: ProjectId) -> Self {
        Self { client, id }
    }

    /// The project's number.
    #[must_use]
    pub fn id(&self) -> ProjectId {
        self.id
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
        self.create_file(name.try_into()?, Some(content.into())).await
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
        self.create_file(name.try_into()?, None).await
    }

    async fn create_file(&self, name: FileName, content: Option<String>) -> Result<(), Error> {
        let code_source_id = self.code_source();
        self.client.execute(CreateFile { project_id: self.id, name, content, code_source_id }).await
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
        self.client.execute(ReadFile { project_id: self.id, name: name.try_into()? }).await
    }

    /// Reads all files of the project, without its libraries'.
    ///
    /// # Errors
    ///
    /// `TooLarge` when the answer is over the policy's limit.
    pub async fn read_all(&self) -> Result<Vec<ProjectFile>, Error> {
        self.client.execute(ReadFiles::all(self.id)).await
    }

    /// Reads all files of the project and of the libraries that it uses.
    ///
    /// # Errors
    ///
    /// As [`read_all`](Self::read_all).
    pub async fn read_all_with_libraries(&self) -> Result<Vec<ProjectFile>, Error> {
        self.client.execute(ReadFiles::with_libraries(self.id)).await
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
        let (name, content) = (name.try_into()?, content.into());
        let code_source_id = self.code_source();
        self.client.execute(UpdateFile { project_id: self.id, name, content, code_source_id }).await
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
        let (name, new_name) = (name.try_into()?, new_name.try_into()?);
        let code_source_id = self.code_source();
        self.client
            .execute(RenameFile { project_id: self.id, name, new_name, code_source_id })
            .await
    }

    /// Applies a unified diff, as `git diff` writes it, over one or more files: all of it or nothing.
    ///
    /// # Errors
    ///
    /// `Refused` when it does not fit; `Locked`. In doubt it is not sent again, and the effect is unknown.
    pub async fn patch(&self, patch: impl Into<String>) -> Result<(), Error> {
        let (patch, code_source_id) = (patch.into(), self.code_source());
        self.client.execute(PatchFiles { project_id: self.id, patch, code_source_id }).await
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
        let (name, code_source_id) = (name.try_into()?, self.code_source());
        self.client.execute(DeleteFile { project_id: self.id, name, code_source_id }).await
    }

    fn code_source(&self) -> Option<String> {
        self.client.inner.code_source.clone()
    }
}
