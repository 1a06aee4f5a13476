//! The official clients against the emulator, and against folders that `qc` works in too.
//!
//! What they see is compared, word by word where they speak. Nothing leaves this machine but the
//! first installation.

mod asked;
mod checks;
mod cloud;
mod comparison;
mod config;
mod document;
mod door;
mod emulator;
mod files;
mod lean_folder;
mod library;
mod locked;
mod login;
mod modules;
mod names;
mod outline;
mod pull;
mod push;
mod qc_folder;
mod ran;
mod stage;

use anyhow::Result;

use crate::process;
use crate::python::Python;
use crate::workspace::Workspace;
use checks::Checks;
use stage::Stage;

/// A row of checks around one matter. Each makes a project of its own.
struct Scene {
    /// What it is about.
    about: &'static str,
    /// The checks, stopping at the first that does not hold: those after it build on it.
    play: fn(&Stage, &Checks) -> Result<()>,
}

/// Every scene. The door comes last: it tells what all others tried.
const SCENES: &[Scene] = &[
    Scene { about: "the API page's flow, in Python with requests", play: document::play },
    Scene { about: "lean login", play: login::play },
    Scene { about: "lean cloud pull", play: pull::play },
    Scene { about: "lean cloud push", play: push::play },
    Scene { about: "names of projects", play: names::play },
    Scene { about: "a library", play: library::play },
    Scene { about: "qc in a folder that lean made", play: lean_folder::play },
    Scene { about: "lean in a folder that qc made", play: qc_folder::play },
    Scene { about: "a project that is open elsewhere", play: locked::play },
    Scene { about: "what was asked, and of whom", play: asked::play },
];

/// Sets the stage and plays every scene, also after one that failed.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let python = Python::ready(workspace, "clients")?;
    modules::write(workspace, &python)?;
    process::run(&mut workspace.cargo(&["build", "-p", "qc-cli"]))?;
    let stage = Stage::set(workspace, python, "debug", &[])?;
    let checks = Checks::default();
    for scene in SCENES {
        println!("{}", scene.about);
        if let Err(why) = (scene.play)(&stage, &checks) {
            checks.failed(&why);
        }
    }
    checks.verdict(stage.transcript())
}
