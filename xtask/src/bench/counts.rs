//! Requests, and instructions and allocations: the difference of a long and a short run, so that start and end do not count.

use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use super::commands;
use super::lab::Lab;
use super::page::Page;

/// The two runs, in calls.
const RUNS: [u64; 2] = [100, 300];
/// The two runs of a part, which is counted without a network.
const PARTS: [u64; 2] = [1_000, 3_000];

/// Something that was counted, per call.
pub(super) struct Count {
    pub(super) name: String,
    pub(super) value: f64,
}

/// This project's own.
pub(super) fn own(lab: &Lab) -> Result<Vec<Count>> {
    let mut counts = Vec::new();
    for who in ["facade", "blocking"] {
        counts.push(Count { name: format!("{who}.instructions"), value: instructions(lab, who)? });
        counts.push(Count { name: format!("{who}.allocations"), value: allocations(lab, who)? });
    }
    counts.push(Count { name: "sign.instructions".to_owned(), value: part(lab, "sign")? });
    counts.extend(requests(lab)?);
    Ok(counts)
}

/// How many requests a command makes, in a folder that is in step but for what is said.
fn requests(lab: &Lab) -> Result<Vec<Count>> {
    let folder = commands::cloned(lab, &lab.served, "counted", 30)?;
    let mut counts = Vec::new();
    for (name, command, edits) in [
        ("status.requests", "status", 0),
        ("pull.requests", "pull", 0),
        ("push.requests", "push", 0),
        ("push-1-edit.requests", "push", 1),
        ("push-30-edits.requests", "push", 30),
    ] {
        (0..edits).try_for_each(|number| commands::write(&folder, number, edits))?;
        let before = lab.served.requests()?;
        let mut qc = lab.served.qc(lab.workspace, &[command, "--quiet"]);
        ensure!(qc.current_dir(&folder).status()?.success(), "`qc {command}` failed");
        let value = (lab.served.requests()? - before) as f64;
        counts.push(Count { name: name.to_owned(), value });
    }
    Ok(counts)
}

/// Everyone's, as a table.
pub(super) fn tell(lab: &Lab, page: &mut Page) -> Result<()> {
    page.heading("A signed update of 2 KB, one after another, keep-alive");
    page.text(
        "Instructions in user space by callgrind and heap allocations by memcheck, per call. They do not depend on what else \
         the machine does. `floor` is hyper-util's pooled client sending bytes that were built and signed once.",
    );
    page.row(&["client", "instructions", "x floor", "allocations"]);
    page.row(&["---", "---:", "---:", "---:"]);
    let floor = instructions(lab, "floor")?;
    for who in ["floor", "facade", "blocking", "ureq", "reqwest", "floor"] {
        let (counted, allocated) = (instructions(lab, who)?, allocations(lab, who)?);
        let times = format!("{:.2}", counted / floor);
        page.row(&[who, &thousands(counted), &times, &format!("{allocated:.1}")]);
    }
    page.text("The floor stands there twice: the difference of the two is what the counting itself is worth.");
    Ok(())
}

fn thousands(count: f64) -> String {
    format!("{:.1}k", count / 1e3)
}

fn instructions(lab: &Lab, who: &str) -> Result<f64> {
    let count = |calls: u64| {
        let mut command = valgrind(lab, &["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
        lab.served.introduce(&mut command);
        command.arg(lab.program("contender")).args([who, &calls.to_string(), "1"]);
        figure(&mut command, "Collected : ")
    };
    difference(RUNS, count)
}

fn allocations(lab: &Lab, who: &str) -> Result<f64> {
    let count = |calls: u64| {
        let mut command = valgrind(lab, &["--leak-check=no"]);
        lab.served.introduce(&mut command);
        command.arg(lab.program("contender")).args([who, &calls.to_string(), "1"]);
        figure(&mut command, "total heap usage: ")
    };
    difference(RUNS, count)
}

fn part(lab: &Lab, what: &str) -> Result<f64> {
    let count = |times: u64| {
        let mut command = valgrind(lab, &["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
        command.arg(lab.program("parts")).args([what, &times.to_string()]);
        figure(&mut command, "Collected : ")
    };
    difference(PARTS, count)
}

fn difference([short, long]: [u64; 2], count: impl Fn(u64) -> Result<f64>) -> Result<f64> {
    Ok((count(long)? - count(short)?) / (long - short) as f64)
}

fn valgrind(lab: &Lab, arguments: &[&str]) -> Command {
    let mut command = lab.workspace.command("valgrind");
    command.args(arguments);
    command
}

/// The number behind these words in what valgrind says at the end.
fn figure(command: &mut Command, words: &str) -> Result<f64> {
    let output = command.output().with_context(|| format!("cannot start {command:?}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?} ended with {}: {said}", output.status);
    read(&said, words).with_context(|| format!("valgrind does not say `{words}`: {said}"))
}

fn read(said: &str, words: &str) -> Option<f64> {
    let rest = said.split(words).nth(1)?;
    let digits: String = rest.chars().take_while(|c| c.is_ascii_digit() || *c == ',').collect();
    digits.replace(',', "").parse().ok()
}

#[cfg(test)]
mod tests {
    #[test]
    fn valgrind_is_understood() {
        let said = "==1== Collected : 85039235\n==1==\n";
        assert_eq!(super::read(said, "Collected : "), Some(85_039_235.0));
        let said = "==1==   total heap usage: 1,234 allocs, 1,200 frees";
        assert_eq!(super::read(said, "total heap usage: "), Some(1234.0));
        assert_eq!(super::read("", "Collected : "), None);
    }
}
