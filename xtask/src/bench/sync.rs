//! What a person waits for with a service that takes its time, beside the official command line tool.

use std::cell::RefCell;
use std::path::Path;

use anyhow::Result;

use super::commands::{Row, cloned, timed, write};
use super::lab::Lab;
use super::page::Page;
use super::rounds::ROUNDS;
use super::spread::Spread;
use crate::clients::Timed;
use crate::served::Served;

/// At the service, in milliseconds.
pub(super) const LATENCY: u32 = 60;

pub(super) fn tell(lab: &Lab, page: &mut Page, official: &Result<Timed>) -> Result<()> {
    page.heading(&format!("A folder and a project, {LATENCY} ms a request at the service"));
    // A project each: what one pushes is no news to the others.
    let serve = || lab.another(&["--fault", &format!("latency={LATENCY}ms*always")]);
    let services = [serve()?, serve()?, serve()?];
    let [unedited, one, thirty] = &services;
    let folder = |served: &Served, name: &str, files| cloned(lab, served, name, files);
    let in_unedited = folder(unedited, "unedited", 20)?;
    let in_one = folder(one, "one-edit", 20)?;
    let in_thirty = folder(thirty, "thirty-edits", 30)?;
    let qc = |served: &Served, folder: &Path, what: &str| {
        let mut command = served.qc(lab.workspace, &[what, "--quiet"]);
        command.current_dir(folder);
        command
    };
    // Each goes on until the end.
    let fresh = RefCell::new(Vec::new());
    let rows = [
        Row::new("`qc pull`, up to date, 20 files (1 request)", |_| {
            Ok(qc(unedited, &in_unedited, "pull"))
        }),
        Row::new("`qc push`, 1 edit in 20 files (2 requests)", |round| {
            write(&in_one, 0, round + 1)?;
            Ok(qc(one, &in_one, "push"))
        }),
        Row::new("`qc push`, 30 edits (2 requests)", |round| {
            (0..30).try_for_each(|number| write(&in_thirty, number, round + 1))?;
            Ok(qc(thirty, &in_thirty, "push"))
        })
        .beside(1, "one edit"),
        Row::new("`qc push`, 200 new files into a fresh project (3 requests)", |round| {
            let service = serve()?;
            let in_fresh = folder(&service, &format!("fresh{round}"), 0)?;
            (0..200).try_for_each(|number| write(&in_fresh, number, 0))?;
            let command = qc(&service, &in_fresh, "push");
            fresh.borrow_mut().push(service);
            Ok(command)
        })
        .beside(1, "one edit"),
        Row::new("`qc pull` once more: the control", |_| Ok(qc(unedited, &in_unedited, "pull")))
            .beside(0, "the first"),
    ];
    let ours = timed(lab, page, ROUNDS, &rows)?;
    let official = match official {
        Ok(official) => official,
        Err(why) => {
            page.row(&["the official CLI", &format!("not measured: {why}"), ""]);
            return Ok(());
        }
    };
    let commands = [("pull", &official.pull, ours[0], 1), ("push", &official.push, ours[1], 2)];
    let mut told = Vec::new();
    for (what, theirs, ours, requests) in commands {
        let asked = theirs.requests;
        let theirs = Spread::of(theirs.seconds.clone());
        let times = format!("{:.1} x `qc {what}`", theirs.median / ours.median);
        let name = format!("`lean cloud {what}` in place of `qc {what}` ({asked} requests)");
        page.row(&[&name, &theirs.milliseconds(), &times]);
        let alone =
            |seconds: f64, requests: usize| seconds - requests as f64 * f64::from(LATENCY) / 1e3;
        let (lean, qc) = (alone(theirs.median, asked), alone(ours.median, requests));
        let times = lean / qc;
        told.push(format!(
            "a {what} takes `lean` {:.0} ms and `qc` {:.1}, {times:.0} times less",
            lean * 1e3,
            qc * 1e3
        ));
    }
    page.text(&format!(
        "Of all this, {LATENCY} ms a request pass at the service, whoever asks. Without them {}.",
        told.join(", and ")
    ));
    Ok(())
}
