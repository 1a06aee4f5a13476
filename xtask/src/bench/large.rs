//! The largest project that a tier allows, in time and in memory.

use std::fs;

use anyhow::{Result, ensure};

use super::commands::{cloned, measured, settle};
use super::lab::{Lab, number};
use super::page::Page;
use super::rounds::{ROUNDS, rotated};
use crate::fresh;

pub(super) fn tell(lab: &Lab, page: &mut Page) -> Result<()> {
    page.heading("The largest project: 250 files of 256 KB, 64 MB");
    let served = lab.another(&[])?;
    let still = cloned(lab, &served, "large", 0)?;
    let line = "        self.rsi = self.RSI(\"SPY\", 14, Resolution.DAILY)  # 14 days\n";
    let content = line.repeat((256 << 10) / line.len());
    for number in 0..248 {
        fs::write(still.join(format!("f{number}.py")), &content)?;
    }
    let mut push = served.qc(lab.workspace, &["push", "--quiet"]);
    let pushed = push.current_dir(&still).output()?;
    ensure!(pushed.status.success(), "the large project was not pushed");
    settle(lab, &served, &still)?;
    let fresh = lab.workspace.target().join("bench").join("large-clone");
    let clone = ["clone", served.project.as_str(), "."];
    let rows: [(&str, &[&str]); 4] = [
        ("`qc clone`", &clone),
        ("`qc pull`, up to date", &["pull"]),
        ("`qc status`, nothing to do", &["status"]),
        ("`qc clone`, again: the control", &clone),
    ];
    let mut peaks = [0.0_f64; 4];
    let spreads = rotated(ROUNDS, rows.len(), |at, _| {
        let (what, arguments) = rows[at];
        let place = if arguments == clone { &fresh } else { &still };
        if arguments == clone {
            fresh::make_empty(&fresh)?;
        }
        let mut command = served.qc(lab.workspace, arguments);
        let said = measured(lab, command.arg("--quiet").current_dir(place))?;
        ensure!(said["code"] == 0, "{what} ended with {}", said["code"]);
        peaks[at] = peaks[at].max(number(&said, "peak_bytes")?);
        number(&said, "seconds")
    })?;
    page.row(&["command", "ms", "peak memory, MB", "x payload"]);
    page.row(&["---", "---:", "---:", "---:"]);
    let payload = 248.0 * content.len() as f64;
    for (((what, _), spread), peak) in rows.iter().zip(spreads).zip(peaks) {
        let (megabytes, times) = (format!("{:.0}", peak / 1e6), format!("{:.2}", peak / payload));
        page.row(&[what, &spread.milliseconds(), &megabytes, &times]);
    }
    Ok(())
}
