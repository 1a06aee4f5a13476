//! An organisation in memory: its users, its projects, and the service that keeps them.

use std::{
    collections::BTreeMap,
    num::NonZeroU32,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use anyhow::Result;
use qc_emulator::Emulator;
use qc_files::{ApiToken, Client, Credentials, Language, Policy, ProjectId, UserId};

use super::{edits::Edit, timeline::Timeline, wire::Wire};

/// How many projects the organisation of this page has.
pub(crate) const PROJECTS: usize = 10_000;

/// Requests a minute and user.
pub(crate) const RATE: u32 = 20;

/// The service with its projects, and the time there. Each user has as many projects as the next, or one more.
pub(crate) struct Organisation {
    pub(crate) timeline: Timeline,
    pub(crate) projects: Vec<ProjectId>,
    users: Vec<Credentials>,
    emulator: Arc<Mutex<Emulator>>,
}

impl Organisation {
    /// One user's.
    pub(crate) fn new(projects: usize) -> Result<Self> {
        Self::of(projects, 1, |emulator| emulator)
    }

    /// That of `users`, with a service that is `prepared` so.
    pub(crate) fn of(
        projects: usize,
        users: usize,
        prepared: impl FnOnce(Emulator) -> Emulator,
    ) -> Result<Self> {
        let user = |number: usize| -> Result<Credentials> {
            let id = UserId::new(u64::try_from(number)? + 1);
            Ok(Credentials::new(id, ApiToken::new("d41d8cd98f00b204e9800998ecf8427e")?))
        };
        let users = (0..users).map(user).collect::<Result<Vec<_>>>()?;
        let mut emulator = prepared(Emulator::new(users[0].clone())).with_history(1);
        for user in &users {
            emulator.add_user(user.clone());
        }
        let timeline = Timeline::default();
        let projects = (0..projects)
            .map(|number| {
                let owner = users[number % users.len()].user_id();
                let name = format!("Team {:02}/Strategies/Alpha {number:05}", number % 40);
                emulator.add_project_for(owner, &name, Language::Python)
            })
            .collect();
        emulator.mark_start(timeline.wall());
        Ok(Self { timeline, projects, users, emulator: Arc::new(Mutex::new(emulator)) })
    }

    pub(crate) fn users(&self) -> usize {
        self.users.len()
    }

    pub(crate) fn emulator(&self) -> MutexGuard<'_, Emulator> {
        self.emulator.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What lies between the service and a client of this organisation.
    pub(crate) fn wire(&self, latency: Duration) -> Wire {
        Wire::new(Arc::clone(&self.emulator), self.timeline.clone(), latency)
    }

    /// A user's client over a wire, at so many requests a minute.
    pub(crate) fn client(&self, user: usize, wire: &Wire, pace: Option<u32>) -> Result<Client> {
        let mut policy = Policy::default();
        policy.requests_per_minute = pace.and_then(NonZeroU32::new);
        Ok(Client::builder(self.users[user].clone())
            .policy(policy)
            .seed(1)
            .transport(wire.clone())
            .runtime(self.timeline.clone())
            .build()?)
    }

    /// Lets the projects be edited so, and takes what comes of it for the state to begin from.
    pub(crate) fn live_through(&self, edits: &[Edit]) -> Result<()> {
        // Of the edits of one project only the last one leaves a trace.
        let last: BTreeMap<usize, Duration> =
            edits.iter().map(|(at, project)| (*project, *at)).collect();
        let mut last: Vec<(Duration, usize)> =
            last.into_iter().map(|(project, at)| (at, project)).collect();
        last.sort();
        let client = self.client(0, &self.wire(Duration::ZERO), None)?;
        self.timeline.block_on(async {
            for (at, project) in last {
                self.timeline.until(at).await;
                client.project(self.projects[project])?.update("main.py", "# before\n").await?;
            }
            anyhow::Ok(())
        })??;
        self.emulator().mark_start(self.timeline.wall());
        Ok(())
    }
}
