//! The folders of projects in a workspace.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use qc_files::ProjectId;
use qc_sync::{CONFIG, Config, Workspace};

use crate::error::CliError;

/// Folders that are no projects', whatever is in them. Hidden ones are passed over too.
const PASSED_OVER: [&str; 2] = ["node_modules", "backtests"];

/// A project's folder.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    /// Its path below the workspace, with `/` between folders.
    pub(crate) path: String,
    pub(crate) root: PathBuf,
    /// The project that it belongs to. None if it belongs to none, or if that cannot be read.
    pub(crate) project: Option<ProjectId>,
    /// The folders of the libraries that it uses.
    pub(crate) libraries: Vec<PathBuf>,
}

/// Finds the project folders of a workspace, in the order of their paths: those with a `config.json`, and none inside of one.
pub(crate) fn members(workspace: &Workspace) -> Result<Vec<Member>, CliError> {
    let mut members = Vec::new();
    let unreadable = |why| CliError::Unreadable { path: workspace.root().to_owned(), why };
    for folder in folders(workspace.root()).map_err(unreadable)? {
        collect(&folder, workspace, &mut members);
    }
    members.sort_by(|one, other| one.path.cmp(&other.path));
    let mut known: BTreeMap<ProjectId, &Member> = BTreeMap::new();
    for member in &members {
        let Some(project) = member.project else { continue };
        if let Some(other) = known.insert(project, member) {
            let (one, other) = (other.path.clone(), member.path.clone());
            return Err(CliError::SameProject { one, other, project: project.to_string() });
        }
    }
    Ok(members)
}

fn collect(folder: &Path, workspace: &Workspace, members: &mut Vec<Member>) {
    if workspace.data() == Some(folder) {
        return;
    }
    if fs::symlink_metadata(folder.join(CONFIG)).is_ok() {
        members.push(member(folder, workspace));
        return;
    }
    // What cannot be listed holds no project that could be read.
    for inside in folders(folder).unwrap_or_default() {
        collect(&inside, workspace, members);
    }
}

/// The folders in a folder; links are not followed.
fn folders(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut folders = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if entry.file_type()?.is_dir() && !name.starts_with('.') && !PASSED_OVER.contains(&&*name) {
            folders.push(entry.path());
        }
    }
    Ok(folders)
}

/// What cannot be read in its `config.json` is told when it is its turn.
fn member(root: &Path, workspace: &Workspace) -> Member {
    let inside = root.strip_prefix(workspace.root()).unwrap_or(root);
    let parts: Vec<_> = inside.iter().map(|part| part.to_string_lossy()).collect();
    let config = Config::read(root).ok().flatten();
    let libraries = config.as_ref().and_then(|config| config.library_paths().ok());
    let libraries = libraries.unwrap_or_default();
    let libraries = libraries.into_iter().map(|path| workspace.root().join(path)).collect();
    let project = config.as_ref().and_then(|config| config.project().ok()?);
    Member { path: parts.join("/"), root: root.to_owned(), project, libraries }
}

/// Groups members so that each library stands in an earlier group than what uses it.
pub(crate) fn libraries_first(members: &[Member]) -> Vec<Vec<&Member>> {
    let mut groups: Vec<Vec<&Member>> = Vec::new();
    for member in members {
        let depth = depth(member, members, &mut Vec::new());
        groups.resize_with(groups.len().max(depth + 1), Vec::new);
        groups[depth].push(member);
    }
    groups
}

/// How many libraries stand below a member, one using the other. A circle is cut where it closes.
fn depth<'a>(member: &'a Member, members: &'a [Member], above: &mut Vec<&'a Path>) -> usize {
    above.push(&member.root);
    let used = members.iter().filter(|other| member.libraries.contains(&other.root));
    let used: Vec<&Member> = used.filter(|other| !above.contains(&&*other.root)).collect();
    let depths = used.into_iter().map(|library| depth(library, members, above) + 1);
    let depth = depths.max().unwrap_or(0);
    above.pop();
    depth
}
