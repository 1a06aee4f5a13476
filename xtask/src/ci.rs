//! Every check in a row.

use std::time::Instant;

use anyhow::{Context as _, Result, bail};

use crate::missing::Missing;
use crate::workspace::Workspace;
use crate::{CHECKS, SLOW, Task};

/// The flag that adds the slow checks.
const FULL: &str = "--full";

/// Runs the checks in the order of their tables and stops at the first that fails. Whoever lacks
/// what one of them needs gets all the others; where `CI` is set, that is a failure.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let mut summary = String::from("\nsummary");
    for task in chosen(arguments)? {
        println!("\n== {}: {}", task.name, task.about);
        let start = Instant::now();
        let result = (task.run)(workspace);
        let skipped = skipped(&result, std::env::var_os("CI").is_some());
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

/// What was missing, where that is no failure.
fn skipped(result: &Result<()>, strict: bool) -> Option<String> {
    let missing = result.as_ref().err().filter(|error| error.is::<Missing>());
    missing.filter(|_| !strict).map(ToString::to_string)
}

/// The checks that were asked for.
fn chosen(arguments: &[String]) -> Result<Vec<&'static Task>> {
    match arguments {
        [] => Ok(CHECKS.iter().collect()),
        [flag] if flag == FULL => Ok(CHECKS.iter().chain(SLOW).collect()),
        _ => bail!("`ci` takes `{FULL}` or nothing, not `{}`", arguments.join(" ")),
    }
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::{Missing, skipped};

    #[test]
    fn only_what_is_missing_is_skipped_and_only_by_people() {
        let missing = Err(Missing("no tool".to_owned()).into());
        assert_eq!(skipped(&missing, false).as_deref(), Some("no tool"));
        assert_eq!(skipped(&missing, true), None);
        for result in [Ok(()), Err(anyhow!("wrong"))] {
            assert_eq!(skipped(&result, false), None);
        }
    }

    fn names(arguments: &[&str]) -> Option<Vec<&'static str>> {
        let arguments: Vec<_> = arguments.iter().map(ToString::to_string).collect();
        Some(super::chosen(&arguments).ok()?.iter().map(|task| task.name).collect())
    }

    #[test]
    fn slow_checks_run_only_when_asked_for_and_last() {
        let quick = names(&[]).unwrap();
        assert!(!quick.contains(&"clients"));
        let full = names(&["--full"]).unwrap();
        assert!(full.starts_with(&quick));
        assert!(full[quick.len()..].contains(&"clients"));
    }

    #[test]
    fn nothing_else_is_taken() {
        for wrong in [["--ful"].as_slice(), &["--full", "--full"], &["clients"]] {
            assert_eq!(names(wrong), None, "{wrong:?}");
        }
    }
}
