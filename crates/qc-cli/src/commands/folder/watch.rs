//! `qc watch`: a push whenever something was saved.

use std::{
    fmt,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Context as _;
use jiff::ZonedDateTime;
use notify::{Event, EventKind, RecursiveMode, Watcher as _};
use qc_files::{Client, ProjectFiles, qc_proto::Tier};
use qc_sync::{
    Change, Digest, Folder, FolderError, Options, Pull, Push, SettingsPlan, SettingsSync,
    SyncError, SyncSession, Tree,
};
use tokio::{
    sync::mpsc::{self, UnboundedReceiver},
    time::Instant,
};

use crate::{
    commands::{
        compile::{Build, differing},
        folder::{
            pull::PullReport,
            push::{PushReport, print_incoming, print_problems},
            settings::{self, Outcome, print_setting_conflicts},
            sync,
        },
    },
    exit::Exit,
    output::printer::Printer,
    place::folder::ProjectFolder,
    text::escape,
};

/// Editors save in several steps, and tools save several files: what comes within this time is one save.
const QUIET: Duration = Duration::from_millis(200);
/// Pauses while the network is away, each twice the one before.
const PAUSES: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(60)];

/// How to watch.
pub(crate) struct How {
    /// Seconds between two readings of the cloud.
    pub(crate) poll: u64,
    pub(crate) pull: bool,
    pub(crate) compile: bool,
    pub(crate) tier: Option<Tier>,
}

/// Until Ctrl-C.
pub(crate) async fn run(
    client: &Client,
    printer: &Printer,
    folder: &ProjectFolder,
    How { poll, pull, compile, tier }: How,
) -> anyhow::Result<Exit> {
    let (root, id) = (folder.root.clone(), folder.project_id());
    let mut options = sync::options(printer, "watch");
    options.tier = tier;
    let mut watch = Watch {
        printer,
        project: client.project(id)?,
        options,
        in_step: None,
        said: None,
        incoming: Vec::new(),
        poll: Duration::from_secs(poll.max(1)),
        pulls: pull,
        compiles: compile,
        reads: true,
        settings: Some(SettingsPlan::default()),
        advised: false,
    };
    // Watched before it is looked at first: nothing that is saved in between goes unseen.
    let (_watcher, mut saves) = saves(&root)?;
    printer.note(format_args!("watching {}; Ctrl-C ends it", root.display()));
    tokio::select! {
        biased;
        result = watch.forever(&root, &mut saves) => result,
        pressed = tokio::signal::ctrl_c() => {
            pressed?;
            Ok(Exit::Done)
        }
    }
}

/// Something was saved that may be in step.
struct Saved;

/// Tells of each save below the folder, for as long as the first part lives.
fn saves(root: &Path) -> anyhow::Result<(impl Send + use<>, UnboundedReceiver<Saved>)> {
    let (tell, saves) = mpsc::unbounded_channel();
    let place = root.to_owned();
    let heard = move |event: notify::Result<Event>| {
        let counts = match &event {
            Ok(event) => {
                !matches!(event.kind, EventKind::Access(_))
                    && (event.paths.is_empty()
                        || event.paths.iter().any(|path| !is_hidden(&place, path)))
            }
            // Events may have been lost: look.
            Err(_) => true,
        };
        if counts {
            // Fails only when nobody listens any more.
            let _ = tell.send(Saved);
        }
    };
    let mut watcher = notify::recommended_watcher(heard).context("cannot watch files")?;
    watcher
        .watch(root, RecursiveMode::Recursive)
        .with_context(|| format!("cannot watch {}", root.display()))?;
    Ok((watcher, saves))
}

fn is_hidden(root: &Path, path: &Path) -> bool {
    let inside: PathBuf = path.strip_prefix(root).unwrap_or(path).to_owned();
    inside.iter().any(|part| part.to_string_lossy().starts_with('.'))
}

