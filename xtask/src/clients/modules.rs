//! The list of modules that the official tool wants to see before it does anything.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::python::Python;
use crate::workspace::Workspace;

/// The tool looks for a list of modules in its own folder, and fetches it if there is none or it is
/// older than a day. No command of these checks needs a module.
const MODULES: (&str, &str) = ("modules-1.14.json", "{\"modules\": []}\n");

/// Writes the list of modules, or makes it new enough again.
pub(super) fn write(workspace: &Workspace, python: &Python) -> Result<()> {
    // Asked of Python without importing the tool: that would fetch the list.
    let ask = "import importlib.util as u; print(u.find_spec('lean').origin)";
    let said = workspace.command(python.program("python")).args(["-c", ask]).output()?;
    let origin = String::from_utf8_lossy(&said.stdout);
    let folder = Path::new(origin.trim()).parent().context("the tool is not to be found")?;
    let (name, content) = MODULES;
    let path = folder.join(name);
    fs::write(&path, content).with_context(|| format!("cannot write {}", path.display()))
}
