//! Every check in a row.

use std::time::Instant;

use anyhow::{Context as _, Error, Result, bail};

use crate::process::Missing;
use crate::tasks::{CHECKS, SLOW, Task};
use crate::workspace::Workspace;

/// The flag that adds the slow checks.
const FULL: &str = "--full";

/// Runs the checks in the order of their tables and stops at the first that fails. Whoever lacks what one of them
/// needs gets all the others; where `CI` is set, that is a failure.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let strict = std::env::var_os("CI").is_some();
    let mut summary = String::from("\nsummary");
    for task in chosen(arguments)? {
        println!("\n== {}: {}", task.name, task.about);
        let start = Instant::now();
        let result = task.run(workspace, &[]);
        let (verdict, why) = match &result {
            Ok(()) => ("ok", String::new()),
            Err(why) if is_skipped(why, strict) => ("skipped", format!("  {why}")),
            Err(_) => ("FAILED", "\n  the tasks after it did not run".to_owned()),
        };
        let seconds = start.elapsed().as_secs_f64();
        let line = format!("{:<11} {verdict:<7} {seconds:>6.1} s", task.name);
        println!("== {line}");
        summary.push_str(&format!("\n  {line}{why}"));
        if verdict == "FAILED" {
            println!("{summary}");
            return result.with_context(|| format!("`{}` ({})", task.name, task.next));
        }
    }
    println!("{summary}");
    Ok(())
}

/// Whether something was missing, and that is no failure.
fn is_skipped(error: &Error, strict: bool) -> bool {
    !strict && error.is::<Missing>()
}

/// The checks that were asked for.
fn chosen(arguments: &[String]) -> Result<impl Iterator<Item = &'static Task>> {
    let slow = match arguments {
        [] => [].as_slice(),
        [flag] if flag == FULL => SLOW,
        _ => bail!("`ci` takes `{FULL}` or nothing, not `{}`", arguments.join(" ")),
    };
    Ok(CHECKS.iter().chain(slow))
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::{Missing, chosen, is_skipped};

    #[test]
    fn only_what_is_missing_is_skipped_and_only_by_people() {
        let missing = Missing("no tool".to_owned()).into();
        assert!(is_skipped(&missing, false) && !is_skipped(&missing, true));
        assert!(!is_skipped(&anyhow!("wrong"), false));
    }

    #[test]
    fn slow_checks_run_only_when_asked_for_and_last() {
        let names = |words: &[&str]| {
            let words: Vec<_> = words.iter().map(ToString::to_string).collect();
            Some(chosen(&words).ok()?.map(|task| task.name).collect::<Vec<_>>())
        };
        let (quick, full) = (names(&[]).unwrap(), names(&["--full"]).unwrap());
        assert!(full.starts_with(&quick));
        assert_eq!(full[quick.len()..], ["conformance", "counts", "size", "packed"]);
        for wrong in [["--ful"].as_slice(), &["--full", "--full"], &["conformance"]] {
            assert_eq!(names(wrong), None, "{wrong:?}");
        }
    }
}
