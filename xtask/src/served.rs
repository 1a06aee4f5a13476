//! `qc emulator`, started for a check and stopped with it.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::workspace::Workspace;

/// An emulator of a check's own. It is stopped when this goes.
pub(crate) struct Served {
    child: Child,
    profile: &'static str,
    /// Where its page is, without a slash at the end.
    address: String,
    /// The number of the project that it has.
    pub(crate) project: String,
    /// Its user's.
    user_id: String,
    api_token: String,
}

impl Served {
    /// Starts a `qc` that was built, in the folder `profile` of the target folder.
    pub(crate) fn start_built(
        workspace: &Workspace,
        profile: &'static str,
        arguments: &[&str],
    ) -> Result<Self> {
        let mut child = qc(workspace, profile)
            .arg("emulator")
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start `qc emulator`")?;
        let said = child.stdout.take().context("`qc emulator` has no output")?;
        let mut served = Self {
            child,
            profile,
            address: String::new(),
            project: String::new(),
            user_id: String::new(),
            api_token: String::new(),
        };
        let mut line = String::new();
        BufReader::new(said).read_line(&mut line)?;
        let ready: Value = serde_json::from_str(&line).context("`qc emulator` did not start")?;
        let text = |field: &str| ready[field].as_str().unwrap_or_default().to_owned();
        text("base_url").trim_end_matches("/api/v2").clone_into(&mut served.address);
        served.project = ready["project_id"].to_string();
        served.user_id = text("user_id");
        served.api_token = text("api_token");
        Ok(served)
    }

    /// `qc`, which asks this emulator as its user.
    pub(crate) fn qc(&self, workspace: &Workspace, arguments: &[&str]) -> Command {
        let mut command = qc(workspace, self.profile);
        self.introduce(command.args(arguments));
        command
    }

    /// How many requests it was asked so far.
    pub(crate) fn requests(&self) -> Result<usize> {
        let mut answer = ureq::get(format!("{}/_emulator/requests", self.address)).call()?;
        let text = answer.body_mut().with_config().limit(1 << 26).read_to_string()?;
        let told: Value = serde_json::from_str(&text).context("the emulator tells no requests")?;
        told["requests"].as_array().map(Vec::len).context("the emulator tells no requests")
    }

    /// Tells a client where the emulator is, as whom to ask it, and about which project.
    pub(crate) fn introduce(&self, command: &mut Command) {
        command
            .env("QUANTCONNECT_PROJECT_ID", &self.project)
            .env("QUANTCONNECT_BASE_URL", format!("{}/api/v2", self.address))
            .env("QUANTCONNECT_USER_ID", &self.user_id)
            .env("QUANTCONNECT_API_TOKEN", &self.api_token);
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The command as it was built last, without the settings of whoever runs the check.
fn qc(workspace: &Workspace, profile: &str) -> Command {
    let name = format!("qc{}", std::env::consts::EXE_SUFFIX);
    let mut command = workspace.command(workspace.target().join(profile).join(name));
    for setting in
        ["QUANTCONNECT_USER_ID", "QUANTCONNECT_API_TOKEN", "QUANTCONNECT_BASE_URL", "QC_API"]
    {
        command.env_remove(setting);
    }
    command
}
