//! The tables of everything `cargo xtask` can do.

use anyhow::Result;

use crate::release::{dist, installers, packages, packed, scripts, steps};
use crate::workspace::Workspace;
use crate::{api, bench, ci, compile, conformance, deps, docs, fuzz, msrv, process, tidy};

pub(crate) struct Task {
    /// What to type.
    pub(crate) name: &'static str,
    /// What the task holds, in one line of the list.
    pub(crate) about: &'static str,
    /// What to do when it fails.
    pub(crate) next: &'static str,
    pub(crate) work: Work,
}

/// What a task does.
pub(crate) enum Work {
    /// Runs cargo with these variables and arguments.
    Cargo(&'static [(&'static str, &'static str)], &'static [&'static str]),
    /// Takes no argument.
    Alone(fn(&Workspace) -> Result<()>),
    /// Takes what stands behind its name.
    Told(fn(&Workspace, &[String]) -> Result<()>),
}

impl Task {
    pub(crate) fn run(&self, workspace: &Workspace, arguments: &[String]) -> Result<()> {
        match self.work {
            Work::Cargo(variables, words) => {
                process::run(workspace.cargo(words).envs(variables.iter().copied()))
            }
            Work::Alone(run) => run(workspace),
            Work::Told(run) => run(workspace, arguments),
        }
    }
}

/// Every check, in the order in which `ci` runs them: those that answer within a second come first.
pub(crate) const CHECKS: &[Task] = &[
    Task {
        name: "fmt",
        about: "the code is formatted as rustfmt.toml says",
        next: "run `cargo fmt --all`",
        work: Work::Cargo(&[], &["fmt", "--all", "--check"]),
    },
    Task {
        name: "tidy",
        about: "sizes of files and folders, names, leftovers and lints keep the house rules",
        next: "change the files named above; the rules stand in xtask/src/tidy.rs",
        work: Work::Alone(tidy::run),
    },
    Task {
        name: "layers",
        about: "no crate depends upward or sideways",
        next: "move the code down a layer, or pass it in from above; LAYERS of xtask/src/deps.rs has them",
        work: Work::Alone(deps::layers),
    },
    Task {
        name: "purity",
        about: "qc-proto does no IO: its code is no_std, and it depends on what xtask/purity.allow lists",
        next: "drop it (`cargo tree -p qc-proto -i NAME --target all`), or give it its reason in xtask/purity.allow",
        work: Work::Alone(deps::purity),
    },
    Task {
        name: "deps",
        about: "each crate pulls in as many others as xtask/deps.ceilings says",
        next: "drop the dependency, or change the number in xtask/deps.ceilings",
        work: Work::Alone(deps::ceilings),
    },
    Task {
        name: "deny",
        about: "licenses, sources, bans, duplicate versions and where versions stand are as deny.toml says",
        next: "install what is missing, change the dependency, or give it its reason in deny.toml",
        work: Work::Alone(deps::deny),
    },
    Task {
        name: "package",
        about: "each published crate can be packed, and its page, licences and sources are in it",
        next: "change the crate's Cargo.toml, README.md or files as told above",
        work: Work::Alone(packages::check),
    },
    Task {
        name: "clippy",
        about: "no warning from clippy, in any target, with every feature",
        next: "change the code, or allow the lint where it stands with `reason = \"...\"`",
        work: Work::Cargo(
            &[],
            &["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"],
        ),
    },
    Task {
        name: "check",
        about: "each library builds alone: default features, none, all",
        next: "run the last command above; often a `#[cfg(feature)]` or a feature is missing",
        work: Work::Alone(compile::each_crate),
    },
    Task {
        name: "msrv",
        about: "no dependency needs a newer Rust than the crate's `rust-version`",
        next: "take an older dependency, or raise `rust-version` in the crate's Cargo.toml",
        work: Work::Alone(msrv::run),
    },
    Task {
        name: "docs",
        about: "links between pages lead somewhere, charts and tables are up to date (`--write` writes them), rustdoc warns of nothing",
        next: "mend the link or the item that is named above",
        work: Work::Told(docs::run),
    },
    Task {
        name: "api",
        about: "the public API of each library is as xtask/api says; `--write` takes over what it is now",
        next: "undo the change, or run `cargo xtask api --write` and have the difference reviewed",
        work: Work::Told(api::run),
    },
    Task {
        name: "test",
        about: "every test and doctest, with every feature",
        next: "run the failed test alone: `cargo test -p CRATE --all-features NAME`",
        // The benchmarks have no tests, and the clients that they compare take long to build: clippy holds them.
        work: Work::Cargo(
            &[],
            &["test", "--workspace", "--exclude", "qc-benches", "--all-features"],
        ),
    },
];

/// Checks that take minutes, or need more than Rust: `ci --full` runs them after all others.
pub(crate) const SLOW: &[Task] = &[
    Task {
        name: "conformance",
        about: "slow: other programs use the emulator and `qc`, in tests/conformance; needs Python",
        next: "install what is missing, or run one test: `cargo xtask conformance -k NAME`",
        work: Work::Told(conformance::run),
    },
    Task {
        name: "counts",
        about: "slow: calls cost no more instructions and allocations than benches/counts.rs allows",
        next: "install what is missing, find what has grown, or raise the limit in benches/counts.rs",
        work: Work::Alone(bench::check),
    },
    Task {
        name: "size",
        about: "slow: `qc` as people install it is no larger than it may be",
        next: "find what has grown (`cargo bloat --profile dist -p qc-cli --crates`), or say why in xtask/src/compile.rs",
        work: Work::Alone(compile::size),
    },
    Task {
        name: "packed",
        about: "slow: the packed crates build and pass their tests where the workspace is not",
        next: "run the last command above in target/packed; often a file is not packed",
        work: Work::Alone(packed::run),
    },
];

/// What runs when it is named.
pub(crate) const OTHERS: &[Task] = &[
    Task {
        name: "ci",
        about: "every check above, stopping at the first failure; the slow ones only with `--full`",
        next: "mend it, run that task alone, then `cargo xtask ci` again",
        work: Work::Told(ci::run),
    },
    Task {
        name: "bench",
        about: "measures what calls and commands cost, and writes docs/benchmarks.md; takes some minutes",
        next: "install what is missing, or run alone what failed above",
        work: Work::Alone(bench::run),
    },
    Task {
        name: "dist",
        about: "packs `qc` for people: an archive, and a .deb on Linux; `--target T`, and `--check` uses them",
        next: "install what is missing, or mend what the last command above says",
        work: Work::Told(dist::run),
    },
    Task {
        name: "installers",
        about: "writes the installers of what `dist` has packed, by cargo-dist; `--tag T` compares the version",
        next: "install what is missing, or mend dist-workspace.toml as told above",
        work: Work::Told(installers::run),
    },
    Task {
        name: "scripts",
        about: "shellcheck and actionlint find nothing in shell scripts and workflows",
        next: "install what is missing, or change the script as told above",
        work: Work::Alone(scripts::check),
    },
    Task {
        name: "release",
        about: "`--dry-run` does all of a release but the upload, and lists what is left for a person",
        next: "mend the steps that did not pass, and run each alone under its name",
        work: Work::Told(steps::run),
    },
    Task {
        name: "faults",
        about: "writes docs/faults.md and docs/answers.md from what the tests see; `test` compares them",
        next: "mend the test that failed above: what it saw breaks a promise",
        work: Work::Cargo(
            &[("QC_FAULTS_WRITE", "1")],
            &[
                "test",
                "-p",
                "qc-tests",
                "--test",
                "it",
                "--",
                "delivery::",
                "policy::",
                "answers::",
            ],
        ),
    },
    Task {
        name: "demo",
        about: "writes docs/demo.svg, the picture in README.md, from what `qc demo` prints; `test` compares them",
        next: "mend the test that failed above",
        work: Work::Cargo(
            &[("SNAPSHOTS", "overwrite")],
            &["test", "-p", "qc-cli", "--test", "cli", "output::demo::"],
        ),
    },
    Task {
        name: "site",
        about: "builds the pages of docs/ as a site, in target/book; needs mdBook",
        next: "install what is missing, or change the page that is named above",
        work: Work::Alone(docs::site),
    },
    Task {
        name: "targets",
        about: "the crates compile for other systems, as far as their standard libraries are installed",
        next: "change the code for that system, or add its standard library as told above",
        work: Work::Alone(compile::targets::run),
    },
    Task {
        name: "fuzz",
        about: "every fuzz target for a minute, or for `--seconds N`; not a part of `ci`",
        next: "repeat the input as told above; docs/architecture.md says where targets and inputs are",
        work: Work::Told(fuzz::run),
    },
];
