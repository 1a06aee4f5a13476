//! What comes from others: no crate twice without a reason, known licenses, one source, no banned
//! crate. The rules stand in deny.toml; cargo-deny holds them.

use std::fmt;
use std::process::{Command, Stdio};

use anyhow::Result;

use crate::process;
use crate::workspace::Workspace;

/// The checks that need nothing but the packages themselves; deny.toml says why advisories are not
/// among them. A warning is a line of deny.toml that no longer holds.
const CHECK: [&str; 7] = ["deny", "check", "--deny", "warnings", "bans", "licenses", "sources"];

/// Looks for cargo-deny, then lets it check.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    if !answers(&mut workspace.cargo(&["deny", "--version"])) {
        return Err(Missing.into());
    }
    process::run(&mut workspace.cargo(&CHECK))
}

/// The one program that the checks need and cargo does not bring.
#[derive(Debug)]
pub(crate) struct Missing;

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cargo-deny is missing: install it with `cargo install cargo-deny --locked`")
    }
}

impl std::error::Error for Missing {}

/// Whether the command is there and works.
fn answers(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    #[test]
    fn a_missing_subcommand_does_not_answer() {
        assert!(super::answers(Command::new("cargo").args(["tree", "--version"])));
        assert!(!super::answers(Command::new("cargo").arg("no-such-command")));
        assert!(!super::answers(&mut Command::new("no-such-program")));
    }
}
