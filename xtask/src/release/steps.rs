//! A release, up to the point where a person with the accounts goes on.

use std::time::Instant;

use anyhow::{Result, bail, ensure};

use crate::process::{self, Missing, answers};
use crate::release::built::PROGRAMS;
use crate::release::{changelog, dist, installers, packages, packed, scripts};
use crate::workspace::Workspace;
use crate::{ci, compile};

const USAGE: &str = "usage: cargo xtask release --dry-run [--skip-ci]";

/// What the manifests, the action and the pages say as long as nobody has said where the repository is.
const PLACEHOLDER: &str = concat!("OWN", "ER");

/// One thing that has to hold before a release.
struct Step {
    name: &'static str,
    check: fn(&Workspace) -> Result<()>,
}

/// The step that may be left out.
const CI: &str = "ci";

const STEPS: &[Step] = &[
    Step { name: "versions", check: |workspace| packages::version(workspace).map(drop) },
    Step { name: "changelog", check: has_changes },
    Step { name: "clean tree", check: is_clean },
    Step { name: "scripts", check: scripts::check },
    Step { name: CI, check: |workspace| ci::run(workspace, &[]) },
    Step { name: "size", check: compile::size },
    Step { name: "pages", check: builds_pages },
    Step { name: "dist", check: |workspace| dist::run(workspace, &["--check".to_owned()]) },
    Step { name: "installers", check: |workspace| installers::run(workspace, &[]) },
    Step { name: "packed", check: packed::run },
    Step { name: "publish", check: try_to_publish },
];

/// Does all that needs no account, and tells what is left for a person. Without `--dry-run` it only tells.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let skips_ci = match words[..] {
        [] => {
            println!("{}", left(workspace)?);
            bail!("a person publishes: `--dry-run` checks that everything is ready ({USAGE})");
        }
        ["--dry-run"] => false,
        ["--dry-run", "--skip-ci"] | ["--skip-ci", "--dry-run"] => true,
        _ => bail!(USAGE),
    };
    let mut summary = String::from("\nsummary");
    let mut failed = 0;
    for step in STEPS {
        println!("\n== {}", step.name);
        let start = Instant::now();
        let verdict = if step.name == CI && skips_ci {
            "left out, as --skip-ci says: it has to pass before a release".to_owned()
        } else {
            match (step.check)(workspace) {
                Ok(()) => "ok".to_owned(),
                Err(why) => {
                    failed += 1;
                    let word = if why.is::<Missing>() { "not checked" } else { "FAILED" };
                    format!("{word}: {why:#}")
                }
            }
        };
        let seconds = start.elapsed().as_secs_f64();
        summary.push_str(&format!("\n  {:<11} {seconds:>6.1} s  {verdict}", step.name));
    }
    println!("{summary}\n\n{}", left(workspace)?);
    ensure!(failed == 0, "{failed} of {} steps did not pass, see the summary", STEPS.len());
    Ok(())
}

/// The list of changes has something to say of this version.
fn has_changes(workspace: &Workspace) -> Result<()> {
    let version = packages::version(workspace)?;
    let text = workspace.read(changelog::FILE)?;
    println!("{} changes", changelog::changes(&text, &version)?.len());
    Ok(())
}

/// What is checked is what is committed.
fn is_clean(workspace: &Workspace) -> Result<()> {
    let changed = process::read(workspace.command("git").args(["status", "--porcelain"]))?;
    ensure!(changed.is_empty(), "not committed:\n{changed}");
    Ok(())
}

