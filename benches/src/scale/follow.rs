//! Keeping a mirror fresh while people edit.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::Duration,
};

use anyhow::Result;
use fastrand::Rng;
use qc_files::{Client, Project, ProjectId};
use qc_proto::ServerTime;

use super::{
    edits::Edit,
    organisation::{Organisation, RATE},
    timeline::Timeline,
};

/// Which project is read next.
#[derive(Clone, Debug)]
pub(crate) enum Plan {
    /// One after the other in this order, round and round; the list is read once.
    Round(Vec<usize>),
    /// Any, by chance; the list is read once.
    Random,
    /// Each so much more often than another as these numbers say; the list is read once.
    Weighted(Vec<f64>),
    /// The list every so often, and in between those whose `modified` is not as it was.
    Listed(Listed),
}

/// What is done with the list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Listed {
    pub(crate) every: Duration,
    pub(crate) pick: Pick,
}

/// Which of the changed projects goes first.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Pick {
    ById,
    Newest,
    Oldest,
}

/// A change in the second of the reading may have come after it, and another one would not move `modified` again.
const UNSETTLED: Duration = Duration::from_secs(2);

/// What came of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Followed {
    pub(crate) requests: u64,
    /// From each edit to the answer that showed it, or to the end where none did; the shortest first.
    pub(crate) ages: Vec<Duration>,
    /// Edits that no answer had shown at the end.
    pub(crate) unseen: usize,
    /// When each project was first read, since the beginning.
    pub(crate) first_read: Vec<Option<Duration>>,
}

impl Followed {
    /// The mean age at which an edit is shown.
    pub(crate) fn mean(&self) -> Duration {
        let count = u32::try_from(self.ages.len()).unwrap_or(u32::MAX).max(1);
        self.ages.iter().sum::<Duration>() / count
    }

    /// The age that 95 of 100 edits do not exceed.
    pub(crate) fn most(&self) -> Duration {
        let at = (self.ages.len() * 95).div_ceil(100).saturating_sub(1);
        self.ages.get(at).copied().unwrap_or_default()
    }
}

/// What is true of a project, and what the mirror knows.
#[derive(Clone, Debug, Default)]
struct Known {
    /// The edits that no answer has shown: number and moment.
    unseen: VecDeque<(usize, Duration)>,
    /// What the list said of it the last time, and what it said before the reading that the mirror has.
    listed: String,
    mirrored: Option<String>,
    first_read: Option<Duration>,
}

struct Mirror<'a> {
    organisation: &'a Organisation,
    timeline: &'a Timeline,
    client: Client,
    began: Duration,
    projects: RefCell<Vec<Known>>,
    numbers: BTreeMap<ProjectId, usize>,
    found: RefCell<Followed>,
}

/// Follows the edits by a plan for so long. A mirror that is `complete` has everything in its state at the beginning.
pub(crate) fn follow(
    organisation: &Organisation,
    plan: &Plan,
    edits: &[Edit],
    lasts: Duration,
    complete: bool,
) -> Result<Followed> {
    let timeline = &organisation.timeline;
    let wire = organisation.wire(Duration::from_millis(60));
    let count = organisation.projects.len();
    let numbered = organisation.projects.iter().enumerate().map(|(number, id)| (*id, number));
    let mirror = Mirror {
        organisation,
        timeline,
        client: organisation.client(0, &wire, Some(RATE))?,
        began: timeline.now(),
        projects: RefCell::new(vec![Known::default(); count]),
        numbers: numbered.collect(),
        found: RefCell::default(),
    };
    if complete {
        // By another client: what was done before does not count.
        let silent = organisation.client(0, &organisation.wire(Duration::ZERO), None)?;
        mirror.take_list(&timeline.block_on(silent.projects())??.projects);
        for known in mirror.projects.borrow_mut().iter_mut() {
            known.mirrored = Some(known.listed.clone());
        }
    }
    timeline.run(vec![
        Box::pin(mirror.edit(edits)),
        Box::pin(mirror.keep(plan, mirror.began + lasts)),
    ])?;
    let end = mirror.began + lasts;
    let mut found = mirror.found.into_inner();
    for known in mirror.projects.into_inner() {
        found.unseen += known.unseen.len();
        found.ages.extend(known.unseen.iter().map(|(_, at)| end - *at));
        found.first_read.push(known.first_read);
    }
    found.ages.sort();
    found.requests = wire.tally().requests;
    Ok(found)
}

