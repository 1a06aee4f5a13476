//! The names that a line is completed with: of projects, and of files.

use std::time::Duration;

use qc_files::{Client, ProjectId};
use tokio::runtime;

use crate::{
    completion::{Line, cache},
    output::printer::Printer,
    place::{connect, folder::ProjectFolder, project},
};

/// Nobody waits longer than this for a completion.
const PATIENCE: Duration = Duration::from_millis(1500);

/// Returns the number and the name of each project.
pub(super) fn projects(line: &Line) -> Vec<(String, String)> {
    remembered(line, "projects", async |client| {
        let mut projects = client.projects().await.ok()?.projects;
        projects.retain(|project| !project.is_in_recycle_bin());
        let fields = |project: &qc_files::Project| {
            (project.project_id.to_string(), project::bare(&project.name).to_owned())
        };
        Some(projects.iter().map(fields).collect())
    })
}

/// Returns the names of the files in the cloud as they are typed here.
pub(super) fn cloud_files(line: &Line) -> Vec<String> {
    if let Some(asked) = &line.project {
        return named(line, asked).map_or_else(Vec::new, |id| files_of(line, id));
    }
    let Ok(folder) = ProjectFolder::find() else { return Vec::new() };
    let known = in_step();
    if !known.is_empty() {
        return known;
    }
    let names = files_of(line, folder.project_id());
    names.iter().filter_map(|name| folder.typed(name)).collect()
}

/// Returns the names of the files that were in step when they last were, as they are typed here.
pub(super) fn in_step() -> Vec<String> {
    let Ok(folder) = ProjectFolder::find() else { return Vec::new() };
    let names = qc_sync::names_in_step(&folder.root, folder.project_id());
    names.iter().filter_map(|name| folder.typed(name.as_str())).collect()
}

fn named(line: &Line, asked: &str) -> Option<ProjectId> {
    project::number(asked).or_else(|| {
        let projects = projects(line);
        let found = projects.iter().find(|(_, name)| name == project::bare(asked));
        found.and_then(|(number, _)| number.parse().ok())
    })
}

fn files_of(line: &Line, id: ProjectId) -> Vec<String> {
    remembered(line, &format!("files-{id}"), async |client| {
        let files = client.project(id).ok()?.read_all_encoded::<()>().await.ok()?.files;
        Some(files.iter().map(|file| file.name.as_str().to_owned()).collect())
    })
}

/// Returns what was asked for lately, or asks the service.
fn remembered<T: cache::Names>(
    line: &Line,
    what: &str,
    ask: impl AsyncFnOnce(Client) -> Option<T>,
) -> T {
    let (arguments, printer) = (&line.arguments, Printer::new(&line.arguments));
    let Ok(found) = connect::find_credentials(arguments) else { return T::default() };
    let Ok(service) = connect::service_url(arguments) else { return T::default() };
    let key = format!("{what}-{}-{service}", found.credentials.user_id());
    cache::or_else(&key, || {
        let client = connect::client_with(arguments, &printer, found.credentials).ok()?;
        let runtime = runtime::Builder::new_current_thread().enable_all().build().ok()?;
        let asked = runtime.block_on(async { tokio::time::timeout(PATIENCE, ask(client)).await });
        // A thread may still wait for a name server.
        runtime.shutdown_background();
        asked.ok().flatten()
    })
}