/// Builds the pages of the libraries as they are built for the public, which takes a nightly compiler: it labels what a
/// feature turns on.
fn builds_pages(workspace: &Workspace) -> Result<()> {
    let mut command = workspace.command("rustup");
    command.args(["run", "nightly", "cargo"]);
    if !answers(command.arg("--version")) {
        let how = "nightly Rust is missing: run `rustup toolchain install nightly`";
        return Err(Missing(how.to_owned()).into());
    }
    let mut command = workspace.command("rustup");
    command.env("RUSTDOCFLAGS", "--cfg docsrs -D warnings");
    command.args(["run", "nightly", "cargo", "doc", "--lib", "--no-deps", "--all-features"]);
    for package in packages::published(workspace).into_iter().filter(|one| one.name != PROGRAMS) {
        command.args(["--package", &package.name]);
    }
    process::run(&mut command)
}

/// Cargo packs and builds every crate from what the others have packed, in the order of their upload.
fn try_to_publish(workspace: &Workspace) -> Result<()> {
    let mut command = workspace.cargo(&["publish", "--workspace", "--dry-run", "--locked"]);
    for package in workspace.metadata.workspace_packages() {
        if packages::published(workspace).iter().all(|other| other.name != package.name) {
            command.args(["--exclude", &package.name]);
        }
    }
    process::run(&mut command)
}

/// What only a person can do, in order.
fn left(workspace: &Workspace) -> Result<String> {
    let version = packages::version(workspace)?;
    let mut todo = Vec::new();
    let mut search = workspace.command("git");
    search.args(["grep", "--files-with-matches", "--word-regexp", PLACEHOLDER]);
    // Git ends with 1 where it finds nothing.
    if let Ok(found) = process::read(&mut search) {
        let files: Vec<_> = found.lines().collect();
        todo.push(format!(
            "say where the repository is, instead of {PLACEHOLDER}, in {}",
            files.join(", ")
        ));
    }
    if !changelog::is_dated(&workspace.read(changelog::FILE)?, &version) {
        todo.push(format!(
            "read {}, and put `## [{version}] - YEAR-MONTH-DAY` below its `## [Unreleased]`",
            changelog::FILE
        ));
    }
    todo.extend([
        "let the repository's workflows run (Settings, Actions, and `contents: write` for the drafting job); they need no secret".to_owned(),
        "run `cargo deny check advisories`, which needs the network".to_owned(),
        "run `cargo xtask ci --full` and `cargo xtask fuzz`, and try `qc` with a real account: `qc doctor`, `qc clone`, `qc push`".to_owned(),
        format!("tag it, and push the tag: `git tag -a v{version} -m v{version} && git push origin v{version}`; the workflow builds and drafts the release"),
        "look at the draft: each archive and each .deb installed and used on its system; then publish it".to_owned(),
        "log in to the package index with `cargo login` (the account's token, allowed to publish), check that the six names are free or yours, and run `cargo publish --workspace`; what is published cannot be taken back".to_owned(),
        "put qc-cli.rb of the release into the repository of the Homebrew tap".to_owned(),
        "list the action: a release published with `Publish this Action to the Marketplace`, and the tag `v0` moved to it".to_owned(),
        "try what README.md says under Install, from each source, on a machine that has nothing of it".to_owned(),
    ]);
    let mut text = String::from("left for a person, in this order:");
    for (number, one) in todo.iter().enumerate() {
        text.push_str(&format!("\n  {}. {one}", number + 1));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::{PLACEHOLDER, left, run};
    use crate::workspace::Workspace;

    #[test]
    fn without_a_dry_run_nothing_is_done() {
        let workspace = Workspace::find().unwrap();
        for words in [[].as_slice(), &["--skip-ci"], &["--dry-run", "--publish"]] {
            let words: Vec<_> = words.iter().map(ToString::to_string).collect();
            assert!(run(&workspace, &words).is_err(), "{words:?}");
        }
    }

    #[test]
    fn files_with_the_placeholder_are_named() {
        let workspace = Workspace::find().unwrap();
        let text = left(&workspace).unwrap();
        let named = workspace.read("Cargo.toml").unwrap().contains(PLACEHOLDER);
        assert_eq!(text.contains("Cargo.toml"), named, "{text}");
        assert!(text.contains("cargo publish --workspace"), "{text}");
    }
}
