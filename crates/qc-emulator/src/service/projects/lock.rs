//! Who may write: a project is edited in one environment at a time.

use qc_proto::{AcquireLock, Empty, ProjectId, encode_success};

use crate::{
    record::Applied,
    request::read::SignedRequest,
    service::{Service, refusal::Refusal, stored_project::StoredProject},
};

impl Service {
    /// `projects/collaboration/lock/acquire`. The API has no endpoint to release a lock, so that it can only be of use
    /// when it takes the lock from whoever has it.
    pub(crate) fn acquire_lock(&mut self, request: &SignedRequest) -> Result<Vec<u8>, Refusal> {
        let AcquireLock { project_id, code_source_id, .. } = request.fields()?;
        if code_source_id.is_empty() {
            return Err(Refusal::not_valid("codeSourceId: must not be empty"));
        }
        let project = self.store.project(request.user, project_id)?;
        match &project.edited_in {
            Some(holder) if self.firm_locks && *holder != code_source_id => {
                return Err(Refusal::locked(holder));
            }
            _ => {}
        }
        let name = project.name.clone();
        self.hold(project_id, Some(code_source_id), true);
        self.applied.push(Applied::new("projects/collaboration/lock/acquire", project_id, &name));
        Ok(encode_success(&Empty {}))
    }

    pub(crate) fn hold(&mut self, project: ProjectId, edited_in: Option<String>, must_read: bool) {
        if let Some(project) = self.store.get_mut(project) {
            (project.edited_in, project.must_read) = (edited_in, must_read);
        }
    }

    /// Whoever acquired the project has read files of it, and may write now.
    pub(crate) fn note_reading(&mut self, request: &SignedRequest, id: ProjectId) {
        let project = self.store.get(id).filter(|project| project.must_read);
        let holder = project.and_then(|project| project.edited_in.clone());
        if holder.is_some() && holder == request.code_source() {
            self.hold(id, holder, false);
        }
    }

    /// A project that this request may change.
    pub(crate) fn writable(
        &self,
        request: &SignedRequest,
        id: ProjectId,
    ) -> Result<&StoredProject, Refusal> {
        let project = self.store.project(request.user, id)?;
        match (&project.edited_in, request.code_source()) {
            (Some(holder), Some(source)) if *holder != source => Err(Refusal::locked(holder)),
            (Some(holder), Some(_)) if project.must_read => Err(Refusal::not_read(holder)),
            _ => Ok(project),
        }
    }
}
