//! Making a project in the cloud.

use qc_files::{Client, Error, Language, Project, qc_proto::CreateProject};

use crate::{output::printer::Printer, place::project::bare, text::escape};

/// Makes a project once, even when answers are lost, and says so if it got another name. Costs two requests.
pub(crate) async fn create(
    client: &Client,
    printer: &Printer,
    name: &str,
    language: Language,
    organization_id: Option<String>,
) -> Result<Project, Error> {
    let create = CreateProject { name: name.to_owned(), language, organization_id };
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
