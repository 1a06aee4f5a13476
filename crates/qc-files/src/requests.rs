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
        let (name, code_source_id) = (name.try_into()?, self.code_source.clone());
        Ok(CreateFile { project_id: self.project_id, name, content, code_source_id })
    }

    pub(crate) fn read<N>(&self, name: N) -> Result<ReadFile, Error>
    where
        N: TryInto<RemoteName>,
        Error: From<N::Error>,
    {
        let (name, code_source_id) = (name.try_into()?, self.code_source.clone());
        Ok(ReadFile { project_id: self.project_id, name, code_source_id })
    }

    pub(crate) fn read_all(&self, include_libraries: Option<bool>) -> ReadFiles {
        let code_source_id = self.code_source.clone();
        ReadFiles { project_id: self.project_id, include_libraries, code_source_id }
    }

    pub(crate) fn update_project(&self, update: UpdateProject) -> UpdateProject {
        let (project_id, code_source_id) = (self.project_id, self.code_source.clone());
        UpdateProject { project_id, code_source_id, ..update }
    }

    pub(crate) fn acquire_lock(&self) -> Result<AcquireLock, Error> {
        let why = "edit control is given to an environment: name it with `Builder::code_source`";
        let code_source_id =
            self.code_source.clone().ok_or_else(|| Invalid::new("codeSourceId", why))?;
        Ok(AcquireLock { project_id: self.project_id, code_source_id })
    }

    pub(crate) fn update<N>(&self, name: N, content: String) -> Result<UpdateFile, Error>
    where
        N: TryInto<FileName>,
        Error: From<N::Error>,
    {
        let (name, code_source_id) = (name.try_into()?, self.code_source.clone());
        Ok(UpdateFile { project_id: self.project_id, name, content, code_source_id })
    }

    pub(crate) fn replace_all<N>(
        &self,
        files: impl IntoIterator<Item = (N, String)>,
    ) -> Result<UpdateProject, Error>
    where
        N: TryInto<FileName>,
        Error: From<N::Error>,
    {
        let file = |(name, content): (N, String)| Ok(NewFile { name: name.try_into()?, content });
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
        let (name, new_name) = (name.try_into()?, new_name.try_into()?);
        let code_source_id = self.code_source.clone();
        Ok(RenameFile { project_id: self.project_id, name, new_name, code_source_id })
    }

    pub(crate) fn patch(&self, patch: String) -> PatchFiles {
        let code_source_id = self.code_source.clone();
        PatchFiles { project_id: self.project_id, patch, code_source_id }
    }

    pub(crate) fn delete<N>(&self, name: N) -> Result<DeleteFile, Error>
    where
        N: TryInto<RemoteName>,
        Error: From<N::Error>,
    {
        let (name, code_source_id) = (name.try_into()?, self.code_source.clone());
        Ok(DeleteFile { project_id: self.project_id, name, code_source_id })
    }
}