impl Mirror<'_> {
    /// The others: each edit leaves its number in the project's main file.
    async fn edit(&self, edits: &[Edit]) -> Result<()> {
        let wire = self.organisation.wire(Duration::ZERO);
        let client = self.organisation.client(0, &wire, None)?;
        for (number, (at, project)) in edits.iter().enumerate() {
            self.timeline.until(*at).await;
            let files = client.project(self.organisation.projects[*project])?;
            files.update("main.py", format!("# edit {number}\n")).await?;
            self.projects.borrow_mut()[*project].unseen.push_back((number, *at));
        }
        Ok(())
    }

    async fn keep(&self, plan: &Plan, end: Duration) -> Result<()> {
        let mut random = Rng::with_seed(11);
        let count = self.organisation.projects.len();
        if !matches!(plan, Plan::Listed(..)) {
            self.list().await?;
        }
        match plan {
            Plan::Round(order) => {
                for project in order.iter().cycle() {
                    if self.timeline.now() >= end {
                        break;
                    }
                    self.read(*project).await?;
                }
            }
            Plan::Random => {
                while self.timeline.now() < end {
                    self.read(random.usize(0..count)).await?;
                }
            }
            Plan::Weighted(weights) => {
                // Each project's turn comes again after a pause that is the shorter the more it weighs.
                let pause = |project: usize| (1e6 / weights[project]) as u64;
                let mut turns: BTreeSet<(u64, usize)> =
                    (0..count).map(|project| (random.u64(0..=pause(project)), project)).collect();
                while self.timeline.now() < end
                    && let Some((turn, project)) = turns.pop_first()
                {
                    turns.insert((turn + pause(project), project));
                    self.read(project).await?;
                }
            }
            Plan::Listed(listed) => self.keep_listed(*listed, end).await?,
        }
        Ok(())
    }

    async fn keep_listed(&self, listed: Listed, end: Duration) -> Result<()> {
        let mut next_list = self.timeline.now();
        let mut due = Vec::new();
        while self.timeline.now() < end {
            if self.timeline.now() >= next_list {
                next_list = self.timeline.now() + listed.every;
                self.list().await?;
                due = self.due(listed.pick);
            }
            match due.pop() {
                Some(project) => self.read(project).await?,
                None => self.timeline.until(next_list.min(end)).await,
            }
        }
        Ok(())
    }

    async fn list(&self) -> Result<()> {
        let projects = self.client.projects().await?;
        self.take_list(&projects.projects);
        Ok(())
    }

    fn take_list(&self, projects: &[Project]) {
        let mut known = self.projects.borrow_mut();
        for project in projects {
            let Some(number) = self.numbers.get(&project.project_id) else { continue };
            let text = project.modified.as_ref().map_or("", |modified| modified.as_str());
            text.clone_into(&mut known[*number].listed);
        }
    }

    /// The projects that the list says something new of, what goes first last.
    fn due(&self, pick: Pick) -> Vec<usize> {
        let known = self.projects.borrow();
        let is_due =
            |number: &usize| known[*number].mirrored.as_ref() != Some(&known[*number].listed);
        let mut due: Vec<usize> = (0..known.len()).filter(is_due).collect();
        // The service's text sorts as its times do.
        match pick {
            Pick::ById => due.reverse(),
            Pick::Newest => due.sort_by(|one, other| known[*one].listed.cmp(&known[*other].listed)),
            Pick::Oldest => due.sort_by(|one, other| known[*other].listed.cmp(&known[*one].listed)),
        }
        due
    }

    /// Reads a project, and notes which edits the answer shows for the first time.
    async fn read(&self, project: usize) -> Result<()> {
        let listed = self.projects.borrow()[project].listed.clone();
        let files = self.client.project(self.organisation.projects[project])?.read_all().await?;
        let main = files.files.iter().find(|file| file.name.as_str() == "main.py");
        let number = main.and_then(|file| file.content.strip_prefix("# edit "));
        let shown = number.and_then(|number| number.trim().parse::<usize>().ok());
        let now = self.timeline.now();
        let known = &mut self.projects.borrow_mut()[project];
        let mut found = self.found.borrow_mut();
        while let Some((number, at)) = known.unseen.front().copied()
            && shown.is_some_and(|shown| number <= shown)
        {
            known.unseen.pop_front();
            found.ages.push(now - at);
        }
        known.mirrored = self.is_settled(&listed).then_some(listed);
        known.first_read.get_or_insert(now - self.began);
        Ok(())
    }

    /// Whether what the list says was so long ago that no second change can hide behind it.
    fn is_settled(&self, listed: &str) -> bool {
        let moment = ServerTime::from(listed).timestamp();
        let second = moment.and_then(|moment| u64::try_from(moment.as_second()).ok());
        second.is_some_and(|second| Duration::from_secs(second) + UNSETTLED < self.timeline.wall())
    }
}
