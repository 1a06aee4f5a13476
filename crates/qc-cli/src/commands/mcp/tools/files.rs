//! Tools for the files of a project.

use qc_files::{ErrorKind, FileName, ProjectFile, ProjectId};
use qc_sync::{replace, with_control};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::commands::mcp::{
    failure::Failure,
    server::Call,
    tools::{Answer, CHARS, digest},
};

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ReadFile {
    project_id: i64,
    name: Option<String>,
    /// Of a long file: the first line to read, from 1
    start_line: Option<usize>,
    /// How many lines to read
    line_count: Option<usize>,
    /// The files of the project's libraries, too
    include_libraries: Option<bool>,
    #[schemars(skip)]
    #[serde(rename = "codeSourceId")]
    _code_source_id: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct CreateFile {
    project_id: i64,
    /// With `/` between folders
    name: String,
    content: Option<String>,
    #[schemars(skip)]
    #[serde(rename = "codeSourceId")]
    _code_source_id: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct UpdateFileContents {
    project_id: i64,
    name: String,
    content: String,
    /// The digest, or the content, that the file must still have
    expected: Option<String>,
    #[schemars(skip)]
    #[serde(rename = "codeSourceId")]
    _code_source_id: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct PatchFile {
    project_id: i64,
    patch: String,
    #[schemars(skip)]
    #[serde(rename = "codeSourceId")]
    _code_source_id: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct UpdateFileName {
    project_id: i64,
    name: String,
    new_name: String,
    #[schemars(skip)]
    #[serde(rename = "codeSourceId")]
    _code_source_id: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct DeleteFile {
    project_id: i64,
    name: String,
    #[schemars(skip)]
    #[serde(rename = "codeSourceId")]
    _code_source_id: Option<String>,
}

impl Call {
    pub(super) async fn read_file(&self, asked: ReadFile) -> Answer {
        let project = self.project(ProjectId::new(asked.project_id)?)?;
        let files = match (&asked.name, asked.include_libraries) {
            (Some(name), _) => vec![project.read(name.as_str()).await?],
            (None, Some(true)) => project.read_all_with_libraries().await?.files,
            (None, _) => project.read_all().await?.files,
        };
        let mut room = CHARS;
        let shown = files.into_iter().map(|file| show(file, &asked, &mut room));
        Ok(json!({ "success": true, "files": shown.collect::<Vec<_>>() }))
    }

    pub(super) async fn create_file(&self, asked: CreateFile) -> Answer {
        let project = self.project(ProjectId::new(asked.project_id)?)?;
        let (name, content) = (asked.name.as_str(), asked.content.unwrap_or_default());
        with_control(&project, async || match content.as_str() {
            "" => project.create_empty(name).await,
            content => project.create(name, content).await,
        })
        .await?;
        Ok(json!({ "success": true, "digest": digest(&content) }))
    }

    pub(super) async fn update_file_contents(&self, asked: UpdateFileContents) -> Answer {
        let project = self.project(ProjectId::new(asked.project_id)?)?;
        let name = FileName::try_from(asked.name.as_str())?;
        let content = asked.content.as_str();
        let done = json!({ "success": true, "digest": digest(content) });
        let known = match &asked.expected {
            Some(expected) => {
                let now = project.read(&name).await?.content;
                if *expected != digest(&now) && *expected != now {
                    return Err(changed(&now));
                }
                Some(now)
            }
            None => None,
        };
        match known {
            Some(old) if !content.is_empty() => {
                match replace(&project, &name, &old, content).await? {
                    None => Ok(done),
                    Some(now) => Err(changed(&now)),
                }
            }
            _ if content.is_empty() => {
                // The service takes no empty content: the file is deleted and created anew. One that is not there is told.
                project.read(&name).await?;
                with_control(&project, async || project.write(&name, "").await.map(drop)).await?;
                Ok(done)
            }
            _ => {
                with_control(&project, async || project.update(&name, content).await).await?;
                Ok(done)
            }
        }
    }

    pub(super) async fn patch_file(&self, asked: PatchFile) -> Answer {
        let project = self.project(ProjectId::new(asked.project_id)?)?;
        let patched = with_control(&project, async || project.patch(asked.patch.as_str()).await);
        patched.await.map_err(|error| match error.kind() {
            ErrorKind::Refused => Failure::new(
                "patchDoesNotFit",
                error.to_string(),
                "Read the files again: each line of context must be as it is now, with its line number.",
            ),
            _ => error.into(),
        })?;
        Ok(json!({ "success": true }))
    }

    pub(super) async fn update_file_name(&self, asked: UpdateFileName) -> Answer {
        let project = self.project(ProjectId::new(asked.project_id)?)?;
        let (name, new_name) = (asked.name.as_str(), asked.new_name.as_str());
        with_control(&project, async || project.rename(name, new_name).await).await?;
        Ok(json!({ "success": true }))
    }

    pub(super) async fn delete_file(&self, asked: DeleteFile) -> Answer {
        let project = self.project(ProjectId::new(asked.project_id)?)?;
        with_control(&project, async || project.delete(asked.name.as_str()).await).await?;
        Ok(json!({ "success": true }))
    }
}

fn changed(now: &str) -> Failure {
    Failure::new(
        "changed",
        format!("the file is no longer what was expected: its digest is {} now", digest(now)),
        "Read the file again, put your change into what is there now, and call again with the new digest.",
    )
}

/// A file with as much of its content as there is room for.
fn show(file: ProjectFile, asked: &ReadFile, room: &mut usize) -> Value {
    let content = &file.content;
    let lines: Vec<&str> = content.split_inclusive('\n').collect();
    let first = asked.start_line.unwrap_or(1).max(1);
    let most = asked.line_count.unwrap_or(usize::MAX);
    let mut text = String::new();
    let mut next = first;
    for line in lines.iter().skip(first - 1).take(most) {
        let length = line.chars().count();
        if length > *room {
            break;
        }
        *room -= length;
        text.push_str(line);
        next += 1;
    }
    let left = lines.len().saturating_sub(next - 1);
    let mut shown = json!({
        "name": file.name,
        "content": text,
        "digest": digest(content),
        "lines": lines.len(),
        "id": file.id,
        "projectId": file.project_id,
        "modified": file.modified,
        "open": file.open.unwrap_or_default(),
        "isLibrary": file.is_of_library(),
    });
    if left > 0 {
        let name = file.name.as_str();
        shown["more"] =
            format!("{left} lines more: call read_file with name {name:?} and startLine {next}")
                .into();
    }
    shown
}

#[cfg(test)]
mod tests {
    use qc_files::RemoteName;

    use super::*;

    fn ask(start_line: Option<usize>, line_count: Option<usize>) -> ReadFile {
        ReadFile {
            project_id: 1,
            name: None,
            start_line,
            line_count,
            include_libraries: None,
            _code_source_id: None,
        }
    }

    #[test]
    fn a_long_content_is_cut_at_a_line_and_says_how_to_go_on() {
        let file =
            || ProjectFile::new(RemoteName::from_service("a.py"), "1\n22\n333\n4".to_owned());
        let mut room = 6;
        let cut = show(file(), &ask(None, None), &mut room);
        assert_eq!((&cut["content"], room), (&json!("1\n22\n"), 1));
        assert_eq!(cut["more"], "2 lines more: call read_file with name \"a.py\" and startLine 3");
        let rest = show(file(), &ask(Some(3), None), &mut 100);
        assert_eq!((&rest["content"], rest.get("more")), (&json!("333\n4"), None));
        assert_eq!(rest["digest"], cut["digest"]);
        let one = show(file(), &ask(Some(2), Some(1)), &mut 100);
        assert_eq!(one["content"], "22\n");
        assert_eq!(show(file(), &ask(Some(99), None), &mut 100)["content"], "");
    }
}
