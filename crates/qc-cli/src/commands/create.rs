//! Making a project in the cloud.

use std::io::{self, IsTerminal as _};

use qc_files::{Client, Error, ErrorKind, Language, Project, qc_proto::CreateProject};
use qc_sync::{Config, Folder};

use crate::{
    error::CliError,
    output::printer::Printer,
    place::{
        project::{bare, url},
        untied::UntiedFolder,
    },
    text::escape,
};

/// Makes a project once, even when answers are lost, and says so if it got another name. Costs two requests.
pub(crate) async fn create(
    client: &Client,
    printer: &Printer,
    name: &str,
    language: Language,
    organization_id: Option<String>,
) -> Result<Project, Error> {
    let mut create = CreateProject::new(name, language);
    create.organization_id = organization_id;
    let project = client.execute(create).await?;
    if bare(&project.name) != bare(name) {
        printer.caution(
            "caution",
            format_args!(
                "there is a project `{}` already: the new one is called `{}`",
                escape(name),
                escape(&project.name)
            ),
        );
    }
    Ok(project)
}

/// Asks whether to make a project of a folder, unless that `is_meant`.
pub(crate) fn confirm(untied: &UntiedFolder, is_meant: bool) -> Result<(), CliError> {
    let language = untied.language()?;
    if untied.config.as_ref().is_some_and(Config::is_encrypted) {
        return Err(CliError::Encrypted(untied.root.display().to_string()));
    }
    if is_meant {
        return Ok(());
    }
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(CliError::NotCreated(untied.root.clone()));
    }
    let question = format!(
        "{} belongs to no project yet: create `{}` ({language}) in the cloud?",
        untied.root.display(),
        escape(&untied.name())
    );
    if inquire::Confirm::new(&question).with_default(false).prompt()? {
        return Ok(());
    }
    Err(CliError::Declined("no project was created"))
}

/// Makes a project of a folder and ties the folder to it. One that was made before, and whose number did not reach
/// `config.json`, is taken. Costs two requests.
pub(crate) async fn tie(
    client: &Client,
    printer: &Printer,
    untied: &UntiedFolder,
) -> anyhow::Result<Project> {
    let folder = Folder::open(untied.root.clone())?;
    let earlier = match folder.created()? {
        Some(id) => match client.read_project(id).await {
            Err(error) if error.kind() == ErrorKind::ProjectNotFound => None,
            read => Some(read?).filter(|project| !project.is_in_recycle_bin()),
        },
        None => None,
    };
    let project = match earlier {
        Some(project) => project,
        None => {
            let organization = untied.organization().map(str::to_owned);
            create(client, printer, &untied.name(), untied.language()?, organization).await?
        }
    };
    folder.note_created(project.project_id)?;
    match untied.config.clone() {
        Some(mut config) => {
            config.set_project(&project)?;
            config.save()?;
        }
        None => Config::for_project(&untied.root, &project).save()?,
    }
    if !printer.is_quiet() {
        let (name, page) = (escape(&project.name), url(project.project_id));
        printer.note(format_args!("created {name}: {page}"));
    }
    Ok(project)
}
