//! The table of CONTRIBUTING.md that says what each task is for: made of the tables of tasks, so that none is missing.

use anyhow::{Context as _, Result};

use crate::tasks::{CHECKS, OTHERS, SLOW, Task};
use crate::workspace::Workspace;

const PAGE: &str = "CONTRIBUTING.md";

/// The lines around the table.
const FIRST: &str = "<!-- `cargo xtask docs --write` writes this table. -->\n";
const LAST: &str = "<!-- The table ends here. -->\n";

/// Returns the page with the tables of today.
pub(super) fn contributing(workspace: &Workspace) -> Result<(String, String)> {
    let page = workspace.read(PAGE)?;
    let (before, rest) = page.split_once(FIRST).with_context(|| format!("{PAGE} lacks {FIRST}"))?;
    let (_, after) = rest.split_once(LAST).with_context(|| format!("{PAGE} lacks {LAST}"))?;
    let rows: String = [CHECKS, SLOW, OTHERS].into_iter().flatten().map(row).collect();
    let table = format!("\n| `cargo xtask …` | what it holds or does |\n| --- | --- |\n{rows}\n");
    Ok((PAGE.to_owned(), [before, FIRST, &table, LAST, after].concat()))
}

fn row(task: &Task) -> String {
    format!("| `{}` | {} |\n", task.name, task.about.replace('|', "\\|"))
}

#[cfg(test)]
mod tests {
    use crate::tasks::{Task, Work};

    #[test]
    fn a_task_is_a_row() {
        let work = Work::Cargo(&[], &[]);
        let task = Task { name: "a", about: "holds `x | y`", next: "", work };
        assert_eq!(super::row(&task), "| `a` | holds `x \\| y` |\n");
    }
}
