//! Every check in a row.

use std::time::Instant;

use anyhow::{Context as _, Result};

use crate::CHECKS;
use crate::workspace::Workspace;

/// Runs the checks in the order of their table and stops at the first that fails.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let mut summary = String::from("\nsummary");
    for task in CHECKS {
        println!("\n== {}: {}", task.name, task.about);
        let start = Instant::now();
        let result = (task.run)(workspace);
        let verdict = if result.is_ok() { "ok" } else { "FAILED" };
        let line =
            format!("{:<11} {verdict:<6} {:>6.1} s", task.name, start.elapsed().as_secs_f64());
        println!("== {line}");
        summary.push_str(&format!("\n  {line}"));
        if result.is_err() {
            println!("{summary}\n  the tasks after it did not run");
        }
        result.with_context(|| format!("`{}` failed ({})", task.name, task.next))?;
    }
    println!("{summary}");
    Ok(())
}
