//! What a change costs once the mirror is complete.

use std::time::Duration;

use anyhow::Result;
use fastrand::Rng;

use crate::scale::{
    edits::Attention,
    follow::{Followed, Listed, Pick, Plan, follow},
    organisation::{Organisation, PROJECTS},
    paper,
    text::{Text, count, span},
};

const LASTS: Duration = Duration::from_secs(4 * 3600);
const FIVE_MINUTES: Duration = Duration::from_secs(300);

pub(crate) fn tell() -> Result<Text> {
    let mut text = Text::default();
    let even = Attention::even(PROJECTS);
    let zipf = Attention::zipf(PROJECTS, &mut Rng::with_seed(1));
    let organisation = Organisation::new(PROJECTS)?;
    listing(&mut text, &organisation, &even)?;
    plans(&mut text, &organisation, &zipf)?;
    saturation(&mut text, &organisation, &even)?;
    Ok(text)
}

/// What reading the list more often costs and brings.
fn listing(text: &mut Text, organisation: &Organisation, even: &Attention) -> Result<()> {
    text.heading("What a change costs");
    text.say(
        "The list says when each project was changed. A complete mirror reads it every so often, and then the projects \
         whose `modified` is not as it was: a change costs one `files/read`, and its share of the lists. Edits fall on all \
         projects alike here, for 4 hours, and hardly two of them meet in one project between two lists.",
    );
    let mut rows = Vec::new();
    for (an_hour, minutes) in
        [(60, 1), (60, 5), (60, 15), (60, 60), (600, 1), (600, 5), (600, 15), (600, 60)]
    {
        let every = Duration::from_secs(minutes * 60);
        let followed = listed(organisation, even, f64::from(an_hour), every, Pick::Oldest)?;
        let shown = followed.ages.len() - followed.unseen;
        rows.push([
            an_hour.to_string(),
            format!("{minutes} min"),
            format!("{:.2}", followed.requests as f64 / shown as f64),
            span(paper::age(f64::from(an_hour), every)),
            span(followed.mean()),
            span(followed.most()),
        ]);
    }
    text.table(
        [
            "changes an hour",
            "listed every",
            "requests a change",
            "mean age by formula",
            "simulated",
            "95 % within",
        ],
        &rows,
    );
    text.say(
        "Formula: half the interval until the list says so, then a minute for each 20 requests that come before it in its \
         batch. It takes a request for instant, forgets what one batch leaves to the next, and does not know that the \
         simulation ends: edits that no answer has shown by then count with the age that they have, which is why the last \
         row is below it. Listing every 5 minutes costs 1 % of the limit, every minute 5 %.",
    );
    Ok(())
}

/// Ways to follow, as edits become more.
fn plans(text: &mut Text, organisation: &Organisation, zipf: &Attention) -> Result<()> {
    text.heading("Ways to follow");
    text.say(
        "The same mirror while edits fall on projects by Zipf's law. Without the list one can only read projects in turn, or \
         those more often that are edited more: by the square roots of their shares, which no other division of the \
         requests beats, if one knew the shares. Mean age of an edit within 4 hours:",
    );
    let roots = (0..PROJECTS).map(|project| zipf.share(project).sqrt()).collect();
    let listed = |pick| Plan::Listed(Listed { every: FIVE_MINUTES, pick });
    let plans = [
        ("all, by chance", Plan::Random),
        ("all in turn", Plan::Round((0..PROJECTS).collect())),
        ("by the roots of their shares", Plan::Weighted(roots)),
        ("listed every 5 min, by `projectId`", listed(Pick::ById)),
        ("listed every 5 min, newest first", listed(Pick::Newest)),
        ("listed every 5 min, longest waiting first", listed(Pick::Oldest)),
    ];
    let rates = [60, 600, 2400];
    let mut rows = Vec::new();
    for (name, plan) in plans {
        let mut row = [name.to_owned(), String::new(), String::new(), String::new()];
        for (cell, rate) in row.iter_mut().skip(1).zip(rates) {
            *cell = span(kept(organisation, zipf, f64::from(rate), &plan)?.mean());
        }
        rows.push(row);
    }
    text.table(["edits an hour", "60", "600", "2,400"], &rows);
    text.say(&format!(
        "In turn the mean age would be {} if one went on for long enough, and {} by the roots. The list beats both by far, \
         because it says where to look: as long as what changes fits into the limit, in which order the changed projects \
         are read hardly matters.",
        span(paper::age_in_turn(PROJECTS)),
        span(paper::age_by_roots((0..PROJECTS).map(|project| zipf.share(project)))),
    ));
    Ok(())
}

/// Where following ends.
fn saturation(text: &mut Text, organisation: &Organisation, even: &Attention) -> Result<()> {
    text.heading("Where it ends");
    let most = paper::followable(FIVE_MINUTES);
    text.say(&format!(
        "One user who lists every 5 min can follow {} changed projects an hour: 1,200 requests less the lists. Beyond that \
         the changes that wait become more by the hour, and age without end. Then the order decides who waits: newest \
         first shows most changes soon and some never, longest waiting first makes all wait. Edits on all projects \
         alike, for 4 hours:",
        count(most.round() as u64)
    ));
    let mut rows = Vec::new();
    for part in [0.5, 0.95, 1.0, 1.1, 1.5] {
        let an_hour = most * part;
        let newest = listed(organisation, even, an_hour, FIVE_MINUTES, Pick::Newest)?;
        let oldest = listed(organisation, even, an_hour, FIVE_MINUTES, Pick::Oldest)?;
        rows.push([
            count(an_hour.round() as u64),
            format!("{part:.2}"),
            span(newest.mean()),
            span(newest.most()),
            span(oldest.mean()),
            span(oldest.most()),
        ]);
    }
    text.table(
        [
            "changes an hour",
            "of the most",
            "newest first: mean age",
            "95 % within",
            "longest waiting first: mean age",
            "95 % within",
        ],
        &rows,
    );
    text.say(
        "Where edits fall by Zipf's law as above, many meet in one project and one read shows them all: 2,400 edits an hour \
         are less than 2,400 changed projects. Beyond that only more users help: each who follows a part of the projects \
         adds as many.",
    );
    Ok(())
}

fn listed(
    organisation: &Organisation,
    attention: &Attention,
    an_hour: f64,
    every: Duration,
    pick: Pick,
) -> Result<Followed> {
    let plan = Plan::Listed(Listed { every, pick });
    kept(organisation, attention, an_hour, &plan)
}

/// A complete mirror that is kept so while people edit.
fn kept(
    organisation: &Organisation,
    attention: &Attention,
    an_hour: f64,
    plan: &Plan,
) -> Result<Followed> {
    organisation.emulator().reset();
    let now = organisation.timeline.now();
    let edits = attention.edits(an_hour, now, LASTS, &mut Rng::with_seed(5));
    follow(organisation, plan, &edits, LASTS, true)
}
