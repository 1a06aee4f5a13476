//! Keep a folder and a QuantConnect project in step, and lose nothing.
//!
//! [`plan()`] compares three states of a project file by file: the **base**, which both sides held when they were
//! last in step, the **local** folder and the **remote** project. What only one side changed goes to the other;
//! what both changed in different ways is a [`Conflict`] and is left alone. Nothing but the bytes of files decides.
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
//! [`push()`] carries out one side of a plan in the cloud and overwrites nothing that this folder has not seen;
//! [`pull()`] carries out the other side here. Both keep what they replace in the folder's history first, so that
//! [`undo`] and [`restore`] bring it back. Whatever fails, running them again goes on from where things stand.

mod cloud;
mod error;
mod folder;
mod history;
mod local;
mod observer;
mod options;
mod plan;

pub use self::{
    cloud::{
        Cloud, CloudFile,
        pull::{Merge, Pull, Write, pull},
        push::{Failed, Push, Reason, push},
        single::{delete_file, put_file, with_control},
        status::{Status, status, status_offline},
    },
    error::SyncError,
    folder::{
        Folder, FolderError, KeptLibraries, LeftOut, Refused, Scan, Unsynced, library_place,
        names_in_step, read_plain,
    },
    history::{
        HistoryLimits, Operation, Replaced,
        undo::{Restored, Source, Undone, restore, undo},
    },
    local::{Base, Local, LocalFile, LocalFiles, tree},
    observer::{Caution, Event, Observer, Thousands},
    options::Options,
    plan::{
        Change, Conflict, Moves, Plan, Side, Tree,
        merge::{Merged, is_unresolved, merge},
        plan, plan_with,
        selection::Selection,
        version::{Digest, ObjectId, Version},
    },
};
