//! docs/benchmarks.md, as it is measured.

use std::fs;

use anyhow::{Context as _, Result};

use super::lab::Lab;
use super::spread::Spread;
use crate::workspace::Workspace;

const FILE: &str = "docs/benchmarks.md";

pub(super) struct Page(String);

impl Page {
    /// With what it was measured on.
    pub(super) fn new(lab: &Lab) -> Result<Self> {
        let cores = std::thread::available_parallelism()?;
        let rustc = lab.workspace.command("rustc").arg("--version").output()?;
        let rustc = String::from_utf8_lossy(&rustc.stdout).trim().to_owned();
        let processor = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let processor = processor.lines().find_map(|line| line.strip_prefix("model name"));
        let processor = processor.map_or("", |name| name.trim_start_matches([' ', '\t', ':']));
        let mut page = Self(String::from("# What it costs\n"));
        page.text(&format!(
            "Written by `cargo xtask bench`, in one run, on {cores} cores ({processor}), {rustc}, `qc` in the profile \
             `dist` as it is installed and everything else in `release`. The emulator runs beside the clients in a process of \
             its own, over loopback: the one that libraries ask is of `release` too, and faster. Ratios within this page hold \
             better than numbers do from one machine to another."
        ));
        Ok(page)
    }

    pub(super) fn heading(&mut self, heading: &str) {
        println!("{heading}");
        self.0 += &format!("\n## {heading}\n\n");
    }

    pub(super) fn text(&mut self, text: &str) {
        self.0 += &format!("\n{text}\n\n");
    }

    pub(super) fn row(&mut self, cells: &[&str]) {
        println!("  {}", cells.join("  "));
        self.0 += &format!("| {} |\n", cells.join(" | "));
    }

    /// A table of contenders, the first of which is what the others are compared with; it stands there a second time as
    /// the control.
    pub(super) fn compared(&mut self, head: [&str; 3], names: &[&str], spreads: &[Spread]) {
        self.row(&head);
        self.row(&["---", "---:", "---:"]);
        for (name, spread) in names.iter().zip(spreads) {
            let times = format!("{:.2}", spreads[0].median / spread.median);
            self.row(&[name, &spread.milliseconds(), &times]);
        }
        self.text("Nine rounds in rotated order: median [least..most]. What stands there twice is the control.");
    }

    pub(super) fn write(self, workspace: &Workspace) -> Result<()> {
        let mut text = self.0;
        while text.contains("\n\n\n") {
            text = text.replace("\n\n\n", "\n\n");
        }
        let text = format!("{}\n", text.trim_end());
        fs::write(workspace.path(FILE), text).with_context(|| format!("cannot write {FILE}"))
    }
}
