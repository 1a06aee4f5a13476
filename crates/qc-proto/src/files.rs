//! `files/*`: a project's source files.

mod create;
mod delete;
mod encoded;
mod file;
mod patch;
mod read;
mod read_one;
mod rename;
mod update;
mod with_content;

pub use create::CreateFile;
pub use delete::DeleteFile;
pub use encoded::{EncodedFile, EncodedFileList, EncodedText, Gist, ReadEncodedFiles};
pub use file::{Done, FileList, ProjectFile};
pub use patch::PatchFiles;
pub use read::ReadFiles;
pub use read_one::ReadFile;
pub use rename::RenameFile;
pub use update::UpdateFile;
pub use with_content::encode_files;
pub(crate) use with_content::push_content;

use alloc::string::String;

use crate::Invalid;

/// The service refuses `content` that is present and empty.
fn check_content(content: Option<&String>) -> Result<(), Invalid> {
    if content.is_some_and(String::is_empty) {
        Err(Invalid::new(
            "content",
            "must not be empty: the service refuses that; create an empty file without content",
        ))
    } else {
        Ok(())
    }
}
