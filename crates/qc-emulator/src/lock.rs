//! Who may write: a project is edited in one environment at a time.

use qc_proto::{Done, ProjectId, encode_success};
use serde::Deserialize;

use crate::{Applied, Emulator, asked::Asked, refusal::Refusal, stored_project::StoredProject};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct AcquireLock {
    project_id: ProjectId,
    code_source_id: String,
}

impl Emulator {
    /// Lets a project be edited in one environment, such as `web-ide`, as if its user had opened it there: writes that
    /// name another `codeSourceId` are refused, and writes that name none are forced through. Whoever held it before
    /// does so no longer. Nothing happens where there is no such project.
    pub fn lock(&mut self, project: ProjectId, code_source_id: &str) {
        if let Some(project) = self.store.get_mut(project) {
            project.edited_in = Some(code_source_id.to_owned());
        }
        self.settle();
    }

    /// Lets a project be edited from everywhere again.
    pub fn unlock(&mut self, project: ProjectId) {
        if let Some(project) = self.store.get_mut(project) {
            project.edited_in = None;
        }
        self.settle();
    }

    /// `projects/collaboration/lock/acquire`. The API has no endpoint to release a lock, so that it can only be of use
    /// when it takes the lock from whoever has it.
    pub(crate) fn acquire_lock(&mut self, asked: &Asked) -> Result<Vec<u8>, Refusal> {
        let AcquireLock { project_id, code_source_id } = asked.fields()?;
        if code_source_id.is_empty() {
            return Err(Refusal::not_valid("codeSourceId: must not be empty"));
        }
        let name = self.store.project(asked.user, project_id)?.name.clone();
        self.store.project_mut(asked.user, project_id)?.edited_in = Some(code_source_id);
        self.apply(Applied::new("projects/collaboration/lock/acquire", project_id, &name));
        Ok(encode_success(&Done {}))
    }

    /// A project that this request may change.
    pub(crate) fn writable(&self, asked: &Asked, id: ProjectId) -> Result<&StoredProject, Refusal> {
        let project = self.store.project(asked.user, id)?;
        match (&project.edited_in, asked.code_source()) {
            (Some(holder), Some(source)) if *holder != source => Err(Refusal::locked(holder)),
            _ => Ok(project),
        }
    }
}
