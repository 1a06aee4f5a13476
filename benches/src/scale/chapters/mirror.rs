//! How long a full mirror takes.

use std::time::Duration;

use anyhow::Result;

use crate::scale::{
    mirror::{Manner, Mirrored, mirror},
    organisation::{Organisation, PROJECTS},
    paper,
    text::{Text, megabytes, seconds, size, span},
};

/// As many as make a table of latencies; a whole mirror would say the same.
const SOME: usize = 1_000;

pub(crate) fn tell() -> Result<Text> {
    let mut text = Text::default();
    text.heading("A full mirror");
    text.say(
        "`projects/read` without a project lists all of a user's projects in one answer, and `files/read` gives all files of \
         one. That is the least there is: one request for the list and one for each project. Users have their own limits, so \
         that users who share the projects among them share the time.",
    );
    let mut rows = Vec::new();
    let mut alone = None;
    for users in [1, 2, 5, 10, 20, 50] {
        let mirrored = full(users)?;
        alone.get_or_insert(mirrored);
        let requests = paper::requests(PROJECTS, users);
        let formula = paper::takes(requests, Manner::default().latency, 1);
        rows.push([
            users.to_string(),
            size(requests),
            span(formula),
            span(mirrored.took),
            seconds(mirrored.took.abs_diff(formula)),
        ]);
    }
    text.table(["users", "requests each", "formula", "simulated", "apart"], &rows);
    text.say(
        "Formula: 20 requests go at the beginning of each minute. A mirror takes as long as the limit asks; bytes, processors \
         and this client have no part in it.",
    );
    if let Some(alone) = alone {
        text.say(&format!(
            "The list of {} projects is {}, {} bytes a project; the largest answer that the client takes is 134.2 MB, so \
             that the list fits up to about {} projects.",
            size(PROJECTS),
            megabytes(alone.list_bytes),
            alone.list_bytes / PROJECTS,
            size(round((128 << 20) / (alone.list_bytes / PROJECTS))),
        ));
    }
    text.heading("When the service is slow");
    text.say(&format!(
        "As long as a call takes less than 3 s, the limit decides, and one call after the other is enough. Beyond that calls \
         must overlap: L/3 of them, where one takes L seconds. Here {} projects of one user.",
        size(SOME)
    ));
    let mut rows = Vec::new();
    for (millis, in_flight) in
        [(60, 1), (1_000, 1), (3_000, 1), (6_000, 1), (6_000, 2), (15_000, 1), (15_000, 5)]
    {
        let latency = Duration::from_millis(millis);
        let manner = Manner { latency, in_flight, ..Manner::default() };
        let mirrored = mirror(&Organisation::new(SOME)?, manner, 0..SOME)?;
        let formula = paper::takes(SOME + 1, latency, in_flight);
        rows.push([seconds(latency), in_flight.to_string(), span(formula), span(mirrored.took)]);
    }
    text.table(["a call takes", "in flight", "formula", "simulated"], &rows);
    Ok(text)
}

/// All projects, shared by so many users.
fn full(users: usize) -> Result<Mirrored> {
    mirror(&Organisation::of(PROJECTS, users, |emulator| emulator)?, Manner::default(), 0..PROJECTS)
}

/// To two digits, which is what "about" means.
fn round(number: usize) -> usize {
    let digits = number.checked_ilog10().unwrap_or(0).saturating_sub(1);
    let unit = 10_usize.pow(digits);
    number / unit * unit
}
