//! Files of projects as resources, `qc://project/ID/NAME`, and notices when they change.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use qc_files::{ProjectFile, ProjectId};
use rmcp::{
    ErrorData,
    model::{
        ListResourceTemplatesResult, ListResourcesResult, ReadResourceResult, Resource,
        ResourceContents, ResourceTemplate, ResourceUpdatedNotificationParam,
    },
};

use crate::commands::mcp::{
    failure::Failure,
    server::Call,
    tools::{CHARS, digest},
};

const SCHEME: &str = "qc://project/";

/// The form of the names of all files.
pub(super) fn templates() -> ListResourceTemplatesResult {
    let template =
        ResourceTemplate::new(format!("{SCHEME}{{projectId}}/{{+name}}"), "project file")
            .with_description("A file of a project, by the project's number and the file's name");
    ListResourceTemplatesResult::with_all_items(vec![template])
}

fn uri(file: &ProjectFile, id: ProjectId) -> String {
    format!("{SCHEME}{id}/{}", file.name.as_str())
}

fn parse(uri: &str) -> Result<(ProjectId, &str), ErrorData> {
    let rest = uri.strip_prefix(SCHEME).and_then(|rest| rest.split_once('/'));
    let parsed = rest.and_then(|(id, name)| Some((id.parse().ok()?, name)));
    parsed.ok_or_else(|| {
        let message = format!("`{uri}` is not written as {SCHEME}ID/NAME");
        ErrorData::resource_not_found(message, None)
    })
}

fn error(failure: &Failure) -> ErrorData {
    ErrorData::internal_error("the file cannot be read", Some(failure.to_json()))
}

impl Call {
    /// The files of the projects that the user has named. Without any there would be too many.
    pub(super) async fn resources(&self) -> Result<ListResourcesResult, ErrorData> {
        let mut resources = Vec::new();
        for id in self.settings.rails.projects().unwrap_or_default() {
            let project = self.project(*id).map_err(|failure| error(&failure))?;
            let list = project.read_all().await.map_err(|failed| error(&failed.into()))?;
            let own = list.files.iter().filter(|file| !file.is_of_library());
            resources.extend(own.map(|file| Resource::new(uri(file, *id), file.name.as_str())));
        }
        Ok(ListResourcesResult::with_all_items(resources))
    }

    pub(super) async fn read_resource(&self, uri: &str) -> Result<ReadResourceResult, ErrorData> {
        let (id, name) = parse(uri)?;
        let project = self.project(id).map_err(|failure| error(&failure))?;
        let file = project.read(name).await.map_err(|failed| error(&failed.into()))?;
        if file.content.chars().count() > CHARS {
            let message =
                format!("the file has more than {CHARS} characters: use read_file with startLine");
            return Err(ErrorData::invalid_params(message, None));
        }
        Ok(ReadResourceResult::new(vec![ResourceContents::text(file.content, uri)]))
    }
}

/// The files of which a client wants to hear when they change.
#[derive(Default)]
pub(super) struct Watched(Mutex<State>);

#[derive(Default)]
struct State {
    /// The digest of each when it was last read. None if it was not there.
    files: BTreeMap<String, Option<String>>,
    /// Whether the readings have begun.
    is_followed: bool,
}

impl Watched {
    /// Adds a file. The first one begins the readings, which end with the last one or with the client.
    pub(super) async fn add(self: Arc<Self>, call: Call, uri: &str) -> Result<(), ErrorData> {
        let (id, name) = parse(uri)?;
        let project = call.project(id).map_err(|failure| error(&failure))?;
        let now = project.read(name).await.map(|file| digest(&file.content)).ok();
        let is_followed = {
            let mut state = self.state();
            state.files.insert(uri.to_owned(), now);
            std::mem::replace(&mut state.is_followed, true)
        };
        if !is_followed {
            tokio::spawn(self.follow(call));
        }
        Ok(())
    }

    pub(super) fn remove(&self, uri: &str) {
        self.state().files.remove(uri);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the files to read. None if nobody wants to hear of any: then the readings end.
    fn next(&self) -> Option<BTreeMap<String, Option<String>>> {
        let mut state = self.state();
        state.is_followed = !state.files.is_empty();
        state.is_followed.then(|| state.files.clone())
    }

    async fn follow(self: Arc<Self>, call: Call) {
        loop {
            tokio::time::sleep(call.settings.poll).await;
            let Some(known) = self.next().filter(|_| !call.peer.is_transport_closed()) else {
                return;
            };
            for (uri, before) in known {
                let Ok((id, name)) = parse(&uri) else { continue };
                let Ok(project) = call.project(id) else { continue };
                // What cannot be read now is not taken for changed.
                let now = match project.read(name).await {
                    Ok(file) => Some(digest(&file.content)),
                    Err(error) if error.kind() == qc_files::ErrorKind::FileNotFound => None,
                    Err(_) => continue,
                };
                if now != before {
                    let params = ResourceUpdatedNotificationParam::new(uri.clone());
                    if call.peer.notify_resource_updated(params).await.is_err() {
                        return;
                    }
                    if let Some(known) = self.state().files.get_mut(&uri) {
                        *known = now;
                    }
                }
            }
        }
    }
}
