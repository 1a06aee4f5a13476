//! `qc project show`.

use std::{collections::BTreeMap, io};

use qc_files::{
    Project, ProjectId,
    qc_proto::{Collaborator, ServerTime},
};
use serde::Serialize;

use crate::{
    output::{printer::Report, style},
    place::project::url,
    text::escape,
};

/// What the service knows of a project.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ShowReport<'a> {
    project_id: ProjectId,
    name: &'a str,
    url: String,
    language: Option<&'a str>,
    organization_id: Option<&'a str>,
    owner_id: Option<i64>,
    created: Option<&'a ServerTime>,
    modified: Option<&'a ServerTime>,
    description: Option<&'a str>,
    /// None if the answer could not be read.
    parameters: Option<BTreeMap<&'a str, &'a str>>,
    libraries: Option<&'a [ProjectId]>,
    /// The version of LEAN. None is the newest.
    lean_version: Option<i64>,
    environment: Option<i64>,
    collaborators: Vec<CollaboratorReport<'a>>,
    deleted: bool,
    encrypted: bool,
}

/// Somebody who may work on it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CollaboratorReport<'a> {
    user_id: Option<i64>,
    name: Option<&'a str>,
    permission: Option<&'a str>,
    owner: bool,
}

impl<'a> From<&'a Collaborator> for CollaboratorReport<'a> {
    fn from(one: &'a Collaborator) -> Self {
        Self {
            user_id: one.uid.filter(|id| *id != 0),
            name: one.name.as_deref(),
            permission: one.permission.as_deref(),
            owner: one.owner == Some(true),
        }
    }
}

impl<'a> ShowReport<'a> {
    pub(super) fn new(project: &'a Project) -> Self {
        let pair = |one: &'a qc_files::qc_proto::Parameter| (&*one.key, &*one.value);
        let is_newest = project.lean_pinned_to_master == Some(true);
        Self {
            project_id: project.project_id,
            name: &project.name,
            url: url(project.project_id),
            language: project.language.as_deref(),
            organization_id: project.organization_id.as_deref(),
            owner_id: project.owner_id,
            created: project.created.as_ref(),
            modified: project.modified.as_ref(),
            description: project.description.as_deref(),
            parameters: project.parameters.as_ref().map(|all| all.iter().map(pair).collect()),
            libraries: project.libraries.as_deref(),
            lean_version: project.lean_version_id.filter(|version| !is_newest && *version >= 0),
            environment: project.lean_environment,
            collaborators: project.collaborators.iter().map(CollaboratorReport::from).collect(),
            deleted: project.is_in_recycle_bin(),
            encrypted: project.is_encrypted(),
        }
    }
}

impl Report for ShowReport<'_> {
    fn print(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let number = |number: Option<i64>| number.map(|number| number.to_string());
        let time = |time: Option<&ServerTime>| time.map(|time| time.as_str().to_owned());
        let text = |text: Option<&str>| text.map(str::to_owned);
        let mut lines = vec![
            ("name", text(Some(self.name))),
            ("number", Some(self.project_id.to_string())),
            ("page", text(Some(&self.url))),
            ("language", text(self.language)),
            ("organization", text(self.organization_id)),
            ("owner", number(self.owner_id)),
            ("created", time(self.created)),
            ("modified", time(self.modified)),
            ("description", text(self.description).filter(|text| !text.is_empty())),
        ];
        for (key, value) in self.parameters.iter().flatten() {
            lines.push(("parameter", Some(format!("{key} = {value}"))));
        }
        for library in self.libraries.into_iter().flatten() {
            lines.push(("library", Some(library.to_string())));
        }
        let newest = || Some("the newest".to_owned());
        lines.push(("LEAN", number(self.lean_version).or_else(newest)));
        lines.push(("environment", number(self.environment)));
        for one in &self.collaborators {
            let who = text(one.name).or_else(|| number(one.user_id));
            let may = if one.owner { "owner" } else { one.permission.unwrap_or_default() };
            lines.push(("collaborator", who.map(|who| format!("{who} ({may})"))));
        }
        let yes = |is: bool, words: &str| is.then(|| words.to_owned());
        lines.push(("state", yes(self.deleted, "in the recycle bin")));
        lines.push(("state", yes(self.encrypted, "encrypted")));
        let style = style::HEADING;
        for (name, value) in lines {
            if let Some(value) = value {
                writeln!(out, "{style}{name:<12}{style:#}  {}", escape(&value))?;
            }
        }
        Ok(())
    }
}
