//! The command against the clock, beside the official one where that is at hand.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use super::lab::{Lab, number, said};
use super::page::Page;
use super::rounds::{ROUNDS, rotated};
use super::servers::Bare;
use super::spread::Spread;
use crate::clients::{self, Timed};
use crate::fresh;
use crate::served::Served;

/// Of commands that take a millisecond or two, which vary more.
const MANY_ROUNDS: usize = 31;

pub(super) fn tell(lab: &Lab, page: &mut Page) -> Result<()> {
    start(lab, page)?;
    sync(lab, page)?;
    large(lab, page)
}

/// Runs it through `measured`, which says what it took.
pub(super) fn measured(lab: &Lab, command: &Command) -> Result<serde_json::Value> {
    let mut outer = lab.workspace.command(lab.program("measured"));
    outer.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => outer.env(name, value),
            None => outer.env_remove(name),
        };
    }
    if let Some(directory) = command.get_current_dir() {
        outer.current_dir(directory);
    }
    said(&mut outer)
}

/// A command to be timed.
struct Row<'a> {
    what: &'static str,
    /// Makes it, for the round.
    command: Box<dyn Fn(usize) -> Result<Command> + 'a>,
    /// The row that it is compared with, and what that is called.
    beside: Option<(usize, &'static str)>,
}

impl<'a> Row<'a> {
    fn new(what: &'static str, command: impl Fn(usize) -> Result<Command> + 'a) -> Self {
        Self { what, command: Box::new(command), beside: None }
    }

    fn beside(mut self, row: usize, name: &'static str) -> Self {
        self.beside = Some((row, name));
        self
    }
}

