//! The packed crates, built and tested where the workspace is not.

use std::fs;

use anyhow::{Context as _, Result};

use crate::process;
use crate::release::{archive, packages};
use crate::workspace::Workspace;

/// A program that uses packed crates only, and runs the API's whole flow: the example of `qc-files`.
const PROGRAM: &str = "program";

/// Tests of the packed crates that read other files of the repository: its guide, its documents, another crate's data.
const NOT_PACKED: [(&str, &[&str]); 2] = [
    ("qc-cli", &["action::", "output::demo", "output::editors", "output::guide", "output::json"]),
    ("qc-emulator", &["shapes::", "the_document_is_what_the_types_make"]),
];

/// Unpacks the crates into a workspace of their own, where they know each other only as packed, and runs the program,
/// `qc` and the crates' own tests there.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let packed = packages::pack(workspace, &["--no-verify"])?;
    let place = workspace.target().join("packed");
    if place.exists() {
        fs::remove_dir_all(&place).context("cannot remove the old workspace")?;
    }
    let mut names = Vec::new();
    for (package, file) in &packed {
        archive::unpack(file, &place)?;
        let from = place.join(format!("{}-{}", package.name, package.version));
        fs::rename(from, place.join(package.name.as_str()))?;
        names.push((package.name.as_str(), package.version.to_string()));
    }
    // The same profiles and versions: what the workspace has built of others need not be built again.
    fs::write(place.join("Cargo.toml"), manifest(&names, &workspace.read("Cargo.toml")?))?;
    fs::copy(workspace.path("Cargo.lock"), place.join("Cargo.lock"))?;
    fs::create_dir_all(place.join(PROGRAM).join("src"))?;
    fs::write(place.join(PROGRAM).join("Cargo.toml"), program(&names)?)?;
    fs::copy(
        place.join("qc-files/examples/quickstart.rs"),
        place.join(PROGRAM).join("src/main.rs"),
    )?;

    let cargo = |arguments: &[&str]| {
        let mut command = workspace.cargo(arguments);
        command.current_dir(&place).env("CARGO_TARGET_DIR", workspace.target());
        // The program takes credentials where it finds them, and is to use the emulator.
        command.env_remove("QUANTCONNECT_USER_ID").env_remove("QUANTCONNECT_API_TOKEN");
        command
    };
    process::run(&mut cargo(&["run", "--package", PROGRAM]))?;
    process::run(&mut cargo(&["run", "--package", "qc-cli", "--", "demo"]))?;
    for (name, _) in &names {
        let mut command = cargo(&["test", "--package", name, "--all-features", "--"]);
        let skipped = NOT_PACKED.iter().filter(|(package, _)| package == name);
        for test in skipped.flat_map(|(_, tests)| *tests) {
            command.args(["--skip", test]);
        }
        process::run(&mut command)?;
    }
    Ok(())
}

/// The manifest of a workspace of packed crates, with the profiles of ours.
fn manifest(names: &[(&str, String)], ours: &str) -> String {
    let members: String = names.iter().map(|(name, _)| format!("\"{name}\", ")).collect();
    let patches: String =
        names.iter().map(|(name, _)| format!("{name} = {{ path = \"{name}\" }}\n")).collect();
    let profiles = ours.find("\n[profile.").map_or("", |at| &ours[at..]);
    format!(
        "[workspace]\nresolver = \"3\"\nmembers = [{members}\"{PROGRAM}\"]\n\n[patch.crates-io]\n{patches}{profiles}"
    )
}

/// The manifest of the program: it names the crates by their versions, as a user does.
fn program(names: &[(&str, String)]) -> Result<String> {
    let version = |wanted: &str| {
        let found = names.iter().find(|(name, _)| *name == wanted);
        found.map(|(_, version)| version).with_context(|| format!("{wanted} is not packed"))
    };
    Ok(format!(
        "[package]\nname = \"{PROGRAM}\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n\
         [dependencies]\nqc-files = \"{}\"\nqc-emulator = \"{}\"\n\
         tokio = {{ version = \"1\", features = [\"macros\", \"rt\"] }}\n",
        version("qc-files")?,
        version("qc-emulator")?,
    ))
}

#[cfg(test)]
mod tests {
    use super::{manifest, program};

    #[test]
    fn crates_know_each_other_as_packed_only() {
        let names = [("qc-files", "0.1.0".to_owned()), ("qc-emulator", "0.2.0".to_owned())];
        let text = manifest(&names, "[workspace]\nx = 1\n\n[profile.dev]\ndebug = false\n");
        assert!(text.contains("members = [\"qc-files\", \"qc-emulator\", \"program\"]"), "{text}");
        assert!(text.contains("[patch.crates-io]\nqc-files = { path = \"qc-files\" }\n"), "{text}");
        assert!(text.ends_with("\n\n[profile.dev]\ndebug = false\n"), "{text}");

        let text = program(&names).unwrap();
        assert!(text.contains("qc-files = \"0.1.0\"\nqc-emulator = \"0.2.0\"\n"), "{text}");
        assert!(program(&names[..1]).is_err());
    }
}
