//! Changing a file as someone else would, so that a client meets a conflict.

use std::time::Duration;

use qc_proto::{
    ProjectId,
    bytes::Bytes,
    http::{Request, Response, StatusCode},
};
use serde::{Deserialize, Serialize};

use super::{done, failed, is_form};
use crate::emulator::{Emulator, unsaved};

/// A file that someone else saves: made, or replaced.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct Edit {
    project: ProjectId,
    /// The file's name.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1)))]
    name: String,
    /// Its whole new text; it may be empty.
    content: String,
}

/// What became of it.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct Edited {
    /// Whether there was no file of that name.
    created: bool,
}

pub(super) fn edit(
    emulator: &mut Emulator,
    wall: Duration,
    request: &Request<Bytes>,
) -> Response<Bytes> {
    let edit = if is_form(request) {
        form(request.body())
    } else {
        serde_json::from_slice(request.body()).map_err(|why| why.to_string())
    };
    let mut edit = match edit {
        Ok(edit) if edit.name.is_empty() => {
            return failed(request, StatusCode::BAD_REQUEST, "the name is empty");
        }
        Ok(edit) => edit,
        Err(why) => return failed(request, StatusCode::BAD_REQUEST, &why),
    };
    let Some(project) = emulator.service.store.get(edit.project) else {
        let why = format!("there is no project {}", edit.project);
        return failed(request, StatusCode::NOT_FOUND, &why);
    };
    let old = project.content(&edit.name);
    let created = old.is_none();
    // A form's lines end as mail's do, whatever the file's were.
    if is_form(request) && !old.is_some_and(|old| old.contains("\r\n")) {
        edit.content = edit.content.replace("\r\n", "\n");
    }
    if !emulator.put_file_at(wall, edit.project, &edit.name, &edit.content) {
        return unsaved();
    }
    done(request, &Edited { created })
}

fn form(body: &[u8]) -> Result<Edit, String> {
    let (mut project, mut name, mut content) = (None, None, None);
    for (field, value) in form_urlencoded::parse(body) {
        match &*field {
            "project" => {
                project = Some(value.parse().map_err(|_| format!("`{value}` is no project's id"))?);
            }
            "name" => name = Some(value.into_owned()),
            "content" => content = Some(value.into_owned()),
            other => return Err(format!("there is no field `{other}`")),
        }
    }
    match (project, name, content) {
        (Some(project), Some(name), Some(content)) => Ok(Edit { project, name, content }),
        _ => Err("project, name and content are needed".to_owned()),
    }
}
