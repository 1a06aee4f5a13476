//! The installers that cargo-dist writes: for a shell, for PowerShell and for Homebrew.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::json;

use crate::process::{self, Missing, answers};
use crate::release::built::PROGRAMS;
use crate::release::dist::{self, SUFFIX};
use crate::release::{archive, packages};
use crate::workspace::Workspace;

const USAGE: &str = "usage: cargo xtask installers [--tag TAG]";

/// What cargo-dist writes for all targets of a system together.
const FOR_WINDOWS: [&str; 1] = ["qc-cli-installer.ps1"];
const FOR_OTHERS: [&str; 2] = ["qc-cli-installer.sh", "qc-cli.rb"];

/// Writes installers for the archives that are there, with their checksums in them.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let tag = format!("v{}", packages::version(workspace)?);
    match arguments {
        [] => {}
        [flag, asked] if flag == "--tag" => {
            ensure!(*asked == tag, "the tag is {asked}, and the manifests' version makes it {tag}");
        }
        _ => bail!(USAGE),
    }
    if !answers(workspace.command("dist").arg("--version")) {
        let how = "cargo-dist is missing: install it with `cargo install cargo-dist --locked`";
        return Err(Missing(how.to_owned()).into());
    }
    let place = dist::place(workspace);
    let mut checksums = BTreeMap::new();
    for file in fs::read_dir(&place).context("run `cargo xtask dist` first")? {
        let name = file?.file_name().to_string_lossy().into_owned();
        if let Some(target) = target(&name) {
            let said = fs::read_to_string(place.join(format!("{name}.sha256")))
                .with_context(|| format!("{name} has no checksum"))?;
            let sum = said.split_whitespace().next().context("an empty checksum")?;
            checksums.insert(target.to_owned(), sum.to_owned());
        }
    }
    ensure!(!checksums.is_empty(), "there is no archive: run `cargo xtask dist` first");

    // Cargo-dist takes from such a file what another machine has built. It asks no variable where the target folder is.
    let made = workspace.path("target/distrib");
    if made.exists() {
        fs::remove_dir_all(&made).context("cannot remove the old installers")?;
    }
    fs::create_dir_all(&made).context("cannot make the folder for installers")?;
    fs::write(made.join("dist-manifest.json"), manifest(&checksums).to_string())?;
    let mut command = workspace.command("dist");
    command.args(["build", "--artifacts=global", &format!("--tag={tag}")]);
    command.args(checksums.keys().map(|target| format!("--target={target}")));
    process::run(&mut command)?;
    let (windows, others): (Vec<_>, Vec<_>) =
        checksums.iter().partition(|(target, _)| target.contains("windows"));
    for (names, checksums) in [(&FOR_WINDOWS[..], windows), (&FOR_OTHERS, others)] {
        for name in names.iter().filter(|_| !checksums.is_empty()) {
            let text = fs::read_to_string(made.join(name))
                .with_context(|| format!("cargo-dist did not write {name}"))?;
            // That for PowerShell compares none, and Homebrew takes the C library of the machine.
            let compared = |target: &str| !target.contains("windows") && !target.ends_with("-musl");
            for (target, sum) in checksums.iter().filter(|(target, _)| compared(target)) {
                ensure!(text.contains(*sum), "{name} lacks the checksum of {target}");
            }
            let path = place.join(name);
            fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
            archive::write_checksum(&path)?;
            println!("{}", path.display());
        }
    }
    Ok(())
}

/// The target that an archive of this name is for.
fn target(name: &str) -> Option<&str> {
    name.strip_prefix(PROGRAMS)?.strip_prefix('-')?.strip_suffix(SUFFIX)
}

/// What cargo-dist has to know of archives that it did not make.
fn manifest(checksums: &BTreeMap<String, String>) -> serde_json::Value {
    let artifact = |(target, sum): (&String, &String)| {
        let name = format!("{}{SUFFIX}", dist::name(target));
        let known = json!({"name": name, "kind": "executable-zip", "checksums": {"sha256": sum}});
        (name, known)
    };
    let artifacts: serde_json::Map<_, _> = checksums.iter().map(artifact).collect();
    json!({ "artifacts": artifacts })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{manifest, target};

    #[test]
    fn an_archive_tells_its_target() {
        assert_eq!(target("qc-cli-x86_64-pc-windows-msvc.tar.gz"), Some("x86_64-pc-windows-msvc"));
        for other in ["qc-cli-a-b-c.tar.gz.sha256", "qc-cli_0.1.0-1_amd64.deb", "qc-cli.rb"] {
            assert_eq!(target(other), None, "{other}");
        }
    }

    #[test]
    fn a_checksum_is_told_under_the_name_of_its_archive() {
        let told = manifest(&BTreeMap::from([("t".to_owned(), "12ab".to_owned())]));
        assert_eq!(told["artifacts"]["qc-cli-t.tar.gz"]["checksums"]["sha256"], "12ab");
    }
}
