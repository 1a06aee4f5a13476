//! The body of a request that carries a file's content.

use alloc::vec::Vec;

use serde::Serialize;

use crate::{FileName, ProjectId};

/// All but the content.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rest<'a> {
    pub(super) project_id: ProjectId,
    pub(super) name: &'a FileName,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) code_source_id: Option<&'a str>,
}

/// The same JSON as that of the whole, made faster: escaping the content by `serde_json`, a byte at a time, takes a
/// quarter of a call's instructions.
pub(super) fn encode(rest: &Rest<'_>, content: Option<&str>) -> Result<Vec<u8>, serde_json::Error> {
    let mut body = Vec::with_capacity(256 + content.map_or(0, |content| 6 * content.len()));
    serde_json::to_writer(&mut body, rest)?;
    if let Some(content) = content {
        // In place of the brace that closes the object.
        body.pop();
        body.extend_from_slice(br#","content":"#);
        json_escape_simd::escape_into(content, &mut body);
        body.push(b'}');
    }
    Ok(body)
}
