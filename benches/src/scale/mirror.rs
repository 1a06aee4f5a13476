//! A full mirror: the list of projects, and then each project once.

use std::{
    cell::{Cell, RefCell},
    ops::Range,
    time::Duration,
};

use anyhow::Result;
use qc_files::{Client, ProjectId};

use super::{
    organisation::{Organisation, RATE},
    timeline::{Task, Timeline},
    wire::Tally,
};

/// How a mirror goes about it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Manner {
    pub(crate) latency: Duration,
    /// Calls of one user that are under way together.
    pub(crate) in_flight: usize,
    /// Requests a minute and user by the client's own policy; none where it has no bound.
    pub(crate) pace: Option<u32>,
    /// How far apart the caller itself begins its calls, whatever the policy allows.
    pub(crate) apart: Duration,
    /// Whether the service says how long to wait when it refuses.
    pub(crate) is_told: bool,
}

impl Default for Manner {
    /// One call after the other at the pace, 60 ms each.
    fn default() -> Self {
        Self {
            latency: Duration::from_millis(60),
            in_flight: 1,
            pace: Some(RATE),
            apart: Duration::ZERO,
            is_told: true,
        }
    }
}

/// What a mirror cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mirrored {
    pub(crate) tally: Tally,
    /// Until the last answer.
    pub(crate) took: Duration,
    /// Bytes of the lists of all users.
    pub(crate) list_bytes: usize,
    /// Calls that were given up.
    pub(crate) given_up: u64,
}

/// One user's part of the work.
struct Lane {
    client: Client,
    list: RefCell<Vec<ProjectId>>,
    next: Cell<usize>,
    /// Before this no call begins.
    not_before: Cell<Duration>,
    given_up: Cell<u64>,
}

/// Mirrors these of each user's projects, counted in the list from 0; all users beside each other.
pub(crate) fn mirror(
    organisation: &Organisation,
    manner: Manner,
    part: Range<usize>,
) -> Result<Mirrored> {
    let timeline = &organisation.timeline;
    let wire = organisation.wire(manner.latency);
    let wire = if manner.is_told { wire } else { wire.mute() };
    let began = timeline.now();
    let lane = |user| -> Result<Lane> {
        let client = organisation.client(user, &wire, manner.pace)?;
        let (list, given_up) = (RefCell::default(), Cell::default());
        Ok(Lane { client, list, given_up, next: Cell::new(0), not_before: Cell::new(began) })
    };
    let lanes = (0..organisation.users()).map(lane).collect::<Result<Vec<_>>>()?;
    timeline.run(
        lanes.iter().map(|lane| task(lane.read_list(manner, timeline, part.clone()))).collect(),
    )?;
    let list_bytes = wire.tally().bytes;
    let reading = |lane| (0..manner.in_flight).map(move |_| lane);
    let readers = lanes.iter().flat_map(reading);
    timeline
        .run(readers.map(|lane: &Lane| task(lane.read_projects(manner, timeline))).collect())?;
    let tally = wire.tally();
    let given_up = lanes.iter().map(|lane| lane.given_up.get()).sum();
    Ok(Mirrored { tally, took: tally.last_answer - began, list_bytes, given_up })
}

fn task<'a>(future: impl Future<Output = Result<()>> + 'a) -> Task<'a> {
    Box::pin(future)
}

impl Lane {
    async fn read_list(
        &self,
        manner: Manner,
        timeline: &Timeline,
        part: Range<usize>,
    ) -> Result<()> {
        self.turn(manner, timeline).await;
        let projects = self.client.projects().await?;
        let asked = projects.projects.iter().skip(part.start).take(part.len());
        self.list.replace(asked.map(|project| project.project_id).collect());
        Ok(())
    }

    async fn read_projects(&self, manner: Manner, timeline: &Timeline) -> Result<()> {
        loop {
            let number = self.next.replace(self.next.get() + 1);
            let Some(project) = self.list.borrow().get(number).copied() else { return Ok(()) };
            self.turn(manner, timeline).await;
            if self.client.project(project)?.read_all().await.is_err() {
                self.given_up.set(self.given_up.get() + 1);
            }
        }
    }

    /// Waits until the caller itself lets the next call begin.
    async fn turn(&self, manner: Manner, timeline: &Timeline) {
        let begin = self.not_before.get().max(timeline.now());
        self.not_before.set(begin + manner.apart);
        timeline.until(begin).await;
    }
}
