//! Settings in step with the cloud.

use std::collections::BTreeSet;

use qc_files::ProjectFiles;
use qc_proto::{ErrorKind, Project};

use crate::{
    error::SyncError,
    folder::{Folder, FolderError},
    settings::{
        SettingChange, SettingKey, Settings, SettingsPlan, apply,
        cloud::{self, CloudSettings},
        config::{CONFIG, LocalSettings},
        kept::LocalConfig,
    },
};

/// The settings of a folder and of its project.
#[derive(Clone, Copy)]
pub struct SettingsSync<'a> {
    local: &'a dyn LocalConfig,
    project: &'a ProjectFiles,
}

/// How the settings of both sides stand to each other.
#[derive(Clone, Debug)]
pub struct ComparedSettings {
    /// What would bring them in step.
    pub plan: SettingsPlan,
    /// The libraries of the folder that are not in the cloud, by their paths below the workspace.
    pub unknown_libraries: Vec<String>,
    /// What both sides last had, and what they have in common now.
    base: Settings,
    project: Project,
}

impl<'a> SettingsSync<'a> {
    /// The settings of a folder and of its project. Sends nothing.
    #[must_use]
    pub fn new(folder: &'a Folder, project: &'a ProjectFiles) -> Self {
        Self::of_config(folder, project)
    }

    pub(crate) fn of_config(local: &'a dyn LocalConfig, project: &'a ProjectFiles) -> Self {
        Self { local, project }
    }

    /// Takes the settings here for what both sides have. Sends nothing.
    ///
    /// # Errors
    ///
    /// [`FolderError`] if `config.json` cannot be read, or that cannot be kept.
    pub fn keep_base(&self) -> Result<(), FolderError> {
        let known = self.local.settings()?.map(|local| local.values).unwrap_or_default();
        self.local.keep_settings_base(self.project.id(), &known)
    }

    /// Returns what was changed here since both sides were last in step. None if that is not known. Sends nothing.
    ///
    /// # Errors
    ///
    /// [`FolderError`] if `config.json` cannot be read, or holds what it should not.
    pub fn changed_here(&self) -> Result<Option<SettingsPlan>, FolderError> {
        let Some(mut local) = self.local.settings()? else {
            return Ok(Some(SettingsPlan::default()));
        };
        let base = self.local.settings_base(self.project.id())?;
        know_libraries(&mut local, base.as_ref());
        Ok(base.map(|base| SettingsPlan::new(Some(&base), &local.values, &base, &local.skipped)))
    }

    /// Compares both sides, and changes nothing. Costs one request. None if the folder has no `config.json`.
    ///
    /// # Errors
    ///
    /// [`SyncError`] if the project or `config.json` cannot be read, or if they are of two languages.
    pub async fn compare(&self) -> Result<Option<ComparedSettings>, SyncError> {
        // What makes no sense here is told before anything is asked.
        if self.local.settings()?.is_none() {
            return Ok(None);
        }
        self.compare_to(self.project.read_project().await?)
    }

    /// As [`compare`](Self::compare), with the project as it was just read. Sends nothing.
    ///
    /// # Errors
    ///
    /// As [`compare`](Self::compare).
    pub fn compare_to(&self, project: Project) -> Result<Option<ComparedSettings>, SyncError> {
        let Some(mut local) = self.local.settings()? else { return Ok(None) };
        if project.is_encrypted() {
            return Err(SyncError::Encrypted { name: project.name });
        }
        self.require_language(&project)?;
        let known = self.local.settings_base(self.project.id())?;
        know_libraries(&mut local, known.as_ref());
        let CloudSettings { values, mut skipped } = cloud::read(&project);
        skipped.extend(&local.skipped);
        let plan = SettingsPlan::new(known.as_ref(), &local.values, &values, &skipped);
        let base = common(known.unwrap_or_default(), &plan, &local.values, &values, &skipped);
        let unknown_libraries = local.unknown_libraries;
        Ok(Some(ComparedSettings { plan, unknown_libraries, base, project }))
    }

