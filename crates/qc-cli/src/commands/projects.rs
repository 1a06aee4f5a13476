//! `qc whoami` and `qc projects`.

use qc_files::{Client, qc_proto::ServerTime};
use serde_json::json;

use crate::{
    exit::Exit,
    printer::{Printer, shown},
};

pub(crate) async fn whoami(client: &Client, printer: &Printer) -> anyhow::Result<Exit> {
    client.authenticate().await?;
    let user_id = qc_files::credentials::discover()?.user_id().to_string();
    printer.data(&json!({ "userId": user_id }), |out| {
        writeln!(out, "user {user_id}: the service accepts the credentials")
    })?;
    Ok(Exit::Done)
}

pub(crate) async fn list(client: &Client, printer: &Printer) -> anyhow::Result<Exit> {
    let projects = client.projects().await?;
    for unreadable in &projects.unreadable {
        printer.note(format_args!("a project in the service's list, {unreadable}"));
    }
    let data: Vec<_> = projects
        .projects
        .iter()
        .map(|project| {
            json!({
                "projectId": project.project_id,
                "name": project.name,
                "language": project.language,
                "modified": project.modified,
                "deleted": project.is_in_recycle_bin(),
            })
        })
        .collect();
    printer.data(&data, |out| {
        for project in &projects {
            let language = project.language.as_deref().unwrap_or_default();
            let id = project.project_id.to_string();
            let modified = project.modified.as_ref().map_or("", ServerTime::as_str);
            let (language, modified) = (shown(language), shown(modified));
            let deleted = if project.is_in_recycle_bin() { " (deleted)" } else { "" };
            let name = shown(&project.name);
            writeln!(out, "{id:>10}  {language:<2}  {modified:<19}  {name}{deleted}")?;
        }
        Ok(())
    })?;
    Ok(Exit::Done)
}
