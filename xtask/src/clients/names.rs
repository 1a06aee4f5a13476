//! Names of projects: taken ones, changed ones, and those that no folder can have.

use std::fs;

use anyhow::{Context as _, Result};

use super::checks::Checks;
use super::files::{listing, local};
use super::stage::Stage;

/// The tool follows the service's name with its folder, and the folder's with the cloud's name.
pub(super) fn play(stage: &Stage, checks: &Checks) -> Result<()> {
    stage.create_project("Taken")?;
    let lean = stage.workspace("names")?;
    stage.prepare(&lean, &["project-create", "--language", "python", "Taken"])?;
    let pushed = stage.lean(&lean, &["cloud", "push", "--project", "Taken"])?;
    let words = "\
[1/1] Pushing 'Taken'
Received new name 'Taken 1' for project 'Taken' from QuantConnect.com
Renaming 'Taken' to 'Taken 1'
Successfully updated name, files, libraries, and code_source_id for 'Taken 1'
exit 0";
    checks.same("a taken name comes back changed, and lean follows", words, &pushed.text())?;

    let folder = lean.join("Moved");
    fs::rename(lean.join("Taken 1"), &folder).context("lean did not rename the folder")?;
    let pushed = stage.lean(&lean, &["cloud", "push", "--project", "Moved"])?;
    let words = "\
[1/1] Pushing 'Moved'
Renaming project in cloud from 'Taken 1' to 'Moved'
Successfully updated name, files, libraries, and code_source_id for 'Taken 1'
exit 0";
    checks.same("a folder's new name goes to the cloud", words, &pushed.text())?;
    let status = stage.qc(&folder, &["status"])?;
    checks.same("qc finds the renamed project in step", "exit 0", &status)?;

    let id = stage.create_project("Odd: name?")?;
    let pulled = stage.lean(&lean, &["cloud", "pull", "--project", &id])?;
    let words = "\
[1/1] Pulling 'Odd: name?'
Renamed project in cloud from 'Odd: name?' to 'Odd  name'
Successfully pulled 'Odd  name/main.py'
Successfully pulled 'Odd  name/research.ipynb'
exit 0";
    checks.same("a name that no folder can have is changed in the cloud", words, &pulled.text())?;
    let name = &stage.project(&id)?["name"];
    checks.same("the cloud has the name that lean gave", "\"Odd  name\"", &name.to_string())?;
    // An update of the name alone is to leave the files alone.
    let (cloud, here) = (stage.files(&id)?, local(&lean.join("Odd  name"))?);
    checks.same("its files were left alone", &listing(&cloud), &listing(&here))
}
