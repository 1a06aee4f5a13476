//! The folders of this machine that an agent may keep in step.

use std::{
    fs,
    path::{Path, PathBuf},
};

use rmcp::{RoleServer, service::Peer};

use crate::{commands::mcp::failure::Failure, error::CliError, place::folder::ProjectFolder};

/// The folders by their full paths.
pub(super) fn canonical(roots: &[PathBuf]) -> Result<Vec<PathBuf>, CliError> {
    let full = |root: &PathBuf| {
        fs::canonicalize(root).map_err(|why| CliError::NoDirectory { path: root.clone(), why })
    };
    roots.iter().map(full).collect()
}

/// Returns the folders below which projects may be kept in step: those of the options, else those that the client names, else the
/// current one.
pub(super) async fn all(chosen: &[PathBuf], peer: &Peer<RoleServer>) -> Vec<PathBuf> {
    if !chosen.is_empty() {
        return chosen.to_vec();
    }
    let named = named_by_client(peer).await;
    if !named.is_empty() {
        return named;
    }
    fs::canonicalize(".").into_iter().collect()
}

#[expect(
    deprecated,
    reason = "newer versions of the protocol have no roots; most clients speak an older one"
)]
async fn named_by_client(peer: &Peer<RoleServer>) -> Vec<PathBuf> {
    let has_roots = peer.peer_info().is_some_and(|info| info.capabilities.roots.is_some());
    if !has_roots {
        return Vec::new();
    }
    let Ok(listed) = peer.list_roots().await else { return Vec::new() };
    let path = |uri: &str| fs::canonicalize(uri.strip_prefix("file://")?).ok();
    listed.roots.iter().filter_map(|root| path(&root.uri)).collect()
}

/// Returns the project's folder at a path, which is relative to the first root.
pub(super) fn folder(roots: &[PathBuf], path: Option<&str>) -> Result<ProjectFolder, Failure> {
    let Some(first) = roots.first() else {
        return Err(Failure::new(
            "folder",
            "no folder of this machine may be used",
            "Ask the user to start the server with --root.",
        ));
    };
    let asked = first.join(path.unwrap_or("."));
    let is_inside = |place: &Path| roots.iter().any(|root| place.starts_with(root));
    let outside = || {
        let names: Vec<_> = roots.iter().map(|root| root.display().to_string()).collect();
        Failure::new(
            "forbidden",
            format!(
                "{} is outside of the folders that may be used: {}",
                asked.display(),
                names.join(", ")
            ),
            "Name a folder below one of these.",
        )
    };
    let full = fs::canonicalize(&asked).map_err(|why| {
        Failure::new(
            "folder",
            format!("{}: {why}", asked.display()),
            "Name a folder that is there.",
        )
    })?;
    if !is_inside(&full) {
        return Err(outside());
    }
    let folder = ProjectFolder::find_from(&full)?;
    // A folder above the root may belong to a project, and is not the client's.
    if !is_inside(&folder.root) {
        return Err(outside());
    }
    if folder.is_encrypted() {
        return Err(CliError::Encrypted(format!("project {}", folder.project_id())).into());
    }
    Ok(folder)
}
