//! What people download: an archive for each target, and a Debian package for each Linux.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};

use crate::release::archive::{self, Entry};
use crate::release::built::{Built, PROGRAMS};
use crate::release::debian;
use crate::workspace::Workspace;

const USAGE: &str = "usage: cargo xtask dist [--target TRIPLE] [--check]";

/// The texts that go along, with their places in the workspace.
const TEXTS: [(&str, &str); 4] = [
    ("CHANGELOG.md", "CHANGELOG.md"),
    ("LICENSE-APACHE", "LICENSE-APACHE"),
    ("LICENSE-MIT", "LICENSE-MIT"),
    // The one that stands alone.
    ("README.md", "crates/qc-cli/README.md"),
];

/// How an archive's name ends.
pub(crate) const SUFFIX: &str = ".tar.gz";

/// What was asked for.
#[derive(Debug, PartialEq)]
struct Asked {
    target: Option<String>,
    checks: bool,
}

/// Builds `qc` and packs it, and with `--check` uses what was packed.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let asked = asked(arguments)?;
    let built = Built::new(workspace, asked.target)?;
    let place = place(workspace);
    fs::create_dir_all(&place).context("cannot make the folder for what is built")?;

    let name = name(&built.target);
    let path = place.join(format!("{name}{SUFFIX}"));
    let packed = archive::pack(&mut entries(workspace, &built, &name)?, built.changed)?;
    fs::write(&path, packed).with_context(|| format!("cannot write {}", path.display()))?;
    let mut made = vec![archive::write_checksum(&path)?];
    if asked.checks {
        check(workspace, &built, &path, &name)?;
    }
    made.push(path);
    if built.target.ends_with("-linux-gnu") {
        let path = debian::pack(workspace, &built, &place)?;
        made.push(archive::write_checksum(&path)?);
        if asked.checks {
            debian::check(workspace, &built, &path)?;
        }
        made.push(path);
    }
    for path in made {
        println!("{} bytes in {}", fs::metadata(&path)?.len(), path.display());
    }
    Ok(())
}

/// The folder that has what is to be uploaded, and nothing else.
pub(crate) fn place(workspace: &Workspace) -> PathBuf {
    workspace.target().join("distribution")
}

/// The name of a target's archive, and of the folder in it. It has no version, so that the address of the newest
/// release's archive stays the same, and is the name that the installers of cargo-dist ask for.
pub(crate) fn name(target: &str) -> String {
    format!("{PROGRAMS}-{target}")
}

fn asked(arguments: &[String]) -> Result<Asked> {
    let mut asked = Asked { target: None, checks: false };
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--check" => asked.checks = true,
            "--target" => asked.target = Some(words.next().context(USAGE)?.clone()),
            other => bail!("`{other}` is not known\n{USAGE}"),
        }
    }
    Ok(asked)
}

/// All that goes into the archive, below one folder.
fn entries(workspace: &Workspace, built: &Built, folder: &str) -> Result<Vec<Entry>> {
    let program = built.program();
    let mut files: Vec<_> =
        TEXTS.iter().map(|(to, from)| ((*to).to_owned(), workspace.path(from))).collect();
    files.push((file_name(&program)?, program.clone()));
    for pages in ["completions", "man"] {
        for page in fs::read_dir(built.pages().join(pages))? {
            let page = page?.path();
            files.push((format!("{pages}/{}", file_name(&page)?), page));
        }
    }
    let entry = |(to, from): (String, PathBuf)| {
        Ok(Entry {
            name: format!("{folder}/{to}"),
            content: archive::read(&from)?,
            is_program: from == program,
        })
    };
    files.into_iter().map(entry).collect()
}

fn file_name(path: &Path) -> Result<String> {
    let name = path.file_name().with_context(|| format!("no file: {}", path.display()))?;
    Ok(name.to_string_lossy().into_owned())
}

/// Unpacks the archive and uses the program in it, where it runs here.
fn check(workspace: &Workspace, built: &Built, path: &Path, folder: &str) -> Result<()> {
    let place = built.scratch("unpacked")?;
    archive::unpack(path, &place)?;
    let place = place.join(folder);
    let pages = fs::read_dir(place.join("man"))?.count();
    ensure!(pages > 20, "the archive has {pages} manual pages");
    if built.runs_here {
        built.uses(workspace, &place.join(file_name(&built.program())?))?;
        println!("unpacked and used in {}", place.display());
    } else {
        println!("{} does not run here: it was packed, and not used", built.target);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Asked, asked};

    #[test]
    fn a_target_and_a_check_may_be_asked_for() {
        let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let parsed = |line| asked(&words(line)).ok();
        assert_eq!(parsed(""), Some(Asked { target: None, checks: false }));
        let target = Some("aarch64-apple-darwin".to_owned());
        assert_eq!(
            parsed("--check --target aarch64-apple-darwin"),
            Some(Asked { target, checks: true })
        );
        for wrong in ["--target", "linux", "--chek"] {
            assert_eq!(parsed(wrong), None, "{wrong}");
        }
    }
}
