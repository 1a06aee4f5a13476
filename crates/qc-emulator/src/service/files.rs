//! `files/*`

use qc_proto::{
    CreateFile, DeleteFile, Empty, FileList, PatchFiles, ReadFile, ReadFiles, RenameFile,
    UpdateFile, encode_files, encode_success,
};

use crate::{
    record::Applied,
    request::read::SignedRequest,
    service::{Answered, Service, patch, refusal::Refusal},
};

impl Service {
    pub(crate) fn create_file(&mut self, request: &SignedRequest) -> Answered {
        let CreateFile { project_id, name, content, .. } = request.fields()?;
        let project = self.writable(request, project_id)?;
        if project.content(name.as_str()).is_some() {
            return Err(Refusal::file_exists(name));
        }
        let count = project.names().count() + 1;
        if content.as_deref() == Some("") {
            return Err(Refusal::empty_content());
        }
        let content = content.unwrap_or_default();
        self.check_count(count)?;
        self.check_size(&content)?;
        self.store.put(project_id, name.as_str(), &content, request.wall);
        self.applied.push(Applied::new("files/create", project_id, name.as_str()));
        Ok(encode_success(&Empty {}))
    }

    pub(crate) fn read_files(&mut self, request: &SignedRequest) -> Answered {
        let (id, files) = if request.has("name") {
            let ReadFile { project_id, name, .. } = request.fields()?;
            let file =
                self.store.project(request.user, project_id)?.file(project_id, name.as_str());
            (project_id, vec![file.ok_or_else(|| Refusal::file_not_found(name))?])
        } else {
            let ReadFiles { project_id, include_libraries, .. } = request.fields()?;
            let asked_for = include_libraries == Some(true);
            (project_id, self.all_files(request.user, project_id, asked_for)?)
        };
        self.note_reading(request, id);
        Ok(encode_files(&FileList::new(files)))
    }

    /// Contents or name: `newName` tells.
    pub(crate) fn update_file(&mut self, request: &SignedRequest) -> Answered {
        if request.has("newName") {
            let RenameFile { project_id, name, new_name, .. } = request.fields()?;
            self.writable(request, project_id)?;
            self.store.rename(project_id, name.as_str(), new_name.as_str())?;
            self.applied.push(Applied::new("files/update", project_id, new_name.as_str()));
            return Ok(encode_success(&Empty {}));
        }
        let UpdateFile { project_id, name, content, .. } = request.fields()?;
        if self.writable(request, project_id)?.content(name.as_str()).is_none() {
            return Err(Refusal::file_not_found(name));
        }
        if content.is_empty() {
            return Err(Refusal::empty_content());
        }
        self.check_size(&content)?;
        self.store.put(project_id, name.as_str(), &content, request.wall);
        self.applied.push(Applied::new("files/update", project_id, name.as_str()));
        Ok(encode_success(&Empty {}))
    }

    pub(crate) fn patch_files(&mut self, request: &SignedRequest) -> Answered {
        let PatchFiles { project_id, patch, .. } = request.fields()?;
        let project = self.writable(request, project_id)?;
        let patched = patch::apply(&patch, |name| project.content(name))?;
        if patched.values().any(String::is_empty) {
            return Err(Refusal::empty_content());
        }
        for content in patched.values() {
            self.check_size(content)?;
        }
        for (name, content) in &patched {
            self.store.put(project_id, name, content, request.wall);
        }
        let names: Vec<&str> = patched.keys().map(String::as_str).collect();
        self.applied.push(Applied::new("files/patch", project_id, &names.join(", ")));
        Ok(encode_success(&Empty {}))
    }

    pub(crate) fn delete_file(&mut self, request: &SignedRequest) -> Answered {
        let DeleteFile { project_id, name, .. } = request.fields()?;
        self.writable(request, project_id)?;
        self.store.remove(project_id, name.as_str())?;
        self.applied.push(Applied::new("files/delete", project_id, name.as_str()));
        Ok(encode_success(&Empty {}))
    }
}
