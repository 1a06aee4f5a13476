//! `files/*`

use qc_proto::{
    CreateFile, DeleteFile, Done, FileList, PatchFiles, ReadFile, ReadFiles, RenameFile,
    UpdateFile, encode_files, encode_success,
};

use crate::{
    faults::record::Applied,
    request::asked::Asked,
    service::{emulator::Emulator, patch, refusal::Refusal},
};

type Answered = Result<Vec<u8>, Refusal>;

impl Emulator {
    pub(crate) fn create_file(&mut self, asked: &Asked) -> Answered {
        let CreateFile { project_id, name, content, .. } = asked.fields()?;
        let project = self.writable(asked, project_id)?;
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
        self.store.put(project_id, name.as_str(), &content, asked.wall);
        self.apply(Applied::new("files/create", project_id, name.as_str()));
        Ok(encode_success(&Done {}))
    }

    pub(crate) fn read_files(&mut self, asked: &Asked) -> Answered {
        let (id, files) = if asked.has("name") {
            let ReadFile { project_id, name, .. } = asked.fields()?;
            let file = self.store.project(asked.user, project_id)?.file(project_id, name.as_str());
            (project_id, vec![file.ok_or_else(|| Refusal::file_not_found(name))?])
        } else {
            let ReadFiles { project_id, include_libraries, .. } = asked.fields()?;
            let asked_for = include_libraries == Some(true);
            (project_id, self.all_files(asked.user, project_id, asked_for)?)
        };
        self.note_reading(asked, id);
        Ok(encode_files(&FileList::new(files)))
    }

    /// Contents or name: `newName` tells.
    pub(crate) fn update_file(&mut self, asked: &Asked) -> Answered {
        if asked.has("newName") {
            let RenameFile { project_id, name, new_name, .. } = asked.fields()?;
            self.writable(asked, project_id)?;
            self.store.rename(project_id, name.as_str(), new_name.as_str())?;
            self.apply(Applied::new("files/update", project_id, new_name.as_str()));
            return Ok(encode_success(&Done {}));
        }
        let UpdateFile { project_id, name, content, .. } = asked.fields()?;
        if self.writable(asked, project_id)?.content(name.as_str()).is_none() {
            return Err(Refusal::file_not_found(name));
        }
        if content.is_empty() {
            return Err(Refusal::empty_content());
        }
        self.check_size(&content)?;
        self.store.put(project_id, name.as_str(), &content, asked.wall);
        self.apply(Applied::new("files/update", project_id, name.as_str()));
        Ok(encode_success(&Done {}))
    }

    pub(crate) fn patch_files(&mut self, asked: &Asked) -> Answered {
        let PatchFiles { project_id, patch, .. } = asked.fields()?;
        let project = self.writable(asked, project_id)?;
        let patched = patch::apply(&patch, |name| project.content(name))?;
        if patched.values().any(String::is_empty) {
            return Err(Refusal::empty_content());
        }
        for content in patched.values() {
            self.check_size(content)?;
        }
        for (name, content) in &patched {
            self.store.put(project_id, name, content, asked.wall);
        }
        let names: Vec<&str> = patched.keys().map(String::as_str).collect();
        self.apply(Applied::new("files/patch", project_id, &names.join(", ")));
        Ok(encode_success(&Done {}))
    }

    pub(crate) fn delete_file(&mut self, asked: &Asked) -> Answered {
        let DeleteFile { project_id, name, .. } = asked.fields()?;
        self.writable(asked, project_id)?;
        self.store.remove(project_id, name.as_str())?;
        self.apply(Applied::new("files/delete", project_id, name.as_str()));
        Ok(encode_success(&Done {}))
    }
}
