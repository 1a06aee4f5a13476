//! The libraries that the projects of a workspace use, and that have no folder in it yet.

use std::collections::{BTreeMap, BTreeSet};

use qc_files::{ErrorKind, Project, ProjectId};
use qc_sync::project_place;

use crate::{
    advice,
    arguments::LibraryArgs,
    commands::{
        download::{download, is_free},
        workspace::{
            Work,
            table::{Line, State},
        },
    },
    exit::Exit,
    text::count,
};

impl Work<'_> {
    /// Downloads each of them, and those that they use, into a folder at the path that their name says.
    pub(super) async fn clone_libraries(&self) -> Vec<Line> {
        let mut met: BTreeSet<ProjectId> =
            self.members.iter().filter_map(|member| member.project).collect();
        let present = met.iter().filter_map(|id| self.known.get(id));
        let present = present.filter(|project| !project.is_in_recycle_bin());
        let mut wanted = BTreeMap::new();
        present.for_each(|project| want(&mut wanted, project));
        let mut lines = Vec::new();
        while let Some((id, owner)) = wanted.pop_first() {
            if self.stopped.get() || !met.insert(id) {
                continue;
            }
            match self.clone_library(id, owner).await {
                Ok((line, project)) => {
                    lines.push(line);
                    project.iter().for_each(|project| want(&mut wanted, project));
                }
                Err(error) => {
                    let words = format!("failed: {}", advice::describe(&error));
                    let exit = Exit::from_error(&error);
                    lines.push(Line { exit, ..line(id, None, State::Failed, words) });
                }
            }
        }
        lines
    }

    /// Returns the project too if its folder was made.
    async fn clone_library(
        &self,
        id: ProjectId,
        owner: Option<i64>,
    ) -> anyhow::Result<(Line, Option<Project>)> {
        let project = match self.known.get(&id) {
            Some(known) => known.clone(),
            None => match self.client.read_project(id).await {
                // Whoever may use a library need not be allowed to look at it.
                Err(error)
                    if matches!(error.kind(), ErrorKind::ProjectNotFound | ErrorKind::Refused) =>
                {
                    let words = "a library that cannot be looked at, left alone".to_owned();
                    return Ok((line(id, None, State::LeftAlone, words), None));
                }
                read => read?,
            },
        };
        let leave =
            |words: &str| Ok((line(id, Some(&project), State::LeftAlone, words.to_owned()), None));
        if project.is_in_recycle_bin() {
            return leave("a library in the recycle bin, left alone");
        }
        if project.is_encrypted() {
            return leave("an encrypted library, left alone");
        }
        let Some(place) = project_place(&project.name) else {
            return leave("a library whose name no folder can have, left alone");
        };
        let directory = self.workspace.root().join(place.as_str());
        if !is_free(&directory) {
            let (left, project) =
                leave("a library whose folder is there and not empty, left alone")?;
            return Ok((Line { exit: Exit::Partly, ..left }, project));
        }
        let libraries = LibraryArgs { with_libraries: false };
        let made = download(self.client, &self.printer, &project, &directory, libraries).await?;
        let mut words = format!("library cloned: {}", count(made.files, "file"));
        if let (Some(owner), Some(theirs)) = (owner, project.owner_id)
            && owner != theirs
        {
            words += ", of another owner";
        }
        Ok((line(id, Some(&project), State::Changed, words), Some(project)))
    }
}

/// Adds the libraries of a project, with its owner.
fn want(wanted: &mut BTreeMap<ProjectId, Option<i64>>, project: &Project) {
    for library in project.libraries.iter().flatten() {
        wanted.insert(*library, project.owner_id);
    }
}

fn line(id: ProjectId, project: Option<&Project>, state: State, words: String) -> Line {
    let name = project.map(|project| project.name.trim_start_matches('/').to_owned());
    let folder = name.unwrap_or_else(|| id.to_string());
    Line { folder, project_id: Some(id), state, words, exit: Exit::Done, report: None }
}
