//! `lean cloud push`, of a project that the cloud has and of one that it has not.

use anyhow::Result;
use serde_json::Value;

use super::checks::Checks;
use super::config;
use super::files::{delete, listing, local, write};
use super::stage::Stage;

/// Pushes every kind of change, then a project that begins here.
pub(super) fn play(stage: &Stage, checks: &Checks) -> Result<()> {
    known(stage, checks)?;
    new(stage, checks)
}

/// A project of the cloud.
fn known(stage: &Stage, checks: &Checks) -> Result<()> {
    let id = stage.create_project("Pushed")?;
    let lean = stage.workspace("push")?;
    stage.prepare(&lean, &["cloud", "pull", "--project", &id])?;
    let folder = lean.join("Pushed");
    write(&folder, "main.py", "# edited: \u{20ac} \u{1f980}\n")?;
    write(&folder, "signals/__init__.py", "")?;
    write(&folder, "signals/alpha.py", "A = '&=+%[]'\r\n")?;
    write(&folder, "notes.txt", "not pushed")?;
    delete(&folder, "research.ipynb")?;

    stage.asked()?;
    let pushed = stage.lean(&lean, &["cloud", "push", "--project", "Pushed"])?;
    let words = "\
[1/1] Pushing 'Pushed'
Successfully updated name, files, libraries, and code_source_id for 'Pushed'
exit 0";
    checks.same("a push of a known project says what it should", words, &pushed.text())?;
    let asked = "GET projects/read 200\nPOST projects/update 200";
    checks.same("it asks what it asks the service", asked, &stage.asked()?)?;
    // The tool reads with universal newlines.
    let expected = "\
main.py \"# edited: \u{20ac} \u{1f980}\\n\"
signals/__init__.py \"\"
signals/alpha.py \"A = '&=+%[]'\\n\"";
    let cloud = listing(&stage.files(&id)?);
    checks.same("the cloud then has what was edited, new, empty and deleted", expected, &cloud)?;

    let config = config::text(&folder)?
        .replace("\"parameters\": {}", "\"parameters\": {\"period\": \"14\", \"s\": \"\u{e9}\"}")
        .replace("\"description\": \"\"", "\"description\": \"what it is for\"");
    write(&folder, "config.json", &config)?;
    stage.prepare(&lean, &["cloud", "push", "--project", "Pushed"])?;
    let project = stage.project(&id)?;
    let seen = format!("{}\n{}", project["description"], parameters(&project));
    let expected = "\"what it is for\"\nperiod=14 s=\u{e9}";
    checks.same("the cloud has description and parameters", expected, &seen)
}

/// A project that the tool makes.
fn new(stage: &Stage, checks: &Checks) -> Result<()> {
    let lean = stage.workspace("push")?;
    stage.prepare(&lean, &["project-create", "--language", "python", "Group/New"])?;
    let folder = lean.join("Group").join("New");
    write(&folder, "signals/__init__.py", "")?;

    stage.asked()?;
    let pushed = stage.lean(&lean, &["cloud", "push", "--project", "Group/New"])?;
    let words = "\
[1/1] Pushing 'Group/New'
Successfully created cloud project 'Group/New' in organization '0123456789abcdef0123456789abcdef'
Successfully updated name, files, libraries, and code_source_id for 'Group/New'
exit 0";
    checks.same("a push of a new project says what it should", words, &pushed.text())?;
    let asked = "POST projects/create 200\nPOST projects/update 200";
    checks.same("it asks what it asks the service for a new project", asked, &stage.asked()?)?;
    let config = config::text(&folder)?;
    let config: Value = serde_json::from_str(&config)?;
    let id = config["cloud-id"].to_string();
    let cloud = listing(&stage.files(&id)?);
    checks.same(
        "the cloud then holds what the new folder holds",
        &listing(&local(&folder)?),
        &cloud,
    )?;
    let name = &stage.project(&id)?["name"];
    checks.same("the new project has the folder's name", "\"Group/New\"", &name.to_string())
}

/// The project's parameters in one line.
fn parameters(project: &Value) -> String {
    let parameter = |parameter: &Value| {
        let [key, value] = ["key", "value"].map(|name| parameter[name].as_str().unwrap_or("?"));
        format!("{key}={value}")
    };
    let all = project["parameters"].as_array().into_iter().flatten().map(parameter);
    all.collect::<Vec<_>>().join(" ")
}
