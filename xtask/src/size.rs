//! The program that people install.

use std::fs;

use anyhow::{Context as _, Result, ensure};

use crate::process;
use crate::workspace::Workspace;

/// In bytes: of TLS, HTTP, the command line, the emulator with its database and page, and the sync.
const LARGEST: u64 = 6_000_000;

/// Builds it, which takes a minute, and looks how large it is.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    process::run(&mut workspace.cargo(&["build", "--profile", "dist", "--package", "qc-cli"]))?;
    let program = format!("dist/qc{}", std::env::consts::EXE_SUFFIX);
    let path = workspace.target().join(program);
    let bytes =
        fs::metadata(&path).with_context(|| format!("{} is missing", path.display()))?.len();
    println!("qc has {bytes} bytes, of {LARGEST}");
    ensure!(bytes <= LARGEST, "qc has {bytes} bytes, and may have {LARGEST}");
    Ok(())
}
