//! The emulator tried against its own OpenAPI document: what it says is what the document promises.

use std::time::SystemTime;

use anyhow::{Context as _, Result};
use qc_proto::{ApiToken, Credentials, Signature, http::HeaderMap};

use crate::process;
use crate::python::Python;
use crate::served::Served;
use crate::workspace::Workspace;

/// The environment's name, and the tool's.
const TOOL: &str = "schemathesis";

/// What the service does otherwise than most: a refusal is HTTP 200, for bad requests and bad credentials alike, and what makes
/// a rule of faults is no matter of a schema.
const NOT_HELD: &str =
    "negative_data_rejection,ignored_auth,missing_required_header,positive_data_acceptance";

/// Asks some thousand requests, always the same ones.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let python = Python::ready(workspace, TOOL)?;
    let served = Served::start(workspace, &[])?;
    let mut command = workspace.command(python.program(TOOL));
    command.current_dir(workspace.target().join(TOOL));
    command.arg("run").arg(workspace.path("docs/openapi.json"));
    command.args(["--url", &served.address, "--exclude-checks", NOT_HELD]);
    command.args(["--seed", "1", "--phases", "examples,coverage,fuzzing,stateful"]);
    // A signature may be used again for longer than this takes.
    for (name, value) in &signature(&served)? {
        command.arg("--header").arg(format!("{name}: {}", value.to_str()?));
    }
    process::run(&mut command)
}

fn signature(served: &Served) -> Result<HeaderMap> {
    let wall = SystemTime::UNIX_EPOCH.elapsed().context("the clock is before 1970")?;
    let token = ApiToken::new(served.api_token.clone())?;
    let mut headers = HeaderMap::new();
    Signature::new(&Credentials::new(served.user_id.parse()?, token), wall.as_secs())
        .apply(&mut headers);
    Ok(headers)
}
