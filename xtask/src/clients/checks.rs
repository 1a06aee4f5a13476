//! What holds, and what does not.

use std::cell::Cell;
use std::path::Path;

use anyhow::{Result, bail};

use super::comparison::compare;

/// Counts the checks of a run.
#[derive(Default)]
pub(super) struct Checks {
    held: Cell<usize>,
    failed: Cell<usize>,
}

impl Checks {
    /// Says that the check holds, or what was expected and what was seen instead.
    pub(super) fn same(&self, name: &str, expected: &str, seen: &str) -> Result<()> {
        if let Some(difference) = compare(expected, seen) {
            bail!("{name}\n{difference}");
        }
        println!("  ok      {name}");
        self.held.set(self.held.get() + 1);
        Ok(())
    }

    /// Says what ended a scene.
    pub(super) fn failed(&self, why: &anyhow::Error) {
        println!("  FAILED  {why:#}");
        self.failed.set(self.failed.get() + 1);
    }

    /// How the run ends.
    pub(super) fn verdict(&self, transcript: &Path) -> Result<()> {
        let (held, failed) = (self.held.get(), self.failed.get());
        if failed > 0 {
            bail!(
                "of the checks, {failed} failed and {held} held (`-` was expected, `+` was seen; every \
                 command and what it said is in {})",
                transcript.display()
            );
        }
        println!("{held} checks hold");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Checks;

    #[test]
    fn one_failure_fails_the_run_and_names_the_check() {
        let checks = Checks::default();
        checks.same("one", "a\n", "a").unwrap();
        assert!(checks.verdict(Path::new("said")).is_ok());
        let why = checks.same("two", "a", "b").unwrap_err();
        assert_eq!(why.to_string(), "two\n          - a\n          + b");
        checks.failed(&why);
        let why = checks.verdict(Path::new("said")).unwrap_err();
        assert!(why.to_string().starts_with("of the checks, 1 failed and 1 held"), "{why}");
    }
}
