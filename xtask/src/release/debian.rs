//! The package for Debian and Ubuntu, made by cargo-deb; crates/qc-cli/Cargo.toml says what is in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use cargo_metadata::Package;
use jiff::Timestamp;

use crate::process::{self, Missing, answers};
use crate::release::built::{Built, PROGRAMS};
use crate::release::{archive, changelog};
use crate::workspace::Workspace;

/// Where dpkg keeps what it knows, below a root.
const KNOWN: &str = "var/lib/dpkg";

/// Characters of a line in the list of changes.
const LONGEST_LINE: usize = 80;

/// Makes the package of what was built in this folder, and returns its path.
pub(crate) fn pack(workspace: &Workspace, built: &Built, place: &Path) -> Result<PathBuf> {
    if !answers(&mut workspace.cargo(&["deb", "--version"])) {
        let how = "cargo-deb is missing: install it with `cargo install cargo-deb --locked`";
        return Err(Missing(how.to_owned()).into());
    }
    stage(workspace, built)?;
    let mut command = workspace.cargo(&["deb", "--no-build", "--no-strip", "--profile", "dist"]);
    command.args(["--package", PROGRAMS, "--output"]).arg(place);
    if built.is_named {
        command.args(["--target", &built.target]);
    }
    // The time of all that is in it.
    let said = process::read(command.env("SOURCE_DATE_EPOCH", built.changed.to_string()))?;
    Ok(said.lines().last().context("cargo-deb names no package")?.into())
}

/// Writes what a package has and an archive has not: manual pages as gzip, and the list of changes in Debian's form.
fn stage(workspace: &Workspace, built: &Built) -> Result<()> {
    let (pages, place) = (built.pages(), built.pages().join("debian"));
    fs::create_dir_all(place.join("man")).context("cannot make the folder for the package")?;
    for page in fs::read_dir(pages.join("man"))? {
        let page = page?;
        let name = format!("man/{}.gz", page.file_name().display());
        fs::write(place.join(name), archive::gzip(&archive::read(&page.path())?)?)?;
    }
    let changes = changelog::changes(&workspace.read(changelog::FILE)?, &built.version())?;
    let text = debian_changelog(maintainer(&built.package)?, built, &changes)?;
    fs::write(place.join("changelog.gz"), archive::gzip(text.as_bytes())?)?;
    Ok(())
}

/// Who the manifest says is responsible for the package.
fn maintainer(package: &Package) -> Result<&str> {
    let said = package.metadata["deb"]["maintainer"].as_str();
    said.context("crates/qc-cli/Cargo.toml names no maintainer of the Debian package")
}

/// The changes of this version in the form that Debian's tools read.
fn debian_changelog(maintainer: &str, built: &Built, changes: &[String]) -> Result<String> {
    let lines: String = changes.iter().map(|change| point(change)).collect();
    let date = Timestamp::from_second(built.changed.cast_signed())?;
    let date = date.strftime("%a, %d %b %Y %H:%M:%S +0000");
    let version = built.version();
    Ok(format!(
        "{PROGRAMS} ({version}-1) unstable; urgency=medium\n\n{lines}\n -- {maintainer}  {date}\n"
    ))
}

/// A change in lines that are as short as Debian wants them.
fn point(change: &str) -> String {
    let mut text = String::from("  *");
    let mut length = text.len();
    for word in change.split_whitespace() {
        let needs = word.chars().count() + 1;
        if length + needs > LONGEST_LINE {
            text.push_str("\n   ");
            length = 3;
        }
        text.push(' ');
        text.push_str(word);
        length += needs;
    }
    text.push('\n');
    text
}

/// Installs the package into a root of its own, uses what it brought, and removes it.
pub(crate) fn check(workspace: &Workspace, built: &Built, package: &Path) -> Result<()> {
    if !answers(workspace.command("dpkg").arg("--version")) {
        return Err(
            Missing("dpkg is missing: check the package on Debian or Ubuntu".to_owned()).into()
        );
    }
    let root = built.scratch("root")?;
    for folder in ["info", "updates"] {
        fs::create_dir_all(root.join(KNOWN).join(folder))?;
    }
    fs::write(root.join(KNOWN).join("status"), "")?;

    // What it depends on is the machine's: the root has no other package.
    let mut install = dpkg(workspace, &root)?;
    process::run(install.args(["--force-depends", "--install"]).arg(package))?;
    for file in [
        "usr/share/bash-completion/completions/qc",
        "usr/share/zsh/vendor-completions/_qc",
        "usr/share/fish/vendor_completions.d/qc.fish",
        "usr/share/man/man1/qc.1.gz",
        "usr/share/man/man1/qc-push.1.gz",
        "usr/share/doc/qc-cli/changelog.Debian.gz",
        "usr/share/doc/qc-cli/copyright",
    ] {
        ensure!(root.join(file).is_file(), "the package brings no {file}");
    }
    if built.runs_here {
        built.uses(workspace, &root.join("usr/bin/qc"))?;
    }
    process::run(dpkg(workspace, &root)?.args(["--purge", PROGRAMS]))?;
    let left = fs::read_dir(&root)?.filter_map(Result::ok).map(|entry| entry.file_name());
    let left: Vec<_> = left.filter(|name| name != "var").collect();
    ensure!(left.is_empty(), "removed, the package leaves {left:?}");
    println!("installed, used and removed in {}", root.display());
    Ok(())
}

/// Dpkg on this root. It gives the files to root, so that it has to be root itself.
fn dpkg(workspace: &Workspace, root: &Path) -> Result<Command> {
    let is_root = process::read(workspace.command("id").arg("-u"))?.trim() == "0";
    let mut command = if is_root {
        workspace.command("dpkg")
    } else {
        if !answers(workspace.command("sudo").args(["--non-interactive", "true"])) {
            let how = "dpkg has to be root: run this as root, or where sudo asks for no password";
            return Err(Missing(how.to_owned()).into());
        }
        let mut sudo = workspace.command("sudo");
        sudo.args(["--non-interactive", "dpkg"]);
        sudo
    };
    command.arg(format!("--root={}", root.display())).arg("--log=/dev/null");
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_LINE, point};

    #[test]
    fn a_change_is_a_point_of_short_lines() {
        assert_eq!(point("One  thing."), "  * One thing.\n");
        let text = point(&"word ".repeat(40));
        assert!(text.lines().count() > 2, "{text}");
        assert!(text.lines().all(|line| line.len() <= LONGEST_LINE), "{text}");
        assert!(text.lines().skip(1).all(|line| line.starts_with("    word")), "{text}");
    }
}