/// Times them in rotated order, and tells it.
fn timed(lab: &Lab, page: &mut Page, rounds: usize, rows: &[Row<'_>]) -> Result<Vec<Spread>> {
    let spreads = rotated(rounds, rows.len(), |at, round| {
        let row = &rows[at];
        let said = measured(lab, &(row.command)(round)?)?;
        ensure!(said["code"] == 0, "{} ended with {}", row.what, said["code"]);
        number(&said, "seconds")
    })?;
    page.row(&["command", "ms", "beside"]);
    page.row(&["---", "---:", "---:"]);
    for (row, spread) in rows.iter().zip(&spreads) {
        let beside = row.beside.map_or_else(String::new, |(at, name)| {
            format!("{:.2} x {name}", spread.median / spreads[at].median)
        });
        page.row(&[row.what, &spread.milliseconds(), &beside]);
    }
    Ok(spreads)
}

fn start(lab: &Lab, page: &mut Page) -> Result<()> {
    page.heading("How long until it has begun");
    let served = lab.another(&[])?;
    let qc = |arguments: &[&str]| served.qc(lab.workspace, arguments);
    let place = lab.workspace.target().join("bench");
    fs::create_dir_all(&place)?;
    let certificate = place.join("certificate.pem");
    let secure = Bare::start(lab, Some(&certificate.to_string_lossy()))?;
    let roots = bundle(&certificate, &place)?;
    let over_tls = |roots: &Path| {
        let mut command = qc(&["whoami"]);
        command.env("QUANTCONNECT_BASE_URL", &secure.base_url).env("SSL_CERT_FILE", roots);
        command
    };
    let many = cloned(lab, &served, "many", 250)?;
    let rows = [
        Row::new("`true`", |_| Ok(lab.workspace.command("true"))),
        Row::new("`qc --version`", |_| Ok(qc(&["--version"]))).beside(0, "`true`"),
        Row::new("`qc whoami`, http on loopback", |_| Ok(qc(&["whoami"])))
            .beside(1, "`qc --version`"),
        Row::new("`qc whoami`, https on loopback, one trusted root", |_| {
            let mut command = over_tls(&certificate);
            command.env_remove("SSL_CERT_DIR");
            Ok(command)
        })
        .beside(1, "`qc --version`"),
        Row::new("`qc whoami`, https on loopback, and this machine's roots", |_| {
            Ok(over_tls(&roots))
        })
        .beside(1, "`qc --version`"),
        Row::new("`qc status`, http on loopback, nothing to do, 250 files (1 request)", |_| {
            let mut command = qc(&["status"]);
            command.current_dir(&many);
            Ok(command)
        })
        .beside(2, "`qc whoami`"),
        Row::new("`qc --version`, again: the control", |_| Ok(qc(&["--version"])))
            .beside(0, "`true`"),
    ];
    timed(lab, page, MANY_ROUNDS, &rows)?;
    page.text(&format!("{MANY_ROUNDS} rounds in rotated order: median [least..most]."));
    let bytes = fs::metadata(lab.program("qc"))?.len();
    page.text(&format!("The program has {:.2} MB.", bytes as f64 / 1e6));
    Ok(())
}

/// This machine's certificates and one more.
fn bundle(certificate: &Path, place: &Path) -> Result<PathBuf> {
    let mut all = fs::read_to_string("/etc/ssl/certs/ca-certificates.crt").unwrap_or_default();
    all += &fs::read_to_string(certificate)?;
    let file = place.join("roots.pem");
    fs::write(&file, all)?;
    Ok(file)
}

/// A cloned project of so many small files.
pub(super) fn cloned(lab: &Lab, served: &Served, name: &str, files: usize) -> Result<PathBuf> {
    let folder = lab.workspace.target().join("bench").join(name);
    fresh::make_empty(&folder)?;
    let run = |command: &mut Command| -> Result<()> {
        let output = command.current_dir(&folder).output()?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        ensure!(output.status.success(), "{command:?}: {said}");
        Ok(())
    };
    run(served.qc(lab.workspace, &["clone", &served.project, "."]).arg("--quiet"))?;
    for number in 0..files {
        write(&folder, number, 0)?;
    }
    run(&mut served.qc(lab.workspace, &["push", "--quiet"]))?;
    Ok(folder)
}

/// A file of so many bytes, of lines as people write them.
pub(super) fn write_bytes(folder: &Path, number: usize, bytes: usize) -> Result<()> {
    let line = "        self.rsi = self.RSI(\"SPY\", 14, Resolution.DAILY)  # 14 days\n";
    let path = folder.join(format!("f{number}.py"));
    let text = line.repeat(bytes.div_ceil(line.len()));
    fs::write(&path, &text[..bytes]).with_context(|| format!("cannot write {}", path.display()))
}

pub(super) fn write(folder: &Path, number: usize, version: usize) -> Result<()> {
    let line = format!("PERIOD = {version}  # of file {number}\n");
    let path = folder.join(format!("f{number}.py"));
    fs::write(&path, line.repeat(20)).with_context(|| format!("cannot write {}", path.display()))
}

/// What a person waits for, with a service that takes 60 ms for each request.
fn sync(lab: &Lab, page: &mut Page) -> Result<()> {
    page.heading("A folder and a project, 60 ms a request at the service");
    let slow = lab.another(&["--fault", "latency=60ms*always"])?;
    let twenty = cloned(lab, &slow, "twenty", 20)?;
    let unedited = cloned(lab, &slow, "unedited", 20)?;
    let thirty = cloned(lab, &slow, "thirty", 30)?;
    let qc = |folder: &Path, what: &str| {
        let mut command = slow.qc(lab.workspace, &[what, "--quiet"]);
        command.current_dir(folder);
        command
    };
    let rows = [
        Row::new("`qc pull`, up to date, 20 files (1 request)", |_| Ok(qc(&unedited, "pull"))),
        Row::new("`qc push`, 1 edit in 20 files (3 requests)", |round| {
            write(&twenty, 0, round + 1)?;
            Ok(qc(&twenty, "push"))
        }),
        Row::new("`qc push`, 30 edits (3 requests)", |round| {
            (0..30).try_for_each(|number| write(&thirty, number, round + 1))?;
            Ok(qc(&thirty, "push"))
        })
        .beside(1, "one edit"),
        Row::new("`qc pull` once more: the control", |_| Ok(qc(&unedited, "pull")))
            .beside(0, "the first"),
    ];
    let ours = timed(lab, page, ROUNDS, &rows)?;
    let official = clients::time(lab.workspace, ROUNDS, 60);
    match &official {
        Ok(official) => {
            for (what, theirs, ours) in
                [("pull", &official.pull, ours[0]), ("push", &official.push, ours[1])]
            {
                let theirs = Spread::of(theirs.clone());
                let times = format!("{:.1} x `qc {what}`", theirs.median / ours.median);
                let what = format!("`lean cloud {what}` in place of `qc {what}`");
                page.row(&[&what, &theirs.milliseconds(), &times]);
            }
        }
        Err(why) => page.row(&["the official CLI", &format!("not measured: {why}"), ""]),
    }
    if let Ok(Timed { update, .. }) = official {
        page.heading("An update of 2 KB by Python's `requests` without a session, as the official CLI sends it");
        let update = Spread::of(update);
        let mut ours = Vec::new();
        for _ in 0..ROUNDS {
            let mut client = lab.client("contender", &lab.served);
            ours.push(number(&said(client.args(["facade", "400", "1"]))?, "seconds")? / 400.0);
        }
        let ours = Spread::of(ours);
        page.row(&["client, one call after another", "ms a call"]);
        page.row(&["---", "---:"]);
        page.row(&["facade", &ours.milliseconds()]);
        let times = update.median / ours.median;
        page.row(&[&format!("`requests`: {times:.1} x as long"), &update.milliseconds()]);
    }
    Ok(())
}

/// The largest project that a tier allows.
fn large(lab: &Lab, page: &mut Page) -> Result<()> {
    page.heading("The largest project: 250 files of 256 KB, 64 MB");
    let served = lab.another(&[])?;
    let folder = cloned(lab, &served, "large", 0)?;
    let line = "        self.rsi = self.RSI(\"SPY\", 14, Resolution.DAILY)  # 14 days\n";
    let content = line.repeat((256 << 10) / line.len());
    for number in 0..248 {
        fs::write(folder.join(format!("f{number}.py")), &content)?;
    }
    let mut push = served.qc(lab.workspace, &["push", "--quiet"]);
    let pushed = push.current_dir(&folder).output()?;
    ensure!(pushed.status.success(), "the large project was not pushed");
    let place = lab.workspace.target().join("bench").join("large-clone");
    let qc = |arguments: &[&str]| {
        let mut command = served.qc(lab.workspace, arguments);
        command.arg("--quiet").current_dir(&place);
        command
    };
    page.row(&["command", "ms", "peak memory, MB", "x payload"]);
    page.row(&["---", "---:", "---:", "---:"]);
    let payload = 248.0 * content.len() as f64;
    let mut tell = |what: &str, arguments: &[&str], is_anew: bool| -> Result<()> {
        let (mut all, mut peak) = (Vec::new(), 0.0_f64);
        for _ in 0..ROUNDS {
            if is_anew {
                fresh::make_empty(&place)?;
            }
            let said = measured(lab, &qc(arguments))?;
            ensure!(said["code"] == 0, "{what} ended with {}", said["code"]);
            all.push(number(&said, "seconds")?);
            peak = peak.max(number(&said, "peak_bytes")?);
        }
        let (megabytes, times) = (format!("{:.0}", peak / 1e6), format!("{:.2}", peak / payload));
        page.row(&[what, &Spread::of(all).milliseconds(), &megabytes, &times]);
        Ok(())
    };
    let clone = ["clone", served.project.as_str(), "."];
    tell("`qc clone`", &clone, true)?;
    tell("`qc pull`, up to date", &["pull"], false)?;
    tell("`qc status`, nothing to do", &["status"], false)?;
    tell("`qc clone`, again: the control", &clone, true)
}
