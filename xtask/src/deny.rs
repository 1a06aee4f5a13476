//! What comes from others: no crate twice without a reason, known licenses, one source, no banned
//! crate. The rules stand in deny.toml; cargo-deny holds them.

use anyhow::Result;

use crate::missing::{Missing, answers};
use crate::process;
use crate::workspace::Workspace;

/// The checks that need nothing but the packages themselves; deny.toml says why advisories are not
/// among them. A warning is a line of deny.toml that no longer holds.
const CHECK: [&str; 7] = ["deny", "check", "--deny", "warnings", "bans", "licenses", "sources"];

/// Looks for cargo-deny, then lets it check.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    if !answers(&mut workspace.cargo(&["deny", "--version"])) {
        let what = "cargo-deny is missing: install it with `cargo install cargo-deny --locked`";
        return Err(Missing(what.to_owned()).into());
    }
    process::run(&mut workspace.cargo(&CHECK))
}
