//! One project of several.

use std::sync::Arc;

use qc_files::{ErrorKind, Project, ProjectFiles, ProjectId};
use qc_sync::{Config, Folder, Options, Selection, SyncError, SyncSession};

use crate::{
    advice,
    commands::{
        create,
        folder::{
            pull::{self, PullReport},
            push::{self, PushReport},
            settings,
            status::{self, Compared, StatusReport},
            sync,
        },
        workspace::{
            Action, Work,
            table::{Line, State},
        },
    },
    exit::Exit,
    place::{untied::UntiedFolder, workspace::Member},
    report::print_refused,
    text::count,
};

/// What became of a project, before it is put into words.
struct Outcome {
    exit: Exit,
    /// What was done or is to be done.
    words: Vec<String>,
    report: serde_json::Value,
    /// Whether anything was pushed or pulled.
    changed: bool,
}

impl Work<'_> {
    pub(super) async fn one(&self, member: &Member) -> Line {
        if self.stopped.get() {
            return line(member, State::NotTried, "not tried".to_owned(), Exit::Done);
        }
        match self.attempt(member).await {
            Ok(line) => line,
            Err(error) => {
                if let Some(SyncError::Encrypted { .. }) = error.downcast_ref() {
                    return encrypted(member);
                }
                let exit = Exit::from_error(&error);
                // Each refused signature brings a lock-out nearer.
                if exit == Exit::Credentials {
                    self.stopped.set(true);
                }
                line(member, State::Failed, format!("failed: {}", advice::describe(&error)), exit)
            }
        }
    }

    async fn attempt(&self, member: &Member) -> anyhow::Result<Line> {
        let leave = |words: &str, exit| line(member, State::LeftAlone, words.to_owned(), exit);
        let Some(config) = Config::read(&member.root)? else {
            return Ok(leave("its config.json is gone: left alone", Exit::Done));
        };
        if config.is_encrypted() {
            return Ok(encrypted(member));
        }
        let (id, created) = match (config.project()?, self.action) {
            (Some(id), _) => (id, None),
            (None, Action::Push { create: true, .. }) => {
                let space = self.workspace.clone();
                let untied = UntiedFolder::of_workspace(member.root.clone(), config, space);
                let project = create::tie(self.client, &self.printer, &untied).await?;
                (project.project_id, Some(project.name))
            }
            (None, Action::Push { .. }) => {
                let words = "not in the cloud yet, left alone: `qc push --all --create` makes a project of it";
                return Ok(leave(words, Exit::Done));
            }
            (None, Action::Pull { .. }) => return Ok(leave("not in the cloud yet", Exit::Done)),
            (None, Action::Status { .. }) => {
                let words = "not in the cloud yet".to_owned();
                return Ok(line(member, State::Differs, words, Exit::Differences));
            }
        };
        let known = self.known.get(&id);
        if known.is_some_and(Project::is_in_recycle_bin) {
            let left = leave("in the recycle bin, left alone", Exit::Done);
            return Ok(Line { project_id: Some(id), ..left });
        }
        if known.is_some_and(Project::is_encrypted) {
            return Ok(encrypted(member));
        }
        let (local, project) = (Folder::open(member.root.clone())?, self.client.project(id)?);
        let mut outcome = match self.action {
            Action::Status { tier } => {
                let mut options = self.options("status");
                options.tier = *tier;
                self.status(local, &project, &options, known).await?
            }
            Action::Push { sync, force, tier, .. } => {
                let mut options = self.options(if *force { "push --force" } else { "push" });
                (options.delete_many, options.accept_empty) = (sync.delete_many, sync.accept_empty);
                options.tier = *tier;
                if *force {
                    options.ours = Selection::all();
                }
                if self.is_of_another_owner(member, id).await? {
                    return self.keep_back(member, &local, &project, &options);
                }
                self.push(&local, &project, &options).await?
            }
            Action::Pull { sync, how } => {
                let mut options = self.options(how.command(sync));
                (options.delete_many, options.accept_empty) = (sync.delete_many, sync.accept_empty);
                options.merge = how.merge;
                if how.force {
                    options.theirs = Selection::all();
                }
                self.pull(&local, &project, &options, known, how.merge).await?
            }
        };
        if let Some(name) = created {
            outcome.words.insert(0, format!("created {name}"));
            outcome.changed = true;
        }
        if let Action::Push { .. } = self.action {
            for library in self.libraries_not_in_the_cloud(member) {
                outcome.words.push(format!("library {library} is not in the cloud yet"));
            }
        }
        let state = match outcome.exit {
            Exit::Conflict => State::Conflict,
            Exit::Differences => State::Differs,
            Exit::Done if outcome.changed => State::Changed,
            Exit::Done => State::InStep,
            _ => State::Failed,
        };
        let (words, report) = (outcome.words.join(", "), Some(outcome.report));
        Ok(Line { project_id: Some(id), report, ..line(member, state, words, outcome.exit) })
    }

    fn options(&self, command: &str) -> Options {
        let mut options = sync::options(&self.printer, command);
        // The bar counts projects.
        options.observer = Arc::new(());
        options
    }

    async fn status(
        &self,
        local: Folder,
        project: &ProjectFiles,
        options: &Options,
        known: Option<&Project>,
    ) -> anyhow::Result<Outcome> {
        settings::check(&local, project)?;
        let (status, compared) = tokio::join!(
            SyncSession::new(&local, project, options).status(),
            settings::compare_known(&self.printer, &local, project, options, known)
        );
        let status = status?;
        let settings = compared?.map(|compared| compared.plan).unwrap_or_default();
        let partly = print_refused(&self.printer, &status.refused);
        let exit = status::exit(&status, &settings).or(partly).unwrap_or(Exit::Done);
        let plan = &status.plan;
        let conflicts = plan.conflicts.len() + settings.conflicts.len() + status.unresolved.len();
        let mut words = Vec::new();
        for (number, what) in [
            (plan.push.len() + settings.push.len(), "to push"),
            (plan.pull.len() + settings.pull.len(), "to pull"),
        ] {
            words.extend((number > 0).then(|| format!("{number} {what}")));
        }
        words.extend((conflicts > 0).then(|| count(conflicts, "conflict")));
        add_refused(&mut words, &status.refused);
        if words.is_empty() {
            words.push("in step".to_owned());
        }
        let compared = Compared { local, status, settings, offline: false };
        let report = serde_json::to_value(StatusReport::new(&compared, project.id(), false))?;
        Ok(Outcome { exit, words, report, changed: false })
    }

    async fn push(
        &self,
        local: &Folder,
        project: &ProjectFiles,
        options: &Options,
    ) -> anyhow::Result<Outcome> {
        let (push, settings) = push::carry_out(&self.printer, local, project, options).await?;
        let in_files = push::print_problems(&self.printer, &push);
        let in_settings = settings::print_setting_conflicts(&self.printer, &settings.conflicts);
        let exit = in_files.or(in_settings).unwrap_or(Exit::Done);
        let done = push.done.len() + settings.done.len();
        let conflicts = push.conflicts.len() + settings.conflicts.len() + push.unresolved.len();
        let mut words = Vec::new();
        words.extend((done > 0).then(|| format!("pushed {}", count(done, "change"))));
        words.extend((conflicts > 0).then(|| count(conflicts, "conflict")));
        if !push.failed.is_empty() {
            let why = push.failed.iter().find_map(|failed| failed.error());
            let why = why.map(|error| format!(": {}", advice::describe_call(error)));
            words.push(format!("{} failed{}", push.failed.len(), why.unwrap_or_default()));
        }
        if let Some(why) = &push.unchecked {
            words.push(format!("what came of it is not known: {why}"));
        }
        add_refused(&mut words, &push.refused);
        if words.is_empty() {
            words.push("nothing to push".to_owned());
        }
        let incoming = push.incoming.len();
        words.extend((incoming > 0).then(|| format!("{incoming} to pull")));
        let report = PushReport::new(&push, &settings, project.id(), None);
        Ok(Outcome { exit, words, report: serde_json::to_value(report)?, changed: done > 0 })
    }

    async fn pull(
        &self,
        local: &Folder,
        project: &ProjectFiles,
        options: &Options,
        known: Option<&Project>,
        merges: bool,
    ) -> anyhow::Result<Outcome> {
        let (pull, settings) =
            pull::carry_out(&self.printer, local, project, options, known).await?;
        let exit = pull::print_problems(&self.printer, &pull, &settings, merges);
        let exit = exit.unwrap_or(Exit::Done);
        let done = pull.writes.len() + settings.done.len();
        let conflicts = pull.conflicts.len() + settings.conflicts.len();
        let overlaps = pull.merged.iter().filter(|merge| merge.overlaps).count();
        let mut words = Vec::new();
        words.extend((done > 0).then(|| format!("pulled {}", count(done, "change"))));
        words.extend((conflicts > 0).then(|| count(conflicts, "conflict")));
        words.extend((overlaps > 0).then(|| format!("{overlaps} with the markers of a merge")));
        add_refused(&mut words, &pull.refused);
        if words.is_empty() {
            words.push("nothing new".to_owned());
        }
        let report = PullReport::new(&pull, &settings, project.id(), &[]);
        Ok(Outcome { exit, words, report: serde_json::to_value(report)?, changed: done > 0 })
    }

    /// Returns whether the folder is a library that a project of another owner uses: it can be read only. Costs one request
    /// if it is not in the user's list.
    async fn is_of_another_owner(&self, member: &Member, id: ProjectId) -> anyhow::Result<bool> {
        let mut users = self.members.iter().filter(|user| user.libraries.contains(&member.root));
        let owner = users.find_map(|user| self.known.get(&user.project?)?.owner_id);
        let Some(owner) = owner else { return Ok(false) };
        if let Some(library) = self.known.get(&id) {
            return Ok(library.owner_id.is_some_and(|theirs| theirs != owner));
        }
        if member.project.is_none() {
            // It was just made.
            return Ok(false);
        }
        match self.client.read_project(id).await {
            Ok(library) => Ok(library.owner_id.is_some_and(|theirs| theirs != owner)),
            // Whoever may use a library need not be allowed to look at it.
            Err(error)
                if matches!(error.kind(), ErrorKind::ProjectNotFound | ErrorKind::Refused) =>
            {
                Ok(true)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Pushes nothing to a library of another owner, and says what is not pushed.
    fn keep_back(
        &self,
        member: &Member,
        local: &Folder,
        project: &ProjectFiles,
        options: &Options,
    ) -> anyhow::Result<Line> {
        let files = SyncSession::new(local, project, options).status_offline()?.plan.push.len();
        let settings = settings::offline(local, project, options)?.push.len();
        let mut words = "library of another owner, only downloaded".to_owned();
        let exit = match files + settings {
            0 => Exit::Done,
            changes => {
                words += &format!(": {} here not pushed", count(changes, "change"));
                Exit::Partly
            }
        };
        let left = line(member, State::LeftAlone, words, exit);
        Ok(Line { project_id: Some(project.id()), ..left })
    }

    /// The libraries that a project uses and that have no number, as paths below the workspace.
    fn libraries_not_in_the_cloud(&self, member: &Member) -> Vec<String> {
        let has_none = |other: &&Member| {
            let config = Config::read(&other.root).ok().flatten();
            !config.is_some_and(|config| matches!(config.project(), Ok(Some(_))))
        };
        let used = self.members.iter().filter(|other| member.libraries.contains(&other.root));
        used.filter(has_none).map(|other| other.path.clone()).collect()
    }
}

fn line(member: &Member, state: State, words: String, exit: Exit) -> Line {
    let folder = member.path.clone();
    Line { folder, project_id: member.project, state, words, exit, report: None }
}

fn encrypted(member: &Member) -> Line {
    line(member, State::LeftAlone, "encrypted, left alone".to_owned(), Exit::Done)
}

/// Says how many files failed, and why the first one did.
fn add_refused(words: &mut Vec<String>, refused: &[qc_sync::Refused]) {
    let failed = || refused.iter().filter(|refused| !refused.is_lasting);
    if let Some(first) = failed().next() {
        let files = count(failed().count(), "file");
        words.push(format!("{files} left alone: {}: {}", first.name, first.why));
    }
}
