//! JSON that carries the contents of files, made faster than by `serde_json` alone, which escapes them a byte at a time.

use alloc::vec::Vec;

use serde::Serialize;

use crate::{
    invalid::Invalid,
    model::{
        file::{FileList, ProjectFile},
        file_name::{FileName, RemoteName},
        ids::ProjectId,
        server_time::ServerTime,
    },
    wire::envelope::{not_json, php_escapes},
};

/// All of a request but the content.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rest<'a> {
    pub(super) project_id: ProjectId,
    pub(super) name: &'a FileName,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) code_source_id: Option<&'a str>,
}

/// The body of a request: the same JSON as that of the whole.
pub(super) fn encode(rest: &Rest<'_>, content: Option<&str>) -> Result<Vec<u8>, Invalid> {
    let mut body = Vec::with_capacity(256 + content.map_or(0, |content| 6 * content.len()));
    serde_json::to_writer(&mut body, rest).map_err(not_json)?;
    if let Some(content) = content {
        push_content(&mut body, content);
        body.push(b'}');
    }
    Ok(body)
}

/// What the service says of a file before its content.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Before<'a> {
    id: Option<i64>,
    project_id: Option<i64>,
    name: &'a RemoteName,
}

/// And after it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct After<'a> {
    modified: Option<&'a ServerTime>,
    open: Option<bool>,
    is_library: Option<bool>,
}

/// Writes a successful answer that carries files: the same JSON as [`encode_success`](crate::encode_success), several
/// times as fast. For servers.
///
/// ```
/// use qc_proto::{FileList, ProjectFile, RemoteName, encode_files, encode_success};
///
/// let file = ProjectFile::new(RemoteName::from_service("main.py"), "a = 1\n".to_owned());
/// let list = FileList::new(vec![file]);
/// assert_eq!(encode_files(&list), encode_success(&list));
/// ```
#[must_use]
pub fn encode_files(list: &FileList) -> Vec<u8> {
    let content: usize = list.files.iter().map(|file| file.content.len()).sum();
    let mut body = Vec::with_capacity(64 + 256 * list.files.len() + content + content / 8);
    body.extend_from_slice(br#"{"files":["#);
    for (number, file) in list.files.iter().enumerate() {
        if number > 0 {
            body.push(b',');
        }
        let ProjectFile { id, project_id, name, content, modified, open, is_library } = file;
        let before = Before { id: *id, project_id: *project_id, name };
        let modified = modified.as_ref();
        let after = After { modified, open: *open, is_library: *is_library };
        // There is nothing in either that JSON cannot say.
        let _ = serde_json::to_writer(&mut body, &before);
        push_content(&mut body, content);
        let end = body.len();
        let _ = serde_json::to_writer(&mut body, &after);
        // The object goes on where another one would begin.
        if let Some(brace) = body.get_mut(end) {
            *brace = b',';
        }
    }
    body.extend_from_slice(br#"],"success":true}"#);
    php_escapes(body)
}

/// One more field, in place of the brace that closes an object.
pub(crate) fn push_content(body: &mut Vec<u8>, content: &str) {
    body.pop();
    body.extend_from_slice(br#","content":"#);
    json_escape_simd::escape_into(content, body);
}
