//! Why a push or a pull could not begin, or could not be checked.

use qc_files::Error;

use crate::folder::FolderError;

/// What stopped a push or a pull as a whole. What fails for single files is told by file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SyncError {
    /// The project could not be read or written.
    #[error(transparent)]
    Cloud(#[from] Error),
    /// The contents of the project's files are ciphertext.
    #[error("{name} is encrypted, and its files in the cloud are ciphertext")]
    Encrypted {
        /// Its name. It may hold anything: escape it before it is shown.
        name: String,
    },
    /// The folder could not be used.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The project has no file any more, and the folder is in step with one that had some: an answer without its
    /// list looks the same. Nothing was changed.
    #[error(
        "the project in the cloud has no files, and had {had} when both sides were last in step; nothing was changed"
    )]
    Emptied {
        /// How many files it had.
        had: usize,
    },
    /// The folder has no file any more, and the project was in step with one that had some: a disk that is not there
    /// looks the same. Nothing was changed.
    #[error(
        "the folder has no files, and had {had} when both sides were last in step; nothing was changed"
    )]
    EmptiedHere {
        /// How many files it had.
        had: usize,
    },
    /// More than half of the files, and more than ten, would be deleted: another branch, or a disk that is not there,
    /// looks the same. Nothing was changed.
    #[error("{files} of {of} files would be deleted {place}; nothing was changed")]
    ManyDeletions {
        /// How many would be deleted.
        files: usize,
        /// Of how many.
        of: usize,
        /// Where: `in the cloud` or `here`.
        place: &'static str,
    },
    /// The history has no operation of this number.
    #[error("there is no operation {id} in the history")]
    UnknownOperation {
        /// The number.
        id: u64,
    },
    /// The operation did nothing to files here, or no operation of the history did.
    #[error("{}", match id {
        Some(id) => format!("operation {id} changed no file here"),
        None => "no operation in the history changed a file here".to_owned(),
    })]
    NothingToUndo {
        /// The operation that was asked for.
        id: Option<u64>,
    },
    /// No text is known of this path.
    #[error("no text of {path:?} is kept")]
    UnknownPath {
        /// The path. It may hold anything: escape it before it is shown.
        path: String,
    },
}
