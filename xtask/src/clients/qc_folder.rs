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
    let clone = clone.replace(&format!("projectId: {id}\n"), "");
    checks.same(
        "qc clones into lean's workspace",
        "directory: Cloned\nfiles: 2\nname: Cloned\nexit 0",
        &clone,
    )?;
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
    checks.same(
        "the cloud then holds what the folder holds",
        &listing(&local(&folder)?),
        &cloud,
    )?;
    let status = stage.qc(&folder, &["status"])?;
    checks.same("qc finds in step what lean has pushed", "exit 0", &status)?;

    let main = json!({"projectId": id, "name": "main.py", "content": "# by a third\n"});
    stage.call("files/update", &main)?;
    let pull = stage.lean(&lean, &["cloud", "pull", "--project", &id])?;
    let words = "\
[1/1] Pulling 'Cloned'
Successfully pulled 'Cloned/main.py'
exit 0";
    checks.same("lean pulls into it", words, &pull.text())?;
    let status = stage.qc(&folder, &["status"])?;
    checks.same("qc finds in step what lean has pulled", "exit 0", &status)?;

    let after = config::keys(&config::text(&folder)?);
    let expected = format!("{keys}python-venv\nencrypted");
    checks.same("config.json keeps its keys in order, and lean's follow", &expected, &after)?;
    write(&folder, "alpha.py", "PERIOD = 14\n")?;
    let push = stage.qc(&folder, &["push"])?;
    checks.same("qc pushes after lean", "done: create alpha.py\nexit 0", &push)?;
    let cloud = listing(&stage.files(&id)?);
    checks.same("the cloud holds all that both have pushed", &listing(&local(&folder)?), &cloud)
}
