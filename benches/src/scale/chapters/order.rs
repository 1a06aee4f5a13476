//! In which order a mirror is made.

use std::time::Duration;

use anyhow::Result;
use fastrand::Rng;

use crate::scale::{
    edits::Attention,
    follow::{Followed, Listed, Pick, Plan, follow},
    organisation::{Organisation, PROJECTS},
    paper,
    text::{Text, percent, size, span},
};

const HOUR: Duration = Duration::from_secs(3600);
/// So long a mirror takes, and a little.
const LASTS: Duration = Duration::from_secs(9 * 3600);
const EDITS_AN_HOUR: f64 = 60.0;
/// Before the mirror begins: what `modified` tells comes from then.
const HISTORY: Duration = Duration::from_secs(30 * 24 * 3600);

pub(crate) fn tell() -> Result<Text> {
    let mut text = Text::default();
    text.heading("In which order");
    text.say(&format!(
        "A mirror of {} projects takes a working day, and nobody works in all of them. Say that edits fall on projects by \
         Zipf's law, the project of rank r drawing 1/r as many as the first: then {} projects draw half of the edits, and \
         {} of them nine tenths. {EDITS_AN_HOUR} edits an hour go on while the mirror is made, and went on for 30 days \
         before it. *Half there* is when the mirror has the projects that draw half of the edits. The age of an edit is the \
         time from it to the answer that shows it, or to the end of the ninth hour where none did.",
        size(PROJECTS),
        size(paper::zipf_fewest(0.5, PROJECTS)),
        percent(paper::zipf_fewest(0.9, PROJECTS) as f64 / PROJECTS as f64),
    ));
    let mut random = Rng::with_seed(1);
    let attention = Attention::zipf(PROJECTS, &mut random);
    let organisation = Organisation::new(PROJECTS)?;
    organisation.live_through(&attention.edits(
        EDITS_AN_HOUR,
        Duration::ZERO,
        HISTORY,
        &mut random,
    ))?;
    let listed = |every| Plan::Listed(Listed { every, pick: Pick::Newest });
    let plans = [
        ("any, by chance", Plan::Random),
        ("by `projectId`", Plan::Round((0..PROJECTS).collect())),
        ("newest `modified` first", listed(LASTS * 2)),
        ("the same, listed again every hour", listed(HOUR)),
        ("the same, listed again every 5 min", listed(HOUR / 12)),
        ("by what will be edited (nobody knows)", Plan::Round(attention.ranks())),
    ];
    let mut rows = Vec::new();
    for (name, plan) in plans {
        organisation.emulator().reset();
        let now = organisation.timeline.now();
        let edits = attention.edits(EDITS_AN_HOUR, now, LASTS, &mut Rng::with_seed(5));
        let followed = follow(&organisation, &plan, &edits, LASTS, false)?;
        rows.push([
            name.to_owned(),
            when(&followed, &attention, 0.5),
            when(&followed, &attention, 0.9),
            all(&followed),
            span(followed.mean()),
        ]);
    }
    text.table(["order", "half there", "nine tenths", "all", "mean age of an edit"], &rows);
    text.say(
        "So: newest `modified` first, and the list again every few minutes. The first has what people work on within minutes, \
         because who was edited lately is edited again; only an oracle is better. The second makes the mirror useful before \
         it is complete: what is edited meanwhile comes at once, whatever is left. It costs one request in twenty here, five \
         minutes in each hundred. By chance is worst: it reads projects again while others have never been read.",
    );
    Ok(text)
}

/// When the mirror has those projects that draw this share of the edits.
fn when(followed: &Followed, attention: &Attention, share: f64) -> String {
    let read = followed.first_read.iter().enumerate();
    let mut read: Vec<_> = read.filter_map(|(project, at)| Some(((*at)?, project))).collect();
    read.sort();
    let mut sum = 0.0;
    let reached = read.into_iter().find(|(_, project)| {
        sum += attention.share(*project);
        sum >= share
    });
    reached.map_or("not in 9 h".to_owned(), |(at, _)| span(at))
}

fn all(followed: &Followed) -> String {
    let last = followed.first_read.iter().copied().collect::<Option<Vec<_>>>();
    last.and_then(|all| all.into_iter().max()).map_or("not in 9 h".to_owned(), span)
}
