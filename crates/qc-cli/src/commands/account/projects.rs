//! `qc whoami`, `qc projects` and `qc open`.

use std::{io, time::Duration};

use anyhow::Context as _;
use jiff::Timestamp;
use qc_files::{
    Client, ErrorKind, Project, ProjectId, Runtime as _, qc_proto::ServerTime,
    qc_transport::TokioRuntime,
};
use serde::Serialize;

use crate::{
    arguments::{Arguments, ProjectArgs},
    exit::Exit,
    output::printer::{Printer, Report},
    place::{connect, project},
    report::heading,
    text::escape,
};

/// Whose credentials are used.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WhoamiReport {
    user_id: String,
    /// The file, or the variables.
    source: String,
    service: String,
}

impl Report for WhoamiReport {
    fn print(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let Self { user_id, source, service } = self;
        writeln!(out, "user {user_id}: the service accepts the credentials")?;
        writeln!(out, "credentials: {source}\nservice: {service}")
    }
}

pub(crate) async fn whoami(
    arguments: &Arguments,
    client: &Client,
    printer: &Printer,
) -> anyhow::Result<Exit> {
    let found = connect::find_credentials(arguments)?;
    let source = connect::source_of(&found);
    client.authenticate().await.map_err(|error| match error.kind() {
        ErrorKind::Credentials => anyhow::Error::from(error)
            .context(format!("the credentials of {source} (user {})", found.credentials.user_id())),
        _ => error.into(),
    })?;
    printer.show(&WhoamiReport {
        user_id: found.credentials.user_id().to_string(),
        source,
        service: connect::service_url(arguments)?,
    })?;
    Ok(Exit::Done)
}

/// Which projects are listed.
pub(crate) struct Filter<'a> {
    pub(crate) text: Option<&'a str>,
    pub(crate) organization: Option<&'a str>,
    /// Whether those in the recycle bin are.
    pub(crate) deleted: bool,
}

impl Filter<'_> {
    fn takes(&self, project: &Project) -> bool {
        let has = |text: &str| project.name.to_lowercase().contains(&text.to_lowercase());
        let is_in = |id: &str| project.organization_id.as_deref() == Some(id);
        self.text.is_none_or(has)
            && self.organization.is_none_or(is_in)
            && (self.deleted || !project.is_in_recycle_bin())
    }
}

/// A project in a list.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ProjectReport<'a> {
    project_id: ProjectId,
    name: &'a str,
    language: Option<&'a str>,
    modified: Option<&'a ServerTime>,
    organization_id: Option<&'a str>,
    deleted: bool,
}

impl<'a> From<&'a Project> for ProjectReport<'a> {
    fn from(project: &'a Project) -> Self {
        Self {
            project_id: project.project_id,
            name: &project.name,
            language: project.language.as_deref(),
            modified: project.modified.as_ref(),
            organization_id: project.organization_id.as_deref(),
            deleted: project.is_in_recycle_bin(),
        }
    }
}

/// The user's projects.
#[derive(Serialize)]
#[serde(transparent)]
struct ProjectsReport<'a> {
    projects: Vec<ProjectReport<'a>>,
    /// The present time, where times are shown relative to it. None shows them as the service writes them.
    #[serde(skip)]
    now: Option<Timestamp>,
}

impl Report for ProjectsReport<'_> {
    fn print(&self, out: &mut dyn io::Write) -> io::Result<()> {
        if self.now.is_some() {
            let head = format!("{:>10}  {:<2}  {:<19}  NAME", "NUMBER", "", "LAST CHANGE");
            writeln!(out, "{}", heading(&head))?;
        }
        for ProjectReport { project_id, name, language, modified, deleted, .. } in &self.projects {
            let id = project_id.to_string();
            let language = escape(language.unwrap_or_default());
            let modified = match (self.now, modified) {
                (Some(now), Some(time)) => ago(now, time),
                (_, time) => time.map_or_else(String::new, |time| escape(time.as_str())),
            };
            let deleted = if *deleted { " (deleted)" } else { "" };
            writeln!(out, "{id:>10}  {language:<2}  {modified:<19}  {}{deleted}", escape(name))?;
        }
        Ok(())
    }
}

