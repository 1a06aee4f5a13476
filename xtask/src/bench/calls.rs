//! Calls against the clock: rounds in rotated order, so that no contender always comes first.

use anyhow::Result;

use super::lab::{Lab, number, said};
use super::page::Page;
use super::spread::Spread;

/// Enough for a median.
pub(super) const ROUNDS: usize = 9;
const IN_FLIGHT: &str = "16";

pub(super) fn tell(lab: &Lab, page: &mut Page) -> Result<()> {
    throughput(lab, page)?;
    waiting(lab, page)?;
    parts(lab, page)
}

/// As many calls a second as the two processors allow: the server takes its share of them.
fn throughput(lab: &Lab, page: &mut Page) -> Result<()> {
    page.heading("4,000 of these updates, 16 in flight, one thread");
    let who = ["floor", "facade", "reqwest", "floor"];
    let mut seconds = vec![Vec::new(); who.len()];
    for round in 0..ROUNDS {
        for turn in 0..who.len() {
            let at = (round + turn) % who.len();
            let mut command = lab.client("contender", &lab.served);
            let said = said(command.args([who[at], "4000", IN_FLIGHT]))?;
            seconds[at].push(number(&said, "seconds")?);
        }
    }
    let spreads: Vec<Spread> = seconds.into_iter().map(Spread::of).collect();
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
    let mut seconds = vec![Vec::new(); who.len()];
    for round in 0..ROUNDS {
        for turn in 0..who.len() {
            let at = (round + turn) % who.len();
            seconds[at].push(run(who[at], "320", IN_FLIGHT)?);
        }
    }
    for (who, all) in who.iter().zip(seconds) {
        let all = Spread::of(all);
        page.row(&[who, &all.milliseconds(), &format!("{:.3}", all.median / ideal)]);
    }
    Ok(())
}

fn parts(lab: &Lab, page: &mut Page) -> Result<()> {
    page.heading("Parts");
    let run = |what: &str, count: u64| -> Result<(Spread, f64)> {
        let mut all = Vec::new();
        let mut bytes = 0.0;
        for _ in 0..ROUNDS {
            let mut command = lab.workspace.command(lab.program("parts"));
            let said = said(command.args([what, &count.to_string()]))?;
            all.push(number(&said, "seconds")? / count as f64);
            bytes = number(&said, "bytes")?;
        }
        Ok((Spread::of(all), bytes))
    };
    page.row(&["part", "result"]);
    page.row(&["---", "---:"]);
    let (sign, _) = run("sign", 200_000)?;
    page.row(&["one signature", &format!("{:.0} ns", sign.median * 1e9)]);
    let (tolerant, bytes) = run("decode", 10)?;
    let (plain, _) = run("decode-plain", 10)?;
    let speed = |spread: Spread| format!("{:.0} MB/s", bytes / spread.median / 1e6);
    page.row(&["`files/read` of 11 MB, tolerant", &speed(tolerant)]);
    page.row(&["the same by serde_json into plain structs", &speed(plain)]);
    page.row(&["tolerant x plain", &format!("{:.2}", plain.median / tolerant.median)]);
    let (again, _) = run("sign", 200_000)?;
    page.row(&["one signature, again: the control", &format!("{:.0} ns", again.median * 1e9)]);
    Ok(())
}
