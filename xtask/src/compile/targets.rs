//! What compiles for systems other than this one.

use std::path::Path;

use anyhow::Result;

use crate::process::{self, Missing};
use crate::workspace::Workspace;

/// The targets that people use, each of which a machine may lack.
const TARGETS: [&str; 6] = [
    "x86_64-pc-windows-msvc",
    "x86_64-pc-windows-gnu",
    "aarch64-apple-darwin",
    "x86_64-apple-darwin",
    "x86_64-unknown-linux-musl",
    "aarch64-unknown-linux-gnu",
];

/// The crates that need no C compiler of the target, and those below them: what they do differs most between systems. All others
/// are built by the workflow for pull requests on the systems themselves.
const CRATES: [&str; 6] = ["-p", "qc-proto", "-p", "qc-sync", "-p", "qc-emulator"];

/// Checks the crates for each target whose standard library is installed, and names the others.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let mut skipped = Vec::new();
    for target in TARGETS {
        let mut rustc = workspace.command("rustc");
        rustc.args(["--print", "target-libdir", "--target", target]);
        if !has_core(Path::new(process::read(&mut rustc)?.trim())) {
            skipped.push(target);
            continue;
        }
        process::run(workspace.cargo(&["check", "--target", target]).args(CRATES))?;
    }
    let how = how_to_add(&skipped);
    if skipped.len() == TARGETS.len() {
        return Err(Missing(format!("no standard library of another system: {how}")).into());
    }
    if !skipped.is_empty() {
        println!("not checked, as their standard libraries are not here: {how}");
    }
    Ok(())
}

/// Rustc names the folder of any target that it knows, and it may be empty or not there.
fn has_core(libraries: &Path) -> bool {
    let entries = libraries.read_dir().into_iter().flatten().filter_map(Result::ok);
    entries.map(|entry| entry.file_name()).any(|name| {
        let name = name.to_string_lossy();
        name.starts_with("libcore-") && name.ends_with(".rlib")
    })
}

fn how_to_add(targets: &[&str]) -> String {
    format!("run `rustup target add {}`", targets.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machines_own_library_is_found_and_a_missing_one_is_not() {
        let output =
            std::process::Command::new("rustc").args(["--print", "target-libdir"]).output();
        let own = String::from_utf8(output.unwrap().stdout).unwrap();
        assert!(has_core(Path::new(own.trim())), "{own}");
        assert!(!has_core(&Path::new(own.trim()).join("no-such-folder")));
        assert!(!has_core(Path::new(env!("CARGO_MANIFEST_DIR"))));
    }

    #[test]
    fn what_is_skipped_can_be_added_with_one_command() {
        assert_eq!(how_to_add(&["a", "b"]), "run `rustup target add a b`");
    }
}
