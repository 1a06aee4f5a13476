//! The settings as the cloud has them, and changes of them as a request.

use std::collections::BTreeSet;

use qc_proto::{Parameter, Project, ProjectId, UpdateProject};

use crate::settings::{SettingChange, SettingKey, Settings};

/// What an answer says of a project's settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CloudSettings {
    pub(crate) values: Settings,
    /// The fields of `config.json` of which the answer says nothing that can be read: they are left alone.
    pub(crate) skipped: BTreeSet<&'static str>,
}

pub(crate) fn read(project: &Project) -> CloudSettings {
    let mut cloud = CloudSettings::default();
    match &project.description {
        Some(text) if text.is_empty() => {}
        Some(text) => drop(cloud.values.insert(SettingKey::Description, text.clone())),
        None => drop(cloud.skipped.insert(SettingKey::Description.field())),
    }
    match &project.parameters {
        Some(parameters) => {
            let named = |Parameter { key, value, .. }: &Parameter| {
                (SettingKey::Parameter(key.clone()), value.clone())
            };
            cloud.values.extend(parameters.iter().map(named));
        }
        None => drop(cloud.skipped.insert("parameters")),
    }
    match &project.libraries {
        Some(libraries) => {
            cloud
                .values
                .extend(libraries.iter().map(|id| (SettingKey::Library(*id), String::new())));
        }
        None => drop(cloud.skipped.insert("libraries")),
    }
    match (project.lean_pinned_to_master, project.lean_version_id) {
        (Some(true), _) | (_, Some(-1)) => {}
        (_, Some(version)) => {
            cloud.values.insert(SettingKey::LeanEngine, version.to_string());
        }
        (_, None) => drop(cloud.skipped.insert(SettingKey::LeanEngine.field())),
    }
    match project.lean_environment {
        Some(number) => drop(cloud.values.insert(SettingKey::PythonVenv, number.to_string())),
        None => drop(cloud.skipped.insert(SettingKey::PythonVenv.field())),
    }
    cloud
}

/// The request that makes these changes to the project as it was just read: its lists are sent as a whole.
pub(crate) fn request(project: &Project, changes: &[SettingChange]) -> UpdateProject {
    let mut update = UpdateProject::new(project.project_id);
    for SettingChange { key, to, .. } in changes {
        let number = || to.as_deref().and_then(|text| text.parse().ok());
        match key {
            SettingKey::Description => update.description = Some(to.clone().unwrap_or_default()),
            SettingKey::Parameter(name) => {
                let known = || project.parameters.clone().unwrap_or_default();
                set_parameter(update.parameters.get_or_insert_with(known), name, to.as_deref());
            }
            SettingKey::Library(id) => {
                let known = || project.libraries.clone().unwrap_or_default();
                set_library(update.libraries.get_or_insert_with(known), *id, to.is_some());
            }
            SettingKey::LeanEngine => update.version_id = Some(number().unwrap_or(-1)),
            SettingKey::PythonVenv => update.lean_environment = number(),
        }
    }
    update
}

fn set_parameter(parameters: &mut Vec<Parameter>, name: &str, value: Option<&str>) {
    let known = parameters.iter_mut().find(|parameter| parameter.key == name);
    match (known, value) {
        (Some(known), Some(value)) => value.clone_into(&mut known.value),
        (None, Some(value)) => {
            parameters.push(Parameter::new(name, value));
        }
        (_, None) => parameters.retain(|parameter| parameter.key != name),
    }
}

fn set_library(libraries: &mut Vec<ProjectId>, id: ProjectId, used: bool) {
    libraries.retain(|known| *known != id);
    if used {
        libraries.push(id);
    }
}
