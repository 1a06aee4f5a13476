//! The cloud as a third party sees it: signed calls from Python, read with nothing of this project.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use super::files::Files;
use super::stage::Stage;

impl Stage {
    /// Makes one call that is to succeed.
    pub(super) fn call(&self, endpoint: &str, fields: &Value) -> Result<Value> {
        let said = self.script("call.py", &[endpoint, &fields.to_string()])?.text();
        let heard: Value =
            serde_json::from_str(said.trim_end_matches("exit 0")).with_context(|| said.clone())?;
        let [status, answer] = ["status", "answer"].map(|name| heard[name].clone());
        ensure!(status == 200 && answer["success"] == true, "{endpoint} was refused: {said}");
        Ok(answer)
    }

    /// Makes a Python project and tells its number.
    pub(super) fn create_project(&self, name: &str) -> Result<String> {
        let made = self.call("projects/create", &json!({"name": name, "language": "Py"}))?;
        let project = &made["projects"][0];
        ensure!(project["name"] == name, "another name was taken: {project}");
        Ok(project["projectId"].to_string())
    }

    /// The project as the service lists it.
    pub(super) fn project(&self, id: &str) -> Result<Value> {
        let read = self.call("projects/read", &json!({"projectId": id}))?;
        Ok(read["projects"][0].clone())
    }

    /// All files of the project.
    pub(super) fn files(&self, id: &str) -> Result<Files> {
        let read = self.call("files/read", &json!({"projectId": id}))?;
        let file = |file: &Value| {
            Some((file["name"].as_str()?.to_owned(), file["content"].as_str()?.to_owned()))
        };
        let files = read["files"].as_array().context("no files in the answer")?;
        files.iter().map(file).collect::<Option<_>>().context("a file without name or content")
    }
}