/// How long ago a time was, in its largest unit.
fn ago(now: Timestamp, time: &ServerTime) -> String {
    let Some(then) = time.since_epoch() else { return escape(time.as_str()) };
    let now = Duration::try_from(now.as_duration()).unwrap_or_default();
    let seconds = now.saturating_sub(then).as_secs();
    let (number, unit) = match seconds {
        ..60 => return "just now".to_owned(),
        60..3_600 => (seconds / 60, "minute"),
        3_600..86_400 => (seconds / 3_600, "hour"),
        86_400..2_592_000 => (seconds / 86_400, "day"),
        2_592_000..31_536_000 => (seconds / 2_592_000, "month"),
        _ => (seconds / 31_536_000, "year"),
    };
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {unit}{plural} ago")
}

pub(crate) async fn list(
    client: &Client,
    printer: &Printer,
    filter: &Filter<'_>,
) -> anyhow::Result<Exit> {
    let list = client.projects().await?;
    for unreadable in &list.unreadable {
        printer.note(format_args!("a project in the service's list, {unreadable}"));
    }
    let projects = list.projects.iter().filter(|project| filter.takes(project));
    let projects: Vec<_> = projects.map(ProjectReport::from).collect();
    let is_empty = projects.is_empty();
    let wall = TokioRuntime::new().now().wall;
    let now = i64::try_from(wall.as_secs()).ok().and_then(|now| Timestamp::from_second(now).ok());
    let hidden = list.projects.iter().filter(|project| project.is_in_recycle_bin()).count();
    printer.show(&ProjectsReport { projects, now: now.filter(|_| printer.is_terminal()) })?;
    if is_empty && !printer.wants_json() {
        printer.note(if list.projects.is_empty() {
            "there are no projects yet: make one in the web IDE"
        } else {
            "no project matches: `qc projects` lists all"
        });
    }
    if hidden > 0 && !filter.deleted && printer.is_terminal() {
        printer.note(format_args!("{hidden} more in the recycle bin: `qc projects --all`"));
    }
    Ok(Exit::Done)
}

/// The page of a project.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OpenReport {
    project_id: ProjectId,
    url: String,
}

impl Report for OpenReport {
    fn print(&self, out: &mut dyn io::Write) -> io::Result<()> {
        writeln!(out, "{}", self.url)
    }
}

/// Costs no request unless the project is named by its name.
pub(crate) async fn open(
    client: &Client,
    printer: &Printer,
    arguments: &ProjectArgs,
    print: bool,
) -> anyhow::Result<Exit> {
    let project_id = project::named_or_of_folder(client, arguments).await?.id();
    let url = project::url(project_id);
    if !print {
        open::that_detached(&url).with_context(|| format!("cannot open {url} in a browser"))?;
    }
    printer.show_done(&OpenReport { project_id, url })?;
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_as_long_ago_as_they_are() {
        let now: Timestamp = "2025-11-10T13:00:00Z".parse().unwrap();
        for (time, text) in [
            ("2025-11-10 12:59:30", "just now"),
            ("2025-11-10 12:58:59", "1 minute ago"),
            ("2025-11-10 11:00:00", "2 hours ago"),
            ("2025-11-08 13:00:00", "2 days ago"),
            ("2025-09-01 13:00:00", "2 months ago"),
            ("2023-01-01 13:00:00", "2 years ago"),
            ("2026-01-01 13:00:00", "just now"),
            ("some day", "some day"),
        ] {
            let time: ServerTime = serde_json::from_value(time.into()).unwrap();
            assert_eq!(ago(now, &time), text);
        }
    }
}
