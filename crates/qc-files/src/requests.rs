//! The requests behind the methods of a project's files.

use qc_proto::{
    AcquireLock, CreateFile, DeleteFile, Error, FileName, Invalid, NewFile, PatchFiles, ProjectId,
    ReadFile, ReadFiles, RemoteName, RenameFile, UpdateFile, UpdateProject,
};

/// Makes requests for one project, whoever sends them.
#[derive(Clone, Debug)]
pub(crate) struct Requests {
    pub(crate) project_id: ProjectId,
    code_source: Option<String>,
}

impl Requests {
    pub(crate) fn new(project_id: ProjectId, code_source: Option<String>) -> Self {
        Self { project_id, code_source }
    }

    pub(crate) fn create<N>(&self, name: N, content: Option<String>) -> Result<CreateFile, Error>
    where
        N: TryInto<FileName>,
        Error: From<N::Error>,
    {
        let mut create = CreateFile::empty(self.project_id, name.try_into()?);
        create.content = content;
        create.code_source_id = self.code_source.clone();
        Ok(create)
    }

    pub(crate) fn read<N>(&self, name: N) -> Result<ReadFile, Error>
    where
        N: TryInto<RemoteName>,
        Error: From<N::Error>,
    {
        let mut read = ReadFile::new(self.project_id, name.try_into()?);
        read.code_source_id = self.code_source.clone();
        Ok(read)
    }

    pub(crate) fn read_all(&self, include_libraries: Option<bool>) -> ReadFiles {
        let mut read = ReadFiles::all(self.project_id);
        read.include_libraries = include_libraries;
        read.code_source_id = self.code_source.clone();
        read
    }

    pub(crate) fn update_project(&self, mut update: UpdateProject) -> UpdateProject {
        update.project_id = self.project_id;
        update.code_source_id = self.code_source.clone();
        update
    }

    pub(crate) fn acquire_lock(&self) -> Result<AcquireLock, Error> {
        let why = "edit control is given to an environment: name it with `Builder::code_source`";
        let code_source_id =
            self.code_source.clone().ok_or_else(|| Invalid::new("codeSourceId", why))?;
        Ok(AcquireLock::new(self.project_id, code_source_id))
    }

    pub(crate) fn update<N>(&self, name: N, content: String) -> Result<UpdateFile, Error>
    where
        N: TryInto<FileName>,
        Error: From<N::Error>,
    {
        let mut update = UpdateFile::new(self.project_id, name.try_into()?, content);
        update.code_source_id = self.code_source.clone();
        Ok(update)
    }

    pub(crate) fn replace_all<N>(
        &self,
        files: impl IntoIterator<Item = (N, String)>,
    ) -> Result<UpdateProject, Error>
    where
        N: TryInto<FileName>,
        Error: From<N::Error>,
    {
        let file = |(name, content): (N, String)| Ok(NewFile::new(name.try_into()?, content));
        let files = files.into_iter().map(file).collect::<Result<_, Error>>()?;
        let mut update = UpdateProject::new(self.project_id);
        update.files = Some(files);
        update.code_source_id = self.code_source.clone();
        Ok(update)
    }

    pub(crate) fn rename<N, M>(&self, name: N, new_name: M) -> Result<RenameFile, Error>
    where
        N: TryInto<RemoteName>,
        M: TryInto<FileName>,
        Error: From<N::Error> + From<M::Error>,
    {
        let mut rename = RenameFile::new(self.project_id, name.try_into()?, new_name.try_into()?);
        rename.code_source_id = self.code_source.clone();
        Ok(rename)
    }

    pub(crate) fn patch(&self, patch: String) -> PatchFiles {
        let mut patch = PatchFiles::new(self.project_id, patch);
        patch.code_source_id = self.code_source.clone();
        patch
    }

    pub(crate) fn delete<N>(&self, name: N) -> Result<DeleteFile, Error>
    where
        N: TryInto<RemoteName>,
        Error: From<N::Error>,
    {
        let mut delete = DeleteFile::new(self.project_id, name.try_into()?);
        delete.code_source_id = self.code_source.clone();
        Ok(delete)
    }
}
