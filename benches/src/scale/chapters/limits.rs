//! What a limit costs a client that runs into it.

use std::time::Duration;

use anyhow::Result;
use qc_emulator::{Emulator, Fault, Rule};

use crate::scale::{
    mirror::{Manner, mirror},
    organisation::{Organisation, RATE},
    paper,
    text::{Text, count, percent, span},
};

const PROJECTS: usize = 400;
const MINUTE: Duration = Duration::from_secs(60);

pub(crate) fn tell() -> Result<Text> {
    let mut text = Text::default();
    text.heading("Refused requests");
    text.say(&format!(
        "A service that counts the requests of the last minute and answers the 21st with HTTP 429. A mirror of {PROJECTS} \
         projects by one user, {} at the least:",
        span(paper::takes(PROJECTS + 1, Duration::ZERO, 1)),
    ));
    let limited = |emulator: Emulator| emulator.with_rate_limit(RATE as usize, MINUTE);
    let paced = Manner::default();
    let free = Manner { pace: None, ..paced };
    let manners = [
        ("`requests_per_minute` 20", paced),
        ("the same twice, in two processes", Manner { pace: Some(2 * RATE), ..paced }),
        ("calls 3 s apart by the caller", Manner { apart: Duration::from_secs(3), ..free }),
        ("no pace", free),
        ("no pace, 8 in flight", Manner { in_flight: 8, ..free }),
        ("no pace, and no `Retry-After`", Manner { is_told: false, ..free }),
        (
            "no pace, 8 in flight, and no `Retry-After`",
            Manner { in_flight: 8, is_told: false, ..free },
        ),
    ];
    let mut rows = Vec::new();
    for (name, manner) in manners {
        rows.push(row(name, manner, limited)?);
    }
    table(&mut text, &rows);
    text.say(
        "A client that keeps the pace is never refused, and loses nothing by it: the limit decides how long the mirror takes \
         anyway. One that knows no pace is told when to come back, one refusal a minute for each call that is under way, and \
         two processes that do not know of each other are told as well. Without `Retry-After` nothing says how long to wait: \
         calls pause for less than two seconds in all, the retry budget is soon spent, and what is left fails at once, by \
         design, instead of asking a service that refuses over and over. Whoever mirrors much should set \
         `requests_per_minute`.",
    );
    text.heading("Failed requests");
    text.say(
        "The same mirror, paced, when a share p of all answers is HTTP 502. A read is safe to repeat, so that a call takes \
         1/(1-p) requests on average; each of them counts against the limit, as it does here.",
    );
    let mut rows = Vec::new();
    for chance in [0.01, 0.05, 0.2] {
        let failing = |mut emulator: Emulator| {
            emulator.add_rule(
                Rule::new(Fault::Status { status: 502, applied: false }).with_chance(chance),
            );
            emulator
        };
        let expected = ((PROJECTS + 1) as f64 * paper::with_retries(chance)).round() as u64;
        let name = format!("p = {chance}, {} requests expected", count(expected));
        rows.push(row(&name, paced, failing)?);
    }
    table(&mut text, &rows);
    text.say(
        "Four attempts are the most that a call makes, so that with one answer in five lost a call in 600 is given up, and \
         its project is read in the next round.",
    );
    Ok(text)
}

fn row(
    name: &str,
    manner: Manner,
    prepared: impl FnOnce(Emulator) -> Emulator,
) -> Result<[String; 6]> {
    let organisation = Organisation::of(PROJECTS, 1, prepared)?;
    let mirrored = mirror(&organisation, manner, 0..PROJECTS)?;
    let tally = mirrored.tally;
    Ok([
        name.to_owned(),
        count(tally.requests),
        count(tally.refused + tally.failed),
        percent((tally.refused + tally.failed) as f64 / tally.requests as f64),
        count(mirrored.given_up),
        span(mirrored.took),
    ])
}

fn table(text: &mut Text, rows: &[[String; 6]]) {
    let head = ["client", "requests", "of which in vain", "share", "calls given up", "took"];
    text.table(head, rows);
}
