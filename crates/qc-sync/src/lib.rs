//! Keep a folder and a QuantConnect project in step, and lose nothing.
//!
//! [`plan`] compares three states of a project file by file: the **base**, which both sides held when they were
//! last in step, the **local** folder and the **remote** project. What only one side changed goes to the other;
//! what both changed in different ways is a [`Conflict`] and is left alone. No timestamp decides anything: times that the
//! disk tells spare reading a file once more, and a file is read in any case before it is overwritten, merged or sent.
//!
//! ```
//! use qc_proto::FileName;
//! use qc_sync::{Change, Digest, Tree, plan};
//!
//! let tree = |files: &[(&str, &str)]| -> Result<Tree, qc_proto::Invalid> {
//!     files.iter().map(|(name, text)| Ok((FileName::new(*name)?, Digest::of(text.as_bytes())))).collect()
//! };
//! let base = tree(&[("main.py", "1"), ("old.py", "2"), ("both.py", "3")])?;
//! let local = tree(&[("main.py", "edited"), ("new.py", "2"), ("both.py", "mine")])?;
//! let remote = tree(&[("main.py", "1"), ("old.py", "2"), ("both.py", "theirs")])?;
//!
//! let plan = plan(&base, &local, &remote);
//! assert_eq!(plan.push.iter().map(Change::to_string).collect::<Vec<_>>(), ["rename old.py to new.py", "update main.py"]);
//! assert_eq!(plan.conflicts[0].name.as_str(), "both.py");
//! assert!(plan.pull.is_empty());
//! # Ok::<(), qc_proto::Invalid>(())
//! ```
//!
//! [`push`] carries out one side of a plan in the cloud for as few requests as the API allows, and [`pull`] says what
//! the other side is to write. Whatever fails, running them again goes on from where things stand.

mod cloud;
mod digest;
mod edits;
mod error;
mod folder;
mod local;
mod merge;
mod observer;
mod plan;
mod pull;
mod push;
mod quota;
mod scope;
mod selection;
mod sync;

pub use self::{
    cloud::{Cloud, CloudFile},
    digest::Digest,
    error::SyncError,
    folder::{Folder, FolderError, Refused, Scan, Unsynced},
    local::{LocalFile, LocalFiles, Texts, tree},
    merge::{Merged, is_unresolved, merge},
    observer::{Caution, Observer, Step},
    plan::{Change, Conflict, Plan, Side, Tree, agreed, plan},
    pull::{Pulled, Write, pull},
    push::{Failed, Pushed, Reason, push},
    scope::Scope,
    selection::Selection,
    sync::{FolderPull, FolderPush, Merge, Options, Status, pull_folder, push_folder, status},
};
