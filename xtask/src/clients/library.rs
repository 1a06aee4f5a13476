//! A project that uses a library, which is a project too.

use anyhow::Result;
use serde_json::json;

use super::checks::Checks;
use super::config;
use super::files::{listing, local};
use super::stage::Stage;

/// The tool pushes both, and pulls both elsewhere; `qc` deals with the project's own files only.
pub(super) fn play(stage: &Stage, checks: &Checks) -> Result<()> {
    let id = stage.create_project("User")?;
    let (lean, other) = (stage.workspace("library")?, stage.workspace("library-elsewhere")?);
    stage.prepare(&lean, &["cloud", "pull", "--project", &id])?;
    stage.prepare(&lean, &["project-create", "--language", "python", "Library/Lib"])?;
    stage.prepare(&lean, &["library", "add", "User", "Library/Lib"])?;
    let pushed = stage.lean(&lean, &["cloud", "push", "--project", "User"])?;
    let words = "\
[1/2] Pushing 'Library/Lib'
Successfully created cloud project 'Library/Lib' in organization '0123456789abcdef0123456789abcdef'
Successfully updated name, files, libraries, and code_source_id for 'Library/Lib'
[2/2] Pushing 'User'
Successfully updated name, files, libraries, and code_source_id for 'User'
exit 0";
    checks.same("a push takes the library along", words, &pushed.text())?;
    let read = stage.call("files/read", &json!({"projectId": id, "includeLibraries": true}))?;
    let seen: Vec<_> = read["files"].as_array().into_iter().flatten().collect();
    let seen: Vec<_> = seen.iter().map(|f| format!("{} {}", f["name"], f["isLibrary"])).collect();
    let expected = "\"main.py\" false\n\"research.ipynb\" false\n\"Library.py\" true";
    checks.same(
        "the cloud shows its files where they are asked for",
        expected,
        &seen.join("\n"),
    )?;

    let pulled = stage.lean(&other, &["cloud", "pull", "--project", &id])?;
    let words = "\
[1/2] Pulling 'Library/Lib'
Successfully pulled 'Library/Lib/Library.py'
[2/2] Pulling 'User'
Successfully pulled 'User/main.py'
Successfully pulled 'User/research.ipynb'
Adding/updating local library references to project User
[1/1] Adding/updating local library Lib reference to project User
exit 0";
    checks.same("a pull elsewhere brings the library", words, &pulled.text())?;
    for name in ["User", "Library/Lib"] {
        let [here, there] = [local(&lean.join(name))?, local(&other.join(name))?];
        checks.same(&format!("{name} is the same there"), &listing(&here), &listing(&there))?;
    }

    let folder = other.join("User");
    let config = config::text(&folder)?;
    let status = stage.qc(&folder, &["status"])?;
    checks.same("qc takes no file of the library for the project's", "exit 0", &status)?;
    let pull = stage.qc(&folder, &["pull"])?;
    checks.same("qc pulls none either", "exit 0", &pull)?;
    checks.same("qc leaves the library in config.json", &config, &config::text(&folder)?)
}
