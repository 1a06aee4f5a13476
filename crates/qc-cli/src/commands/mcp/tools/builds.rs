//! Tools for builds.

use qc_files::{
    Compile, Diagnostic, ProjectId,
    qc_proto::{self, CreateCompile},
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::commands::mcp::{
    failure::Failure,
    server::Call,
    tools::{Answer, projects::OneProject},
};

/// No log is longer.
const LINES: usize = 200;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ReadCompile {
    project_id: i64,
    compile_id: String,
}

fn described(mut compile: Compile) -> Result<Value, Failure> {
    let left = compile.logs.len().saturating_sub(LINES);
    compile.logs.truncate(LINES);
    let mut value = serde_json::to_value(&compile)
        .map_err(|why| Failure::new("decode", why.to_string(), "Call again."))?;
    value["success"] = true.into();
    if left > 0 {
        value["more"] = format!("{left} lines of the log are left out").into();
    }
    Ok(value)
}

impl Call {
    pub(super) async fn create_compile(&self, asked: OneProject) -> Answer {
        let project_id = ProjectId::new(asked.project_id)?;
        self.settings.rails.allows_project(project_id)?;
        described(self.settings.client.execute(CreateCompile::new(project_id)).await?)
    }

    pub(super) async fn read_compile(&self, asked: ReadCompile) -> Answer {
        let project_id = ProjectId::new(asked.project_id)?;
        self.settings.rails.allows_project(project_id)?;
        let read = qc_proto::ReadCompile::new(project_id, asked.compile_id);
        described(self.settings.client.execute(read).await?)
    }

    /// A build that nobody waits for any more goes on in the cloud, and changes nothing.
    pub(super) async fn compile_and_wait(
        &self,
        asked: OneProject,
        cancelled: &CancellationToken,
    ) -> Answer {
        let project = self.project(ProjectId::new(asked.project_id)?)?;
        let compile = tokio::select! {
            compile = project.compile() => compile?,
            () = cancelled.cancelled() => {
                let message = "the call was cancelled while the build was under way";
                return Err(Failure::new("cancelled", message, "Call again if it is still needed."));
            }
        };
        let found: Vec<Diagnostic> = compile.diagnostics().take(LINES).collect();
        let is_end = compile.state.is_end();
        let mut value = described(compile)?;
        value["diagnostics"] = json!(found);
        if !is_end {
            value["more"] =
                "the build has not ended yet: call read_compile with this compileId".into();
        }
        Ok(value)
    }
}
