//! `qc` in a folder that the official tool made.

use anyhow::Result;

use super::checks::Checks;
use super::config;
use super::files::{delete, listing, local, write};
use super::stage::Stage;

/// Both tools work in one folder, and the official one in a second of the same project.
pub(super) fn play(stage: &Stage, checks: &Checks) -> Result<()> {
    let id = stage.create_project("Shared")?;
    let (lean, other) = (stage.workspace("shared")?, stage.workspace("shared-elsewhere")?);
    for workspace in [&lean, &other] {
        stage.lean(workspace, &["cloud", "pull", "--project", &id])?;
    }
    let (folder, elsewhere) = (lean.join("Shared"), other.join("Shared"));
    let config = config::text(&folder)?;

    let status = stage.qc(&folder, &["status"])?;
    checks.same("qc status finds it in step", "in step\nexit 0", &status.text())?;
    let pull = stage.qc(&folder, &["pull"])?;
    checks.same("qc pull finds nothing", "nothing new in the cloud\nexit 0", &pull.text())?;

    write(&elsewhere, "main.py", "# by lean\n")?;
    write(&elsewhere, "signals/__init__.py", "")?;
    delete(&elsewhere, "research.ipynb")?;
    stage.lean(&other, &["cloud", "push", "--project", "Shared"])?;
    let status = stage.qc(&folder, &["status"])?;
    checks.same("qc status shows what lean has pushed", "", &status.text())?;
    let pull = stage.qc(&folder, &["pull"])?;
    checks.same("qc pull takes it", "", &pull.text())?;
    checks.same("to the last file", &listing(&local(&elsewhere)?), &listing(&local(&folder)?))?;

    write(&folder, "main.py", "# by qc\n")?;
    write(&folder, "alpha.py", "PERIOD = 14\n")?;
    delete(&folder, "signals/__init__.py")?;
    let push = stage.qc(&folder, &["push"])?;
    checks.same("qc push sends it", "", &push.text())?;
    let pull = stage.lean(&other, &["cloud", "pull", "--project", &id])?;
    checks.same("lean pulls what qc has pushed", "", &pull.text())?;
    // The tool deletes nothing here that is gone in the cloud.
    delete(&elsewhere, "signals/__init__.py")?;
    checks.same("to the last file", &listing(&local(&folder)?), &listing(&local(&elsewhere)?))?;

    let pull = stage.lean(&lean, &["cloud", "pull", "--project", &id])?;
    checks.same("in one folder, lean finds nothing to pull", "", &pull.text())?;
    write(&folder, "main.py", "# by lean, beside qc\n")?;
    stage.lean(&lean, &["cloud", "push", "--project", "Shared"])?;
    let status = stage.qc(&folder, &["status"])?;
    checks.same(
        "and qc finds in step what lean pushed from it",
        "in step\nexit 0",
        &status.text(),
    )?;
    checks.same("config.json is as lean wrote it", &config, &config::text(&folder)?)
}
