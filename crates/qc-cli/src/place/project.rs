//! The project in the cloud that a person names: by number, by name, or by its address in the browser.

use std::io::{self, IsTerminal as _};

use qc_files::{Client, ErrorKind, Project, ProjectFiles, ProjectId};

use crate::{arguments::ProjectArgs, error::CliError, place::folder::ProjectFolder, text::escape};

/// Names that differ in more than this share of their characters are not offered.
const LIKENESS: f64 = 0.7;

/// Returns the page of a project in the web IDE.
pub(crate) fn url(id: ProjectId) -> String {
    format!("https://www.quantconnect.com/project/{id}")
}

/// The project that is named, or the folder's. A name costs one request.
pub(crate) async fn named_or_of_folder(
    client: &Client,
    arguments: &ProjectArgs,
) -> anyhow::Result<ProjectFiles> {
    let id = match &arguments.project {
        Some(asked) => match number(asked) {
            Some(id) => id,
            None => find(client, asked).await?.project_id,
        },
        None => ProjectFolder::find()?.project_id(),
    };
    Ok(client.project(id)?)
}

/// As [`named_or_of_folder`], for a command that sends source. Returns the project's fields too if its name was looked up.
pub(crate) async fn to_write(
    client: &Client,
    arguments: &ProjectArgs,
) -> anyhow::Result<(ProjectFiles, Option<Project>)> {
    match &arguments.project {
        Some(asked) if number(asked).is_none() => {
            let found = require_source(find(client, asked).await?)?;
            Ok((client.project(found.project_id)?, Some(found)))
        }
        Some(_) => Ok((named_or_of_folder(client, arguments).await?, None)),
        None => Ok((client.project(ProjectFolder::find_source()?.project_id())?, None)),
    }
}

/// Returns the project, if its files in the cloud are source.
pub(crate) fn require_source(project: Project) -> Result<Project, CliError> {
    if project.is_encrypted() {
        return Err(CliError::Encrypted(project.name));
    }
    Ok(project)
}

/// The number in what was typed: the number itself, or the address of a project's page in the browser.
pub(crate) fn number(asked: &str) -> Option<ProjectId> {
    if let Ok(id) = asked.parse() {
        return Some(id);
    }
    let path = asked.strip_prefix("https://").or_else(|| asked.strip_prefix("http://"))?;
    let mut parts = path.split(['/', '?', '#']);
    parts.by_ref().find(|part| *part == "project" || *part == "terminal")?;
    parts.find_map(|part| part.parse().ok())
}

/// Finds a project by what a person typed. Costs one request.
pub(crate) async fn find(client: &Client, asked: &str) -> anyhow::Result<Project> {
    let number = number(asked);
    let read = match number {
        Some(id) => client.read_project(id).await.map(|project| vec![project]),
        None => client.projects().await.map(|list| list.projects),
    };
    let projects = match read {
        Err(error) if error.kind() == ErrorKind::ProjectNotFound => Vec::new(),
        read => read?,
    };
    let found = match number {
        Some(_) => projects.first(),
        None => by_name(&projects, asked),
    };
    Ok(found.cloned().ok_or_else(|| CliError::NoSuchProject {
        asked: asked.to_owned(),
        similar: similar(&projects, asked),
    })?)
}

/// The service writes some names with a `/` in front.
pub(crate) fn bare(name: &str) -> &str {
    name.trim_start_matches('/')
}

/// Returns the project of this name.
pub(crate) fn by_name<'a>(projects: &'a [Project], asked: &str) -> Option<&'a Project> {
    let exact = projects.iter().find(|project| project.name == asked);
    exact.or_else(|| projects.iter().find(|project| bare(&project.name) == bare(asked)))
}

/// The name that is most like what was typed, in whole or in its last part.
fn similar(projects: &[Project], asked: &str) -> Option<String> {
    let asked = bare(asked).to_lowercase();
    let score = |project: &Project| {
        let name = bare(&project.name).to_lowercase();
        let last = name.rsplit('/').next().unwrap_or_default();
        strsim::jaro_winkler(&name, &asked).max(strsim::jaro_winkler(last, &asked))
    };
    let present = projects.iter().filter(|project| !project.is_in_recycle_bin());
    let scored = present.map(|project| (score(project), &project.name));
    let best = scored.filter(|(score, _)| *score >= LIKENESS).max_by(|a, b| a.0.total_cmp(&b.0));
    best.map(|(_, name)| name.clone())
}

/// Finds the project that was named, or lets the person choose one where there is a terminal. Costs one request.
pub(crate) async fn find_or_choose(
    client: &Client,
    asked: Option<&str>,
) -> anyhow::Result<Project> {
    if let Some(asked) = asked {
        return find(client, asked).await;
    }
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(CliError::NoProjectNamed.into());
    }
    let mut projects = client.projects().await?.projects;
    projects.retain(|project| !project.is_in_recycle_bin());
    let names: Vec<String> = projects
        .iter()
        .map(|project| format!("{:>10}  {}", project.project_id, escape(&project.name)))
        .collect();
    let chosen =
        inquire::Select::new("Which project?", names).raw_prompt().map_err(CliError::from)?;
    Ok(projects.swap_remove(chosen.index))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_is_named_by_number_or_by_its_page() {
        for asked in [
            "12345678",
            "https://www.quantconnect.com/project/12345678",
            "https://www.quantconnect.com/project/12345678/",
            "https://www.quantconnect.com/project/12345678?tab=code",
            "https://www.quantconnect.com/terminal/12345678#open/12345678",
        ] {
            assert_eq!(number(asked).map(ProjectId::get), Some(12_345_678), "{asked}");
        }
        for asked in ["My Project", "https://www.quantconnect.com/account", "0", "-1"] {
            assert_eq!(number(asked), None, "{asked}");
        }
    }

    #[test]
    fn a_near_miss_is_offered() {
        let id = ProjectId::new(1).unwrap();
        let projects: Vec<Project> = ["Research/Momentum", "Mean Reversion"]
            .into_iter()
            .map(|name| Project::new(id, name.to_owned()))
            .collect();
        assert_eq!(similar(&projects, "momentun").as_deref(), Some("Research/Momentum"));
        assert_eq!(similar(&projects, "mean reversal").as_deref(), Some("Mean Reversion"));
        assert_eq!(similar(&projects, "xyz"), None);
    }
}
