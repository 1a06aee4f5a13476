//! The project's checks: `cargo xtask` lists them, `cargo xtask ci` runs them, and with `--full` the slow ones too.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a task speaks to the person who started it"
)]
#![allow(clippy::disallowed_methods, reason = "`ci` times its tasks; nothing here signs or waits")]

mod bench;
mod browser;
mod check;
mod ci;
mod clients;
mod clippy;
mod deny;
mod deps;
mod docs;
mod faults;
mod fmt;
mod fresh;
mod fuzz;
mod layers;
mod manifest;
mod missing;
mod msrv;
mod process;
mod purity;
mod python;
mod quickstart;
mod schemathesis;
mod served;
mod size;
mod test;
mod tidy;
mod tree;
mod verdict;
mod webdriver;
mod workspace;

use std::process::ExitCode;

use crate::workspace::Workspace;

/// One thing `cargo xtask` can do.
struct Task {
    /// What to type.
    name: &'static str,
    /// What the task holds, in one line of the list.
    about: &'static str,
    /// What to do when it fails.
    next: &'static str,
    /// The task itself.
    run: fn(&Workspace) -> anyhow::Result<()>,
}

/// Every check, in the order `ci` runs them: those that answer within a second come first.
const CHECKS: &[Task] = &[
    Task {
        name: "fmt",
        about: "the code is formatted as rustfmt.toml says",
        next: "run `cargo fmt --all`",
        run: fmt::run,
    },
    Task {
        name: "tidy",
        about: "file sizes, names, leftovers, lints and versions keep the house rules",
        next: "change the lines named above; the rules stand in xtask/src/tidy.rs",
        run: tidy::run,
    },
    Task {
        name: "layers",
        about: "no crate depends upward or sideways",
        next: "move the code down a layer, or pass it in from above; see xtask/src/layers.rs",
        run: layers::run,
    },
    Task {
        name: "purity",
        about: "qc-proto is no_std and depends on nothing but what xtask/purity.allow lists",
        next: "drop the dependency, or give it a line and its reason in xtask/purity.allow",
        run: purity::run,
    },
    Task {
        name: "deps",
        about: "each crate pulls in as many others as xtask/deps.ceilings says",
        next: "drop the dependency, or change the number in xtask/deps.ceilings",
        run: deps::run,
    },
    Task {
        name: "deny",
        about: "licenses, sources, bans and duplicate versions are as deny.toml says",
        next: "install what is missing, change the dependency, or give it its reason in deny.toml",
        run: deny::run,
    },
    Task {
        name: "clippy",
        about: "no warning from clippy, in any target, with every feature",
        next: "change the code, or allow the lint where it stands with `reason = \"...\"`",
        run: clippy::run,
    },
    Task {
        name: "check",
        about: "each crate builds alone: default features, none, all",
        next: "run the last command above; often a `#[cfg(feature)]` or a feature is missing",
        run: check::run,
    },
    Task {
        name: "msrv",
        about: "the declared rust-version holds",
        next: "write for the declared version, or raise `rust-version` in the root Cargo.toml",
        run: msrv::run,
    },
    Task {
        name: "docs",
        about: "rustdoc of every library, without a warning",
        next: "mend the link or the item that rustdoc names above",
        run: docs::run,
    },
    Task {
        name: "test",
        about: "every test and doctest, with every feature",
        next: "run the failed test alone: `cargo test -p CRATE --all-features NAME`",
        run: test::run,
    },
    Task {
        name: "counts",
        about: "calls cost no more instructions and allocations than benches/counts.rs allows",
        next: "install what is missing, find what has grown, or raise the limit in benches/counts.rs",
        run: bench::check,
    },
    Task {
        name: "quickstart",
        about: "the quickstart runs for someone without account, settings or network",
        next: "run `cargo run -p qc-files --example quickstart` and read what it says",
        run: quickstart::run,
    },
];

