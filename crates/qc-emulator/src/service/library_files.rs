//! The files of a project's libraries among its own.

use qc_proto::{ProjectFile, ProjectId, UserId};

use crate::service::{Service, refusal::Refusal};

/// Where the files of a project's libraries stand when all its files are read. They are marked `isLibrary`, carry the
/// number of the library, and may have the names of the project's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum LibraryFiles {
    /// Behind the project's own, where `includeLibraries` asks for them; nowhere else.
    #[default]
    WhenAsked,
    /// Behind the project's own, asked for or not.
    Last,
    /// Before the project's own, asked for or not.
    First,
}

impl Service {
    /// All files of a project, as a reading that names none answers them.
    pub(crate) fn all_files(
        &self,
        user: UserId,
        id: ProjectId,
        asked_for: bool,
    ) -> Result<Vec<ProjectFile>, Refusal> {
        let project = self.store.project(user, id)?;
        let mut files = project.files(id);
        let at = match self.library_files {
            LibraryFiles::WhenAsked if !asked_for => return Ok(files),
            LibraryFiles::First => 0,
            _ => files.len(),
        };
        let mut theirs = Vec::new();
        for library in &project.settings.libraries {
            theirs.extend(self.store.project(user, *library)?.files(*library));
        }
        theirs.iter_mut().for_each(|file| file.is_library = Some(true));
        files.splice(at..at, theirs);
        Ok(files)
    }
}
