//! Every check in a row.

use std::time::Instant;

use anyhow::{Context as _, Result};

use crate::CHECKS;
use crate::deny::Missing;
use crate::workspace::Workspace;

/// Runs the checks in the order of their table and stops at the first that fails. A person without
/// cargo-deny gets all the others; where `CI` is set, that is a failure.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let mut summary = String::from("\nsummary");
    for task in CHECKS {
        println!("\n== {}: {}", task.name, task.about);
        let start = Instant::now();
        let result = (task.run)(workspace);
        let missing = result.as_ref().err().filter(|error| error.is::<Missing>());
        let skipped = missing.filter(|_| std::env::var_os("CI").is_none()).map(ToString::to_string);
        let verdict = match (&result, &skipped) {
            (Ok(()), _) => "ok",
            (Err(_), Some(_)) => "skipped",
            (Err(_), None) => "FAILED",
        };
        let line =
            format!("{:<11} {verdict:<7} {:>6.1} s", task.name, start.elapsed().as_secs_f64());
        println!("== {line}");
        summary.push_str(&format!("\n  {line}"));
        if let Some(why) = skipped {
            summary.push_str(&format!("  {why}"));
            continue;
        }
        if result.is_err() {
            println!("{summary}\n  the tasks after it did not run");
        }
        result.with_context(|| format!("`{}` failed ({})", task.name, task.next))?;
    }
    println!("{summary}");
    Ok(())
}
