//! What it costs to build a program on top: the facade beside reqwest, from nothing.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};

use super::lab::Lab;
use super::page::Page;
use super::rounds::rotated;
use super::spread::Spread;
use crate::fresh;
use crate::process;
use crate::workspace::Workspace;

/// Fewer than elsewhere: one takes three minutes.
const ROUNDS: usize = 3;

pub(super) fn tell(lab: &Lab, page: &mut Page) -> Result<()> {
    page.heading("A cold release build");
    page.row(&["an empty program with", "crates", "s", "x reqwest"]);
    page.row(&["---", "---:", "---:", "---:"]);
    let facade = lab.workspace.path("crates/qc-files");
    let facade = format!("qc-files = {{ path = {:?} }}", facade.display().to_string());
    let reqwest = "reqwest = \"0.13\"";
    let rows = [
        ("reqwest, its default features", "reqwest", reqwest),
        ("the facade, its default features", "facade", facade.as_str()),
        ("reqwest again: the control", "reqwest", reqwest),
    ];
    let mut crates = [0; 3];
    let spreads = rotated(ROUNDS, rows.len(), |at, _| {
        let (_, name, dependency) = rows[at];
        let built = built(lab.workspace, name, dependency)?;
        crates[at] = built.0;
        Ok(built.1)
    })?;
    for (((name, ..), crates), spread) in rows.iter().zip(crates).zip(&spreads) {
        let Spread { least, median, most } = spread;
        let seconds = format!("{median:.1} [{least:.1}..{most:.1}]");
        let ratio = format!("{:.2}", median / spreads[0].median);
        page.row(&[name, &crates.to_string(), &seconds, &ratio]);
    }
    page.text(&format!(
        "Cargo's own release profile, all cores, sources already there; {ROUNDS} rounds in rotated order, for each build takes \
         about a minute: median [least..most]. The crates are those that are built, without the program.",
    ));
    Ok(())
}

/// How many crates are built for an empty program with this dependency, and in how many seconds.
fn built(workspace: &Workspace, name: &str, dependency: &str) -> Result<(usize, f64)> {
    let folder = workspace.target().join("bench/cold").join(name);
    fresh::make_empty(&folder)?;
    fs::create_dir(folder.join("src"))?;
    fs::write(folder.join("src/main.rs"), "fn main() {}\n")?;
    let manifest = format!(
        "[package]\nname = \"cold\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n{dependency}\n"
    );
    fs::write(folder.join("Cargo.toml"), manifest)?;
    // The versions that this workspace has.
    fs::copy(workspace.path("Cargo.lock"), folder.join("Cargo.lock"))?;
    let crates = crates(workspace, &folder)?;
    let cargo = |arguments: &[&str]| {
        let mut command = workspace.cargo(arguments);
        command.current_dir(&folder).env("CARGO_TARGET_DIR", folder.join("target"));
        command
    };
    process::run(&mut cargo(&["fetch", "--quiet"]))?;
    let began = Instant::now();
    process::run(&mut cargo(&["build", "--release", "--quiet"]))?;
    let seconds = began.elapsed().as_secs_f64();
    fs::remove_dir_all(&folder)?;
    Ok((crates, seconds))
}

fn crates(workspace: &Workspace, folder: &Path) -> Result<usize> {
    let mut tree =
        workspace.cargo(&["tree", "--quiet", "--edges", "normal,build", "--prefix", "none"]);
    tree.args(["--no-dedupe", "--format", "{p}"]).current_dir(folder);
    let output = tree.output().with_context(|| format!("cannot start {tree:?}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{tree:?} ended with {}: {said}", output.status);
    let listed = String::from_utf8_lossy(&output.stdout);
    let listed: BTreeSet<&str> = listed.lines().filter(|line| !line.is_empty()).collect();
    Ok(listed.len() - 1)
}
