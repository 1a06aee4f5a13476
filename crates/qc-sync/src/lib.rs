//! Keep a folder and a QuantConnect project in step, and lose nothing.
//!
//! A [`SyncSession`] compares three states of a project file by file: the **base**, which both sides held when they
//! were last in step, the **local** folder and the **remote** project. What only one side changed goes to the other;
//! what both changed in different ways is a [`Conflict`] and is left alone. Nothing but the bytes of files decides.
//!
//! [`SyncSession::push`] carries out one side of the plan in the cloud and overwrites nothing that this folder has not
//! seen; [`SyncSession::pull`] carries out the other side here. Both keep what they replace in the folder's history
//! first, so that [`LocalHistory`] brings it back. Whatever fails, running them again goes on from where things stand.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod cloud;
mod error;
mod folder;
mod history;
mod local;
mod observer;
mod plan;
mod session;
mod settings;
#[cfg(test)]
mod tests;

pub use self::{
    cloud::{
        CloudFile,
        created::begin_created,
        pull::{Merge, Pull, Write},
        push::{Failed, Push, Reason},
        single::{replace, with_control},
        status::Status,
    },
    error::SyncError,
    folder::{
        Folder, FolderError, KeptLibraries, LeftOut, Refused, Unsynced, library_place,
        names_in_step, project_place, read_plain,
    },
    history::{
        HistoryLimits, Operation, Replaced,
        undo::{LocalHistory, Restored, Source, Undone},
    },
    local::LocalFile,
    observer::{Caution, Event, Observer, Thousands},
    plan::{
        Change, Conflict, Plan, Side, Tree,
        merge::is_unresolved,
        selection::Selection,
        version::{Digest, Version},
    },
    session::{Options, SyncSession},
    settings::{
        SettingChange, SettingConflict, SettingKey, Settings, SettingsPlan,
        config::{CONFIG, Config},
        sync::{ComparedSettings, SettingsSync},
        workspace::{Workspace, workspace},
    },
};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
