//! `lean cloud pull`, by number and by name.

use anyhow::Result;
use serde_json::json;

use super::checks::Checks;
use super::stage::Stage;
use super::{config, files};

/// What a pull asks.
const ASKED: &str = "GET projects/read 200\nGET files/read 200";

/// What a pull writes into the project's `config.json`.
const KEYS: &str = "\
algorithm-language\nparameters\ndescription\ncloud-id\norganization-id\npython-venv\nencrypted";

/// Pulls a new project, then what has changed in it since.
pub(super) fn play(stage: &Stage, checks: &Checks) -> Result<()> {
    let id = stage.create_project("Group/Pulled")?;
    let lean = stage.workspace("pull")?;
    let folder = lean.join("Group").join("Pulled");

    stage.asked()?;
    let pulled = stage.lean(&lean, &["cloud", "pull", "--project", &id])?;
    let words = "\
[1/1] Pulling 'Group/Pulled'
Successfully pulled 'Group/Pulled/main.py'
Successfully pulled 'Group/Pulled/research.ipynb'
exit 0";
    checks.same("a pull by number says what it should", words, &pulled.text())?;
    checks.same("a pull by number asks what it asks the service", ASKED, &stage.asked()?)?;
    let cloud = files::listing(&stage.files(&id)?);
    checks.same("the folder then holds what the cloud holds", &cloud, &seen(&folder)?)?;
    checks.same("config.json has the tool's keys", KEYS, &config::keys(&config::text(&folder)?))?;

    let main = json!({"projectId": id, "name": "main.py", "content": "caf\u{e9} = '\\u00e9'\n"});
    stage.call("files/update", &main)?;
    for fields in [
        json!({"projectId": id, "name": "signals/__init__.py"}),
        json!({"projectId": id, "name": "signals/alpha.py", "content": "PERIOD = 14\n"}),
    ] {
        stage.call("files/create", &fields)?;
    }
    stage.asked()?;
    let pulled = stage.lean(&lean, &["cloud", "pull", "--project", "Group/Pulled"])?;
    let words = "\
[1/1] Pulling 'Group/Pulled'
Successfully pulled 'Group/Pulled/main.py'
Successfully pulled 'Group/Pulled/signals/__init__.py'
Successfully pulled 'Group/Pulled/signals/alpha.py'
exit 0";
    checks.same("a pull by name says what has changed", words, &pulled.text())?;
    checks.same("a pull by name asks what it asks the service", ASKED, &stage.asked()?)?;
    let cloud = files::listing(&stage.files(&id)?);
    checks.same(
        "the folder follows, with an empty file and odd letters",
        &cloud,
        &seen(&folder)?,
    )?;

    let none = stage.lean(&lean, &["cloud", "pull", "--project", "No such"])?;
    let words = "Error: No project with the given name or id exists in the cloud\nexit 1";
    checks.same("a name that nothing has is refused", words, &none.text())
}

/// The folder's files.
fn seen(folder: &std::path::Path) -> Result<String> {
    Ok(files::listing(&files::local(folder)?))
}
