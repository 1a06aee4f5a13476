//! The program for one target, built as people download it, and what goes along with it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use cargo_metadata::Package;

use crate::process::{self, Missing};
use crate::workspace::Workspace;

/// The crate whose program it is.
pub(crate) const PROGRAMS: &str = "qc-cli";

/// The shells whose completions `qc completions` writes, with the names of the files that the shells look for.
const SHELLS: [(&str, &str); 5] = [
    ("bash", "qc"),
    ("elvish", "qc.elv"),
    ("fish", "qc.fish"),
    ("powershell", "_qc.ps1"),
    ("zsh", "_qc"),
];

pub(crate) struct Built {
    pub(crate) package: Package,
    /// The machine and system that the program is for.
    pub(crate) target: String,
    /// Whether the target was asked for by name: cargo then has a folder for it.
    pub(crate) is_named: bool,
    /// Whether the program runs here.
    pub(crate) runs_here: bool,
    /// The time of the last commit, in seconds: that of all files.
    pub(crate) changed: u64,
    /// The folder with the program.
    folder: PathBuf,
    /// Where it may be tried.
    scratch: PathBuf,
}

impl Built {
    /// Builds the program in the profile `dist`, which takes the symbols out of it, and writes its pages.
    pub(crate) fn new(workspace: &Workspace, target: Option<String>) -> Result<Self> {
        let said = process::read(workspace.command("rustc").arg("-vV"))?;
        let host = said.lines().find_map(|line| line.strip_prefix("host: "));
        let host = host.context("rustc names no host")?.to_owned();
        let mut command = workspace.cargo(&["build", "--profile", "dist", "--locked"]);
        command.args(["--package", PROGRAMS]);
        let mut folder = workspace.target();
        if let Some(target) = &target {
            require_library(workspace, target)?;
            command.args(["--target", target]);
            folder.push(target);
        }
        process::run(&mut command)?;
        let mut packages = workspace.metadata.workspace_packages().into_iter();
        let package = packages.find(|package| package.name == PROGRAMS);
        let built = Self {
            package: package.context("no qc-cli")?.clone(),
            runs_here: target.as_ref().is_none_or(|target| *target == host),
            is_named: target.is_some(),
            target: target.unwrap_or(host),
            changed: changed(workspace)?,
            folder: folder.join("dist"),
            scratch: workspace.target().join("distribution-checked"),
        };
        built.write_pages(workspace)?;
        Ok(built)
    }

    pub(crate) fn version(&self) -> String {
        self.package.version.to_string()
    }

    /// The program.
    pub(crate) fn program(&self) -> PathBuf {
        let suffix = if self.target.contains("windows") { ".exe" } else { "" };
        self.folder.join(format!("qc{suffix}"))
    }

    /// The folder with `completions` and `man`.
    pub(crate) fn pages(&self) -> PathBuf {
        self.folder.join("pages")
    }

    /// Writes completions and manual pages. They are the same for every target: where the program does not run here, one
    /// that does writes them.
    fn write_pages(&self, workspace: &Workspace) -> Result<()> {
        let qc = if self.runs_here {
            self.program()
        } else {
            process::run(&mut workspace.cargo(&["build", "--locked", "--package", PROGRAMS]))?;
            workspace.target().join(format!("debug/qc{}", std::env::consts::EXE_SUFFIX))
        };
        let completions = emptied(self.pages())?.join("completions");
        fs::create_dir(&completions).context("cannot make the folder of completions")?;
        for (shell, name) in SHELLS {
            let script = process::read(workspace.command(&qc).args(["completions", shell]))?;
            fs::write(completions.join(name), script)?;
        }
        process::run(workspace.command(&qc).arg("man").arg(self.pages().join("man")))
    }

    /// An empty folder to try what was packed in.
    pub(crate) fn scratch(&self, name: &str) -> Result<PathBuf> {
        emptied(self.scratch.join(name))
    }

    /// Asks a copy of the program for its version, and lets it show a day's work against a service of its own.
    pub(crate) fn uses(&self, workspace: &Workspace, copy: &Path) -> Result<()> {
        let said = process::read(workspace.command(copy).arg("--version"))?;
        ensure!(said.trim() == format!("qc {}", self.version()), "it says {said:?}");
        let shown = process::read(workspace.command(copy).arg("demo"))?;
        ensure!(!shown.is_empty(), "`qc demo` shows nothing");
        Ok(())
    }
}

/// Looks for the target's standard library, which cargo would name by a missing crate `core`.
fn require_library(workspace: &Workspace, target: &str) -> Result<()> {
    let mut command = workspace.command("rustc");
    command.args(["--print", "target-libdir", "--target", target]);
    let folder = process::read(&mut command)?;
    if Path::new(folder.trim()).is_dir() {
        return Ok(());
    }
    // One of the crates compiles C.
    let more = if target.contains("musl") {
        ", and install a C compiler for it (Debian: musl-tools, for the machine's own architecture)"
    } else {
        ""
    };
    Err(Missing(format!(
        "the standard library for {target} is missing: run `rustup target add {target}`{more}"
    ))
    .into())
}

/// The time that all files get: `SOURCE_DATE_EPOCH`, or that of the last commit.
fn changed(workspace: &Workspace) -> Result<u64> {
    let said = match std::env::var("SOURCE_DATE_EPOCH") {
        Ok(said) => said,
        Err(_) => process::read(workspace.command("git").args(["log", "-1", "--format=%ct"]))?,
    };
    said.trim().parse().with_context(|| format!("`{}` is no time in seconds", said.trim()))
}

/// Makes an empty folder.
fn emptied(folder: PathBuf) -> Result<PathBuf> {
    if folder.exists() {
        fs::remove_dir_all(&folder)
            .with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    Ok(folder)
}
