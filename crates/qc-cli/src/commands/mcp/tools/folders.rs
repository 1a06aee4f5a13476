//! Tools that keep folders of this machine in step.

use std::path::PathBuf;

use qc_files::ProjectFiles;
use qc_sync::{Change, LocalHistory, Options, SyncSession};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    commands::folder::{
        diff::diffs,
        pull::{self, PullReport},
        push::{self, PushReport},
        status::{self, Compared, StatusReport},
        sync,
    },
    commands::mcp::{
        failure::Failure,
        rails::Effects,
        roots,
        server::Call,
        tools::{Answer, CHARS},
    },
    place::folder::ProjectFolder,
    report::refused,
};

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Folder {
    /// The project's folder, below one of the client's roots
    folder: Option<String>,
    /// Only these files and folders in it
    paths: Option<Vec<PathBuf>>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Push {
    /// The project's folder, below one of the client's roots
    folder: Option<String>,
    /// Only these files and folders in it
    paths: Option<Vec<PathBuf>>,
    /// Files of which yours replace the cloud's, although both sides changed them
    ours: Option<Vec<PathBuf>>,
    /// Only say what would be done
    dry_run: Option<bool>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Pull {
    /// The project's folder, below one of the client's roots
    folder: Option<String>,
    /// Only these files and folders in it
    paths: Option<Vec<PathBuf>>,
    /// Files of which the cloud's replace yours, although both sides changed them
    theirs: Option<Vec<PathBuf>>,
    /// Merge both sides' edits, with markers where they overlap
    merge: Option<bool>,
    /// Only say what would be done
    dry_run: Option<bool>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Undo {
    /// The project's folder, below one of the client's roots
    folder: Option<String>,
    /// The number of the operation
    operation: Option<u64>,
}

/// A folder, and all that a command on it needs.
struct Work {
    call: Call,
    folder: ProjectFolder,
    project: ProjectFiles,
}

fn value(report: &impl Serialize) -> Answer {
    let mut value = serde_json::to_value(report)
        .map_err(|why| Failure::new("encode", why.to_string(), "Tell the user."))?;
    value["success"] = true.into();
    Ok(value)
}

impl Call {
    /// Returns the folder at a path, if it may be used.
    async fn folder(self, path: Option<String>) -> Result<Work, Failure> {
        let roots = roots::all(&self.settings.roots, &self.peer).await;
        let folder = roots::folder(&roots, path.as_deref())?;
        let project = self.project(folder.project_id())?;
        Ok(Work { call: self, folder, project })
    }

    pub(super) async fn sync_status(self, asked: Folder) -> Answer {
        let work = self.folder(asked.folder).await?;
        let compared = work.compare(&asked.paths.unwrap_or_default()).await?;
        value(&StatusReport::new(&compared, work.project.id(), false))
    }

    pub(super) async fn sync_diff(self, asked: Folder) -> Answer {
        let work = self.folder(asked.folder).await?;
        let compared = work.compare(&asked.paths.unwrap_or_default()).await?;
        let (mut room, mut shown, mut left) = (CHARS, Vec::new(), Vec::new());
        for diff in diffs(&compared.status, &compared.local) {
            let value = serde_json::to_value(&diff).unwrap_or_default();
            let length = value["diff"].as_str().map_or(0, |diff| diff.chars().count());
            if length > room {
                left.push(value["name"].clone());
            } else {
                room -= length;
                shown.push(value);
            }
        }
        let mut answer = json!({ "success": true, "diffs": shown });
        if !left.is_empty() {
            answer["more"] =
                json!({ "names": left, "hint": "call again with these as `paths`, one by one" });
        }
        Ok(answer)
    }

    pub(super) async fn sync_push(self, asked: Push) -> Answer {
        let work = self.folder(asked.folder).await?;
        let mut options = work.options("mcp push", &asked.paths.unwrap_or_default())?;
        options.ours = work.folder.files_at(&asked.ours.unwrap_or_default())?;
        let local = work.folder.open()?;
        let rails = &work.call.settings.rails;
        let is_dry = asked.dry_run == Some(true);
        // What deletes is found out before it is done.
        if is_dry || rails.allows(Effects::Deletes).is_err() {
            let plan = SyncSession::new(&local, &work.project, &options).status().await?.plan;
            if is_dry {
                let would: Vec<_> = plan.push.iter().map(ToString::to_string).collect();
                return Ok(json!({ "success": true, "would": would }));
            }
            if plan.push.iter().any(|change| matches!(change, Change::Delete(_))) {
                rails.allows(Effects::Deletes)?;
            }
        }
        let printer = &work.call.settings.printer;
        let (push, settings) = push::carry_out(printer, &local, &work.project, &options).await?;
        let report = PushReport::new(&push, &settings, work.project.id(), None);
        let is_whole = report.is_whole();
        let mut answer = value(&report)?;
        answer["success"] = is_whole.into();
        if let Some(why) = &push.unchecked {
            answer["unchecked"] = why.to_string().into();
        }
        if !is_whole {
            answer["hint"] =
                    "What is not in `done` was not pushed: look at failed, conflicts, unresolved and refused.".into();
        }
        Ok(answer)
    }

    pub(super) async fn sync_pull(self, asked: Pull) -> Answer {
        let work = self.folder(asked.folder).await?;
        let mut options = work.options("mcp pull", &asked.paths.unwrap_or_default())?;
        options.theirs = work.folder.files_at(&asked.theirs.unwrap_or_default())?;
        options.merge = asked.merge == Some(true);
        let local = work.folder.open()?;
        if asked.dry_run == Some(true) {
            let plan = SyncSession::new(&local, &work.project, &options).status().await?.plan;
            let would: Vec<_> = plan.pull.iter().map(ToString::to_string).collect();
            return Ok(json!({ "success": true, "would": would }));
        }
        let printer = &work.call.settings.printer;
        let (pull, settings) =
            pull::carry_out(printer, &local, &work.project, &options, None).await?;
        let is_whole = pull.conflicts.is_empty()
            && settings.conflicts.is_empty()
            && !pull.merged.iter().any(|merge| merge.overlaps);
        let mut answer = value(&PullReport::new(&pull, &settings, work.project.id(), &[]))?;
        answer["success"] = is_whole.into();
        if !is_whole {
            answer["hint"] =
                    "Both sides changed the files in `conflicts`: pull with `merge`, or ask the user which side is right.".into();
        }
        Ok(answer)
    }

    pub(super) async fn undo(self, asked: Undo) -> Answer {
        let work = self.folder(asked.folder).await?;
        let local = work.folder.open()?;
        let history = LocalHistory::new(&local, work.project.id(), sync::now());
        let undone = history.undo(asked.operation)?;
        Ok(json!({
            "success": undone.left.is_empty(),
            "undone": { "id": undone.operation.id, "command": undone.operation.command },
            "files": undone.files,
            "left": refused(&undone.left),
        }))
    }
}

impl Work {
    async fn compare(&self, paths: &[PathBuf]) -> Result<Compared, Failure> {
        let settings = &self.call.settings;
        Ok(status::compare(&settings.client, &settings.printer, &self.folder, paths, None).await?)
    }

    fn options(&self, command: &str, paths: &[PathBuf]) -> Result<Options, Failure> {
        let mut options = Options::new(sync::now());
        options.command = command.to_owned();
        options.only = self.folder.files_at_or_all(paths)?;
        Ok(options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_are_objects() {
        #[derive(Serialize)]
        struct Empty {}
        assert_eq!(value(&Empty {}).unwrap(), json!({ "success": true }));
    }
}
