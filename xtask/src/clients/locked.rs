//! A project that is open in another environment.

use anyhow::Result;
use serde_json::json;

use super::checks::Checks;
use super::files::{listing, write};
use super::stage::Stage;

/// Pushes with either tool, unforced and forced.
pub(super) fn play(stage: &Stage, checks: &Checks) -> Result<()> {
    let id = stage.create_project("Locked")?;
    let lean = stage.workspace("locked")?;
    stage.prepare(&lean, &["cloud", "pull", "--project", &id])?;
    let folder = lean.join("Locked");
    let before = listing(&stage.files(&id)?);
    let lock = json!({"projectId": id, "codeSourceId": "web-ide"});
    stage.call("projects/collaboration/lock/acquire", &lock)?;
    write(&folder, "main.py", "# by lean\n")?;

    // The tool ends with 0 whatever became of a push.
    let refused = stage.lean(&lean, &["cloud", "push", "--project", "Locked"])?;
    let words = "\
[1/1] Pushing 'Locked'
Cannot push 'Locked': No write permission: the project is being edited in web-ide
Please pull any required changes and push with --force
exit 0";
    checks.same("lean knows the refusal and says what to do", words, &refused.text())?;
    checks.same("lean has written nothing", &before, &listing(&stage.files(&id)?))?;
    let forced = stage.lean(&lean, &["cloud", "push", "--project", "Locked", "--force"])?;
    let words = "\
[1/1] Pushing 'Locked'
Successfully updated name, files, and libraries for 'Locked'
exit 0";
    checks.same("lean push --force goes through", words, &forced.text())?;
    let by_lean = stage.files(&id)?;
    checks.same(
        "lean has written by force",
        "Some(\"# by lean\\n\")",
        &format!("{:?}", by_lean.get("main.py")),
    )?;

    // What lean pushed is in step, and qc notes it.
    stage.qc(&folder, &["pull"])?;
    write(&folder, "main.py", "# by qc\n")?;
    let refused = stage.qc(&folder, &["push"])?;
    checks.same("qc push is refused as well", "failed: update main.py\nexit 6", &refused)?;
    checks.same("qc has written nothing", &listing(&by_lean), &listing(&stage.files(&id)?))?;
    let forced = stage.qc(&folder, &["push", "--force"])?;
    checks.same("qc push --force goes through", "done: update main.py\nexit 0", &forced)?;
    let by_qc = stage.files(&id)?;
    checks.same(
        "qc has written by force",
        "Some(\"# by qc\\n\")",
        &format!("{:?}", by_qc.get("main.py")),
    )
}
