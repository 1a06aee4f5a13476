//! Who may write: a project is edited in one environment at a time.

use qc_proto::{AcquireLock, Done, ProjectId, encode_success};

use crate::{
    faults::record::Applied,
    request::asked::Asked,
    service::{emulator::Emulator, refusal::Refusal, stored_project::StoredProject},
};

impl Emulator {
    /// Refuses to let another environment acquire a project that one holds. Without this, whoever acquires it last holds it.
    #[must_use]
    pub fn with_firm_locks(mut self) -> Self {
        self.firm_locks = true;
        self
    }

    /// Lets a project be edited in one environment, such as `web-ide`, as if its user had opened it there: writes that
    /// name another `codeSourceId` are refused, and writes that name none are forced through. Whoever held it before
    /// does so no longer. Nothing happens where there is no such project.
    pub fn lock(&mut self, project: ProjectId, code_source_id: &str) {
        self.hold(project, Some(code_source_id.to_owned()), false);
        self.settle();
    }

    /// Lets a project be edited from everywhere again.
    pub fn unlock(&mut self, project: ProjectId) {
        self.hold(project, None, false);
        self.settle();
    }

    /// `projects/collaboration/lock/acquire`. The API has no endpoint to release a lock, so that it can only be of use
    /// when it takes the lock from whoever has it.
    pub(crate) fn acquire_lock(&mut self, asked: &Asked) -> Result<Vec<u8>, Refusal> {
        let AcquireLock { project_id, code_source_id } = asked.fields()?;
        if code_source_id.is_empty() {
            return Err(Refusal::not_valid("codeSourceId: must not be empty"));
        }
        let project = self.store.project(asked.user, project_id)?;
        match &project.edited_in {
            Some(holder) if self.firm_locks && *holder != code_source_id => {
                return Err(Refusal::locked(holder));
            }
            _ => {}
        }
        let name = project.name.clone();
        self.hold(project_id, Some(code_source_id), true);
        self.apply(Applied::new("projects/collaboration/lock/acquire", project_id, &name));
        Ok(encode_success(&Done {}))
    }

    fn hold(&mut self, project: ProjectId, edited_in: Option<String>, must_read: bool) {
        if let Some(project) = self.store.get_mut(project) {
            (project.edited_in, project.must_read) = (edited_in, must_read);
        }
    }

    /// Whoever acquired the project has read files of it, and may write now.
    pub(crate) fn note_reading(&mut self, asked: &Asked, id: ProjectId) {
        let project = self.store.get(id).filter(|project| project.must_read);
        let holder = project.and_then(|project| project.edited_in.clone());
        if holder.is_some() && holder == asked.code_source() {
            self.hold(id, holder, false);
        }
    }

    /// A project that this request may change.
    pub(crate) fn writable(&self, asked: &Asked, id: ProjectId) -> Result<&StoredProject, Refusal> {
        let project = self.store.project(asked.user, id)?;
        match (&project.edited_in, asked.code_source()) {
            (Some(holder), Some(source)) if *holder != source => Err(Refusal::locked(holder)),
            (Some(holder), Some(_)) if project.must_read => Err(Refusal::not_read(holder)),
            _ => Ok(project),
        }
    }
}