    fn require_language(&self, project: &Project) -> Result<(), FolderError> {
        let theirs = match project.language.as_deref() {
            Some("Py") => "Python",
            Some("C#") => "CSharp",
            _ => return Ok(()),
        };
        match self.local.language()? {
            Some(mine) if mine != theirs && ["Python", "CSharp"].contains(&mine.as_str()) => {
                Err(FolderError::Config {
                    path: CONFIG.into(),
                    key: Some("algorithm-language".to_owned()),
                    why: format!("it is {mine} here, and the project in the cloud is {theirs}"),
                })
            }
            _ => Ok(()),
        }
    }

    /// Changes the project as the plan says. Returns what was changed. Costs one request if there is something to change.
    ///
    /// The service replaces lists as a whole: what somebody else changes in them between the comparison and this request is
    /// lost. Nothing tells when that happens.
    ///
    /// # Errors
    ///
    /// [`SyncError`] if the project cannot be changed.
    pub async fn push(&self, compared: ComparedSettings) -> Result<Vec<SettingChange>, SyncError> {
        let ComparedSettings { plan, mut base, project, .. } = compared;
        if !plan.push.is_empty() {
            self.project.update_project(cloud::request(&project, &plan.push)).await?;
            apply(&mut base, &plan.push);
        }
        self.local.keep_settings_base(self.project.id(), &base)?;
        Ok(plan.push)
    }

    /// Changes `config.json` as the plan says. Returns what was changed. Costs one request for each new library.
    ///
    /// # Errors
    ///
    /// [`SyncError`] if `config.json` cannot be changed.
    pub async fn pull(&self, compared: ComparedSettings) -> Result<Vec<SettingChange>, SyncError> {
        let ComparedSettings { plan, mut base, .. } = compared;
        let mut changes = Vec::new();
        for mut change in plan.pull {
            if let (SettingKey::Library(id), Some(path)) = (&change.key, &mut change.to) {
                match self.project.client().read_project(*id).await {
                    Ok(library) => library.name.trim_start_matches('/').clone_into(path),
                    // Whoever may use a library need not be allowed to look at it.
                    Err(error)
                        if matches!(
                            error.kind(),
                            ErrorKind::ProjectNotFound | ErrorKind::Refused
                        ) =>
                    {
                        continue;
                    }
                    Err(error) => return Err(error.into()),
                }
            }
            changes.push(change);
        }
        if !changes.is_empty() {
            self.local.change(&changes)?;
            apply(&mut base, &changes);
        }
        self.local.keep_settings_base(self.project.id(), &base)?;
        Ok(changes)
    }
}

/// A library whose folder is not there, or has no number, is known by the path under which it was last in step.
fn know_libraries(local: &mut LocalSettings, base: Option<&Settings>) {
    let known: Vec<_> = base
        .into_iter()
        .flatten()
        .filter(|(key, _)| matches!(key, SettingKey::Library(_)))
        .filter(|(_, path)| local.unknown_libraries.contains(path))
        .map(|(key, path)| (key.clone(), path.clone()))
        .collect();
    local.unknown_libraries.retain(|path| known.iter().all(|(_, known)| known != path));
    local.values.extend(known);
}

/// What both sides have in common once nothing of the plan is done.
fn common(
    mut base: Settings,
    plan: &SettingsPlan,
    here: &Settings,
    cloud: &Settings,
    skipped: &BTreeSet<&'static str>,
) -> Settings {
    let changes = plan.push.iter().chain(&plan.pull).map(|change| &change.key);
    let open: BTreeSet<_> = changes.chain(plan.conflicts.iter().map(|one| &one.key)).collect();
    base.retain(|key, _| {
        open.contains(key) || skipped.contains(key.field()) || here.contains_key(key)
    });
    for (key, value) in here {
        if !open.contains(key) && !skipped.contains(key.field()) && cloud.contains_key(key) {
            base.insert(key.clone(), value.clone());
        }
    }
    base
}
