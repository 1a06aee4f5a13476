//! What was counted when somebody last looked, and how far a count may be from it.

use std::fs;

use anyhow::{Context as _, Result, ensure};

use super::counts::Count;
use crate::workspace::Workspace;

const FILE: &str = "xtask/bench.baseline";
/// Set, the file is written anew.
const WRITE: &str = "QC_BENCH_WRITE";
/// Processors differ in how they copy memory, and dependencies move a little with every version.
const TOLERANCE: f64 = 0.1;

/// Fails on more than was counted then, and on much less: the number is to be lowered.
pub(super) fn compare(workspace: &Workspace, counts: &[Count]) -> Result<()> {
    if std::env::var_os(WRITE).is_some() {
        let lines = counts.iter().map(|count| format!("{:<22} {:.1}\n", count.name, count.value));
        let text = format!("{HEADER}\n{}", lines.collect::<String>());
        return fs::write(workspace.path(FILE), text)
            .with_context(|| format!("cannot write {FILE}"));
    }
    let text = workspace.read(FILE)?;
    let mut wrong = String::new();
    for Count { name, value } in counts {
        let expected = expected(&text, name).with_context(|| format!("{FILE} has no {name}"))?;
        println!("{name:<22} {value:>10.1}  (baseline {expected:.1})");
        if (value - expected).abs() > expected * TOLERANCE {
            wrong += &format!("\n  {name} is {value:.1}, and {FILE} says {expected:.1}");
        }
    }
    ensure!(
        wrong.is_empty(),
        "{wrong}\nless is welcome too: {WRITE}=1 cargo xtask bench --check writes the new numbers"
    );
    Ok(())
}

const HEADER: &str = "\
# Per signed update of 2 KB, per signature, and requests per command: what `cargo xtask bench --check` counts with the profile `counted`, within 10 %.
# QC_BENCH_WRITE=1 cargo xtask bench --check writes it anew; say in the commit why a number has grown.
";

fn expected(text: &str, name: &str) -> Option<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))?;
    line.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_line_is_a_name_and_a_number() {
        let text = "# x\nfacade.instructions    70444.0\nfacade.allocations     34.0\n";
        assert_eq!(super::expected(text, "facade.allocations"), Some(34.0));
        assert_eq!(super::expected(text, "facade"), None);
    }
}
