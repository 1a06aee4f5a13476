//! The project's checks: `cargo xtask` lists them, `cargo xtask ci` runs them, and with `--full` the slow ones too.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a task speaks to the person who started it"
)]
#![allow(clippy::disallowed_methods, reason = "`ci` times its tasks; nothing here signs or waits")]

mod api;
mod bench;
mod ci;
mod compile;
mod conformance;
mod deps;
mod docs;
mod fuzz;
mod msrv;
mod process;
mod release;
mod tasks;
mod tidy;
mod workspace;

use std::process::ExitCode;

use crate::tasks::{CHECKS, OTHERS, SLOW, Task, Work};
use crate::workspace::Workspace;

fn main() -> ExitCode {
    if let Some(code) = api::as_rustdoc() {
        return code;
    }
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((name, rest)) = arguments.split_first() else {
        println!("{}", list());
        return ExitCode::SUCCESS;
    };
    let Some(task) = tasks().find(|task| task.name == name) else {
        return refuse(&format!("there is no task `{name}`"));
    };
    if let ([extra, ..], Work::Cargo(..) | Work::Alone(_)) = (rest, &task.work) {
        return refuse(&format!("`{name}` takes no argument: `{extra}` is too much"));
    }
    match Workspace::find().and_then(|workspace| task.run(&workspace, rest)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: task `{name}` failed: {error:#}\nnext: {}", task.next);
            ExitCode::FAILURE
        }
    }
}

/// Everything that can be typed.
fn tasks() -> impl Iterator<Item = &'static Task> {
    [CHECKS, SLOW, OTHERS].into_iter().flatten()
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