/// Checks that take minutes, or need more than Rust: `ci --full` runs them after all others.
const SLOW: &[Task] = &[
    Task {
        name: "clients",
        about: "slow: the official clients work with the emulator, and beside `qc`; needs Python",
        next: "install what is missing, or compare what was expected and seen above",
        run: clients::run,
    },
    Task {
        name: "browser",
        about: "slow: the emulator's page works in a real browser; needs Chromium and its driver",
        next: "install what is missing, or look at target/emulator-page.png",
        run: browser::run,
    },
    Task {
        name: "size",
        about: "slow: `qc` as people install it is no larger than it may be",
        next: "find what has grown (`cargo bloat --profile dist -p qc-cli --crates`), or say why in xtask/src/size.rs",
        run: size::run,
    },
    Task {
        name: "openapi",
        about: "slow: the emulator keeps to docs/openapi.json; needs Python",
        next: "install what is missing, or repeat the request that is named above with curl",
        run: schemathesis::run,
    },
];

/// The task that runs every check. It takes an argument.
const CI: Task = Task {
    name: "ci",
    about: "all of the above, stopping at the first failure; `--full` adds the slow ones",
    next: "mend it, run that task alone, then `cargo xtask ci` again",
    run: |workspace| ci::run(workspace, &[]),
};

/// The task that measures.
const BENCH: Task = Task {
    name: "bench",
    about: "what calls and commands cost, into docs/benchmarks.md; takes some minutes",
    next: "install what is missing, or run alone what failed above",
    run: bench::run,
};

/// The task that writes what the tests compare.
const FAULTS: Task = Task {
    name: "faults",
    about: "docs/faults.md and docs/answers.md, written from what the tests see; `test` compares them",
    next: "mend the test that failed above: what it saw breaks a promise",
    run: faults::run,
};

/// It takes an argument, and is no check: it needs another toolchain, and ends when it is told to.
const FUZZ: Task = Task {
    name: "fuzz",
    about: "every fuzz target for a minute, or for `--seconds N`; not a part of `ci`",
    next: "repeat the input as told above; docs/architecture.md says where targets and inputs are",
    run: |workspace| fuzz::run(workspace, &[]),
};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (name, rest) = match arguments.split_first() {
        None => ("help", [].as_slice()),
        Some((name, rest)) => (name.as_str(), rest),
    };
    if let [extra, ..] = rest
        && ![CI.name, FUZZ.name].contains(&name)
    {
        return refuse(&format!("one task at a time: `{extra}` is too much"));
    }
    if matches!(name, "help" | "--help" | "-h") {
        println!("{}", list());
        return ExitCode::SUCCESS;
    }
    let Some(task) = tasks().find(|task| task.name == name) else {
        return refuse(&format!("there is no task `{name}`"));
    };
    let run = |workspace: &Workspace| match rest {
        [] => (task.run)(workspace),
        rest if name == CI.name => ci::run(workspace, rest),
        rest => fuzz::run(workspace, rest),
    };
    match Workspace::find().and_then(|workspace| run(&workspace)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: task `{}` failed: {error:#}\nnext: {}", task.name, task.next);
            ExitCode::FAILURE
        }
    }
}

/// Everything that can be typed.
fn tasks() -> impl Iterator<Item = &'static Task> {
    CHECKS.iter().chain([&CI]).chain(SLOW).chain([&BENCH, &FAULTS, &FUZZ])
}

/// Says what was wrong with the command line, and what would be right.
fn refuse(problem: &str) -> ExitCode {
    eprintln!("error: {problem}\n\n{}", list());
    ExitCode::from(2)
}

/// Every task with its line.
fn list() -> String {
    let mut text = String::from("usage: cargo xtask TASK\n");
    for task in tasks() {
        text.push_str(&format!("\n  {:<11} {}", task.name, task.about));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{list, tasks};

    #[test]
    fn the_list_has_one_line_for_every_task() {
        let text = list();
        for task in tasks() {
            let line = format!("\n  {:<11} {}", task.name, task.about);
            assert_eq!(text.matches(&line).count(), 1, "{}", task.name);
            assert!(task.name.len() < 11, "{} breaks the column", task.name);
        }
    }
}
