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
        stage.prepare(workspace, &["cloud", "pull", "--project", &id])?;
    }
    let (folder, elsewhere) = (lean.join("Shared"), other.join("Shared"));
    let config = config::text(&folder)?;

    let status = stage.qc(&folder, &["status"])?;
    checks.same("qc status finds it in step", "exit 0", &status)?;
    let pull = stage.qc(&folder, &["pull"])?;
    checks.same("qc pull finds nothing", "exit 0", &pull)?;

    write(&elsewhere, "main.py", "# by lean\n")?;
    write(&elsewhere, "signals/__init__.py", "")?;
    delete(&elsewhere, "research.ipynb")?;
    stage.prepare(&other, &["cloud", "push", "--project", "Shared"])?;
    let status = stage.qc(&folder, &["status"])?;
    let expected = "\
pull: create signals/__init__.py\npull: update main.py\npull: delete research.ipynb\nexit 1";
    checks.same("qc status shows what lean has pushed", expected, &status)?;
    let pull = stage.qc(&folder, &["pull"])?;
    let expected = "\
done: write signals/__init__.py\ndone: write main.py\ndone: remove research.ipynb\nexit 0";
    checks.same("qc pull takes what lean has pushed", expected, &pull)?;
    let (expected, seen) = (local(&elsewhere)?, local(&folder)?);
    checks.same("the folder is then lean's other one", &listing(&expected), &listing(&seen))?;

    write(&folder, "main.py", "# by qc\n")?;
    write(&folder, "alpha.py", "PERIOD = 14\n")?;
    delete(&folder, "signals/__init__.py")?;
    let push = stage.qc(&folder, &["push"])?;
    let expected = "\
done: create alpha.py\ndone: update main.py\ndone: delete signals/__init__.py\nexit 0";
    checks.same("qc push sends edited, new and deleted files", expected, &push)?;
    let pull = stage.lean(&other, &["cloud", "pull", "--project", &id])?;
    let expected = "\
[1/1] Pulling 'Shared'
Successfully pulled 'Shared/alpha.py'
Successfully pulled 'Shared/main.py'
exit 0";
    checks.same("lean pulls what qc has pushed", expected, &pull.text())?;
    // The tool deletes nothing here that is gone in the cloud.
    delete(&elsewhere, "signals/__init__.py")?;
    let (expected, seen) = (local(&folder)?, local(&elsewhere)?);
    checks.same("lean's other folder is then this one", &listing(&expected), &listing(&seen))?;

    let pull = stage.lean(&lean, &["cloud", "pull", "--project", &id])?;
    let expected = "[1/1] Pulling 'Shared'\nexit 0";
    checks.same("in one folder, lean finds nothing to pull", expected, &pull.text())?;
    write(&folder, "main.py", "# by lean, beside qc\n")?;
    stage.prepare(&lean, &["cloud", "push", "--project", "Shared"])?;
    let status = stage.qc(&folder, &["status"])?;
    checks.same("qc finds in step what lean pushed from one folder", "exit 0", &status)?;
    checks.same("config.json is as lean wrote it", &config, &config::text(&folder)?)
}
