//! How a task ends that looks at files itself.

use anyhow::{Result, bail};

/// One line on what was held when there is no problem; else an error that lists every one.
pub(crate) fn of(problems: &[String], held: &str) -> Result<()> {
    if problems.is_empty() {
        println!("{held}");
        return Ok(());
    }
    bail!("\n  {}", problems.join("\n  "))
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_error_lists_every_problem() {
        assert!(super::of(&[], "fine").is_ok());
        let error = super::of(&["one".to_owned(), "two".to_owned()], "fine").unwrap_err();
        assert_eq!(error.to_string(), "\n  one\n  two");
    }
}