struct Watch<'a> {
    printer: &'a Printer,
    project: ProjectFiles,
    options: Options,
    /// The folder as it was when everything in it had been pushed.
    in_step: Option<Tree>,
    /// What went wrong last, so that it is said once.
    said: Option<String>,
    /// What was said to be changed in the cloud.
    incoming: Vec<Change>,
    /// How often the cloud is read while nothing is saved.
    poll: Duration,
    /// Whether to download what others changed.
    pulls: bool,
    /// Whether to build the project after each push.
    compiles: bool,
    /// Whether the next look reads the cloud.
    reads: bool,
    /// The settings that were changed here when they were last pushed. None if that is not known.
    settings: Option<SettingsPlan>,
    /// Whether problems and the ways out of them were shown since all was well.
    advised: bool,
}

/// What to do after a look.
enum Next {
    /// Wait for a save.
    Save,
    /// Look again after a pause, or at once after a save.
    Again,
}

impl Watch<'_> {
    async fn forever(
        &mut self,
        root: &Path,
        saves: &mut UnboundedReceiver<Saved>,
    ) -> anyhow::Result<Exit> {
        let mut pause = PAUSES[0];
        let mut reading = Instant::now() + self.poll;
        loop {
            let next = self.look(root).await?;
            if self.reads {
                reading = Instant::now() + self.poll;
                self.reads = false;
            }
            let saved = match next {
                Next::Save => {
                    pause = PAUSES[0];
                    let saved = tokio::time::timeout_at(reading, saves.recv()).await;
                    self.reads = saved.is_err();
                    saved.unwrap_or(Some(Saved))
                }
                Next::Again => {
                    let saved = tokio::time::timeout(pause, saves.recv()).await;
                    pause = (pause * 2).min(PAUSES[1]);
                    saved.unwrap_or(Some(Saved))
                }
            };
            if saved.is_none() {
                anyhow::bail!("{} can no longer be watched", root.display());
            }
            while !self.reads
                && let Ok(Some(Saved)) = tokio::time::timeout(QUIET, saves.recv()).await
            {
            }
        }
    }

    /// Pushes if the folder is not as it was when it was last in step. What may pass by itself is waited for.
    async fn look(&mut self, root: &Path) -> anyhow::Result<Next> {
        match self.push(root).await {
            Ok(next) => Ok(next),
            Err(SyncError::Cloud(error)) if !error.kind().is_transient() => Err(error.into()),
            Err(SyncError::Folder(error)) if !is_passing_here(&error, root) => Err(error.into()),
            Err(error) => {
                self.caution_once(error);
                Ok(Next::Again)
            }
        }
    }

    async fn push(&mut self, root: &Path) -> Result<Next, SyncError> {
        let folder = Folder::open(root)?;
        let mut now = folder.tree()?;
        if self.may_be_half_saved(&now) {
            tokio::time::sleep(QUIET).await;
            now = folder.tree()?;
        }
        let changed = SettingsSync::new(&folder, &self.project).changed_here()?;
        // What conflicts is said once, and tried again when it was changed.
        let has_settings =
            changed.as_ref().is_none_or(|plan| !plan.is_empty()) && changed != self.settings;
        if self.in_step.as_ref() == Some(&now) && !self.reads && !has_settings {
            return Ok(Next::Save);
        }
        // One request a save; what others changed is read now and then.
        self.options.verify = self.reads;
        self.options.now = sync::now();
        let push = SyncSession::new(&folder, &self.project, &self.options).push().await?;
        let settings = if has_settings && push.unchecked.is_none() {
            settings::push(self.printer, &folder, &self.project, &self.options).await?
        } else {
            Outcome::default()
        };
        self.settings = changed;
        if push.unchecked.is_none() || !push.done.is_empty() {
            self.print(&push, &settings);
        }
        if let Some(error) = &push.unchecked {
            self.caution_once(error);
        }
        let again = push.unchecked.is_some()
            || push
                .failed
                .iter()
                .any(|failed| failed.error().is_none_or(|error| error.kind().is_transient()));
        let pulled = self.pulls && push.verified && !push.incoming.is_empty();
        if pulled {
            self.pull(&folder).await?;
        } else if self.pulls && push.verified {
            self.pull_settings(&folder, None).await?;
        }
        if self.compiles && !again && !(push.done.is_empty() && settings.done.is_empty()) {
            self.compile(&folder).await?;
        }
        // What was refused is tried again when it was changed.
        self.in_step = (!again && !pulled).then_some(now);
        Ok(if again { Next::Again } else { Next::Save })
    }

    /// Builds the project and says what came of it.
    async fn compile(&mut self, folder: &Folder) -> Result<(), SyncError> {
        if !self.printer.wants_json() && !self.printer.is_quiet() {
            // Editors drop what they show of the last build when they read this.
            self.printer.note("building the project");
        }
        let build = Build::run(self.printer, &self.project).await?;
        let differs = differing(self.printer, &self.project, folder).await?;
        let report = build.report(&differs);
        if let Err(error) = self.printer.show_event(&report) {
            self.printer.alarm("qc", error);
        }
        report.note(self.printer);
        Ok(())
    }

    /// Returns whether a file is empty that was not before: many programs empty a file, and then write it.
    fn may_be_half_saved(&self, now: &Tree) -> bool {
        let empty = Digest::of(b"");
        let known = |name| self.in_step.as_ref().and_then(|tree| tree.get(name));
        now.iter()
            .any(|(name, says)| *says == empty && known(name).is_none_or(|known| *known != empty))
    }

    fn caution_once(&mut self, what: impl fmt::Display) {
        let what = escape(&what.to_string());
        if self.said.as_ref() != Some(&what) {
            self.printer.caution("waiting", &what);
            self.said = Some(what);
        }
    }

    fn print(&mut self, push: &Push, settings: &Outcome) {
        self.said = None;
        let is_well = push.failed.is_empty()
            && push.conflicts.is_empty()
            && push.unresolved.is_empty()
            && settings.conflicts.is_empty();
        let is_done = !(push.done.is_empty() && settings.done.is_empty());
        let has_news = push.verified && push.incoming != self.incoming;
        if has_news {
            self.incoming.clone_from(&push.incoming);
            if !self.pulls {
                self.print_time();
                print_incoming(self.printer, push);
            }
        }
        if !is_done && is_well && (!has_news || push.incoming.is_empty()) {
            return;
        }
        if is_done {
            self.print_time();
        }
        // A full disk behind stdout is no reason to stop pushing.
        if let Err(why) =
            self.printer.show_event(&PushReport::new(push, settings, self.project.id(), None))
        {
            self.printer.note(why);
        }
        // The same problem at every save is told once.
        if is_well || !self.advised {
            print_problems(self.printer, push);
            print_setting_conflicts(self.printer, &settings.conflicts);
        }
        self.advised = !is_well;
    }

    /// Prints the time of day, for people.
    fn print_time(&self) {
        if !self.printer.wants_json() && !self.printer.is_quiet() {
            self.printer.note(ZonedDateTime::now().strftime("%H:%M:%S"));
        }
    }

    /// Downloads what others changed.
    async fn pull(&mut self, folder: &Folder) -> Result<(), SyncError> {
        self.options.now = sync::now();
        let pull = SyncSession::new(folder, &self.project, &self.options).pull().await?;
        self.incoming.clear();
        self.pull_settings(folder, Some(pull)).await
    }

    /// Takes over the settings that the cloud changed, and tells of it with what was pulled before.
    async fn pull_settings(
        &mut self,
        folder: &Folder,
        pull: Option<Pull>,
    ) -> Result<(), SyncError> {
        let compared =
            settings::compare(self.printer, folder, &self.project, &self.options).await?;
        let settings = settings::pull(folder, &self.project, compared).await?;
        let pull = pull.unwrap_or_default();
        if !(pull.writes.is_empty() && settings.done.is_empty()) {
            self.print_time();
            let report = PullReport::new(&pull, &settings, self.project.id(), &[]);
            if let Err(why) = self.printer.show_event(&report) {
                self.printer.note(why);
            }
        }
        Ok(())
    }
}

/// Returns whether the folder can be used again without anyone doing something about it: a file that is just being written, or another `qc`. One that is gone is no longer
/// watched, even if another comes in its place.
fn is_passing_here(error: &FolderError, root: &Path) -> bool {
    // `config.json` may be half saved, and whoever edits it mends what makes no sense.
    let passes =
        matches!(error, FolderError::Busy(_) | FolderError::Io { .. } | FolderError::Config { .. });
    passes && root.is_dir()
}
