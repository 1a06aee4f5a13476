//! The official tool in a folder that `qc` made.

use anyhow::Result;
use serde_json::json;

use super::checks::Checks;
use super::config;
use super::files::{listing, local, write};
use super::stage::Stage;

/// `qc` clones, the official tool pushes and pulls, `qc` goes on.
pub(super) fn play(stage: &Stage, checks: &Checks) -> Result<()> {
    let id = stage.create_project("Cloned")?;
    let lean = stage.workspace("cloned")?;
    let clone = stage.qc(&lean, &["clone", &id])?;
    checks.same("qc clones", "cloned Cloned into Cloned: 2 files\nexit 0", &clone.text())?;
    let folder = lean.join("Cloned");
    let keys = config::keys(&config::text(&folder)?);

    write(&folder, "main.py", "# by lean\n")?;
    write(&folder, "signals/__init__.py", "")?;
    let push = stage.lean(&lean, &["cloud", "push", "--project", "Cloned"])?;
    let words = "\
[1/1] Pushing 'Cloned'
Successfully updated name, files, libraries, and code_source_id for 'Cloned'
exit 0";
    checks.same("lean pushes to the same project", words, &push.text())?;
    let cloud = listing(&stage.files(&id)?);
    checks.same("what the folder holds", &listing(&local(&folder)?), &cloud)?;
    let status = stage.qc(&folder, &["status"])?;
    checks.same("qc finds it in step", "in step\nexit 0", &status.text())?;

    let main = json!({"projectId": id, "name": "main.py", "content": "# by a third\n"});
    stage.call("files/update", &main)?;
    let pull = stage.lean(&lean, &["cloud", "pull", "--project", &id])?;
    let words = "\
[1/1] Pulling 'Cloned'
Successfully pulled 'Cloned/main.py'
exit 0";
    checks.same("lean pulls into it", words, &pull.text())?;
    let status = stage.qc(&folder, &["status"])?;
    checks.same("qc finds that in step, too", "in step\nexit 0", &status.text())?;

    let after = config::keys(&config::text(&folder)?);
    let expected = format!("{keys}parameters\npython-venv\nencrypted");
    checks.same("config.json keeps its keys in order, and lean's follow", &expected, &after)?;
    write(&folder, "alpha.py", "PERIOD = 14\n")?;
    let push = stage.qc(&folder, &["push"])?;
    checks.same("qc pushes on", "create alpha.py\nexit 0", &push.text())?;
    let cloud = listing(&stage.files(&id)?);
    checks.same("what the folder holds", &listing(&local(&folder)?), &cloud)
}
