//! Many edits in one patch.

use std::fmt::Write as _;

use diffy::DiffOptions;
use qc_proto::FileName;

/// A file's content as it is and as it shall be, of which neither is empty.
pub(crate) struct Edit<'a> {
    pub(crate) name: &'a FileName,
    pub(crate) old: &'a str,
    pub(crate) new: &'a str,
}

/// One unified diff over all of them, as `git diff` writes it.
pub(crate) fn patch(edits: &[Edit<'_>]) -> String {
    let mut all = String::new();
    for Edit { name, old, new } in edits {
        let mut options = DiffOptions::new();
        options.set_original_filename(format!("a/{name}"));
        options.set_modified_filename(format!("b/{name}"));
        let patch = options.create_patch(old, new);
        // Writing to a string does not fail.
        let _ = write!(all, "diff --git a/{name} b/{name}\nindex 0000000..0000001 100644\n{patch}");
    }
    all
}

/// Whether a diff can carry the name as it is; git puts others into quotes, and who reads them is not known.
pub(crate) fn can_name(name: &FileName) -> bool {
    name.as_str().bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"')
}
