//! Calls against the clock.

use anyhow::Result;

use super::lab::{Lab, number, said};
use super::page::Page;
use super::rounds::{ROUNDS, rotated};
use super::spread::Spread;
use crate::clients::Timed;

const IN_FLIGHT: &str = "16";

pub(super) fn tell(lab: &Lab, page: &mut Page, official: &Result<Timed>) -> Result<()> {
    alone(lab, page, official)?;
    throughput(lab, page)?;
    waiting(lab, page)?;
    parts(lab, page)
}

/// One call at a time, as a script makes them.
fn alone(lab: &Lab, page: &mut Page, official: &Result<Timed>) -> Result<()> {
    const CALLS: u32 = 1000;
    page.heading("The same against the clock, on one thread");
    let who = ["floor", "facade", "blocking", "ureq", "reqwest", "floor"];
    let spreads = rotated(ROUNDS, who.len(), |at, _| {
        let mut command = lab.client("contender", &lab.served);
        let said = said(command.args([who[at], &CALLS.to_string(), "1"]))?;
        Ok(number(&said, "seconds")? / f64::from(CALLS))
    })?;
    page.row(&["client", "ms a call", "x floor"]);
    page.row(&["---", "---:", "---:"]);
    let mut row = |who: &str, spread: Spread| {
        let times = format!("{:.2}", spread.median / spreads[0].median);
        page.row(&[who, &spread.fine_milliseconds(), &times]);
    };
    who.iter().zip(&spreads).for_each(|(who, spread)| row(who, *spread));
    match official {
        Ok(official) => {
            let what = "Python's `requests` without a session, as the official CLI sends it";
            row(what, Spread::of(official.update.clone()));
        }
        Err(why) => page.row(&["Python's `requests`", &format!("not measured: {why}"), ""]),
    }
    Ok(())
}

/// As many calls a second as the two processors allow: the server takes its share of them.
fn throughput(lab: &Lab, page: &mut Page) -> Result<()> {
    page.heading("4,000 of these updates, 16 in flight, one thread");
    let who = ["floor", "facade", "reqwest", "floor"];
    let spreads = rotated(ROUNDS, who.len(), |at, _| {
        let mut command = lab.client("contender", &lab.served);
        number(&said(command.args([who[at], "4000", IN_FLIGHT]))?, "seconds")
    })?;
    page.compared(["client", "ms", "calls a second, x floor"], &who, &spreads);
    Ok(())
}

/// Calls that mostly wait: what matters is that none waits for another.
fn waiting(lab: &Lab, page: &mut Page) -> Result<()> {
    page.heading("320 calls, 16 in flight, 60 ms each at the service");
    let slow = lab.another(&["--fault", "latency=60ms*always"])?;
    let run = |who: &str, count: &str, in_flight: &str| -> Result<f64> {
        let mut command = lab.client("contender", &slow);
        number(&said(command.args([who, count, in_flight]))?, "seconds")
    };
    let one = Spread::of(
        (0..ROUNDS).map(|_| Ok(run("floor", "10", "1")? / 10.0)).collect::<Result<_>>()?,
    );
    let ideal = one.median * 20.0;
    page.row(&["client", "ms", "x ideal"]);
    page.row(&["---", "---:", "---:"]);
    page.row(&["ideal: 20 times one call of the floor", &format!("{:.1}", ideal * 1e3), "1"]);
    let who = ["floor", "facade", "reqwest", "floor"];
    let spreads = rotated(ROUNDS, who.len(), |at, _| run(who[at], "320", IN_FLIGHT))?;
    for (who, all) in who.iter().zip(spreads) {
        page.row(&[who, &all.milliseconds(), &format!("{:.3}", all.median / ideal)]);
    }
    Ok(())
}

fn parts(lab: &Lab, page: &mut Page) -> Result<()> {
    page.heading("Parts");
    let who = [
        ("sign", "2000000"),
        ("sign-headers", "2000000"),
        ("decode", "10"),
        ("decode-plain", "10"),
        ("sign", "2000000"),
    ];
    let mut bytes = 0.0;
    let spreads = rotated(ROUNDS, who.len(), |at, _| {
        let (what, count) = who[at];
        let mut command = lab.workspace.command(lab.program("parts"));
        let said = said(command.args([what, count]))?;
        if what == "decode" {
            bytes = number(&said, "bytes")?;
        }
        Ok(number(&said, "seconds")? / count.parse::<f64>()?)
    })?;
    page.row(&["part", "result"]);
    page.row(&["---", "---:"]);
    let [sign, headers, tolerant, plain, again] = spreads.as_slice() else { return Ok(()) };
    let time = |spread: &Spread| {
        let [median, least, most] =
            [spread.median, spread.least, spread.most].map(|seconds| seconds * 1e9);
        format!("{median:.0} ns [{least:.0}..{most:.0}]")
    };
    page.row(&["one signature, without memory from the heap", &time(sign)]);
    page.row(&[
        "one signature and its header value; kept for as long as its second lasts",
        &time(headers),
    ]);
    let speed = |spread: &Spread| format!("{:.0} MB/s", bytes / spread.median / 1e6);
    page.row(&["`files/read` of 11 MB, tolerant", &speed(tolerant)]);
    page.row(&["the same by serde_json into plain structs", &speed(plain)]);
    page.row(&["tolerant x plain", &format!("{:.2}", plain.median / tolerant.median)]);
    page.row(&["one signature, again: the control", &time(again)]);
    Ok(())
}
