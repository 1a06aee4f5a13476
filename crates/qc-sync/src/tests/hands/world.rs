//! Two folders, a web editor and somebody who sends all files at once at one project, each moment of one a possible moment of the others.

use std::{
    collections::{BTreeMap, BTreeSet},
    pin::Pin,
    rc::Rc,
    sync::{Arc, MutexGuard},
    task::{Context, Poll, Waker},
    time::Duration,
};

use fastrand::Rng;
use qc_emulator::{Emulator, Fault, RefusalForm, Rule, StallAt};
use qc_files::ProjectFiles;
use qc_proto::{FileName, Phase};

use crate::{
    cloud::push::Push,
    error::SyncError,
    plan::{Change, Conflict, selection::Selection},
    session::{Options, SyncSession},
    tests::{
        hands::turns::{InTurns, Overwritten},
        memory::MemoryFolder,
        service::Service,
    },
};

/// A command that is under way.
type Command = Pin<Box<dyn Future<Output = Result<Outcome, SyncError>>>>;

impl From<Push> for Outcome {
    fn from(pushed: Push) -> Self {
        let failed = pushed.failed.iter().map(|failed| &failed.change);
        let changes = failed.chain(&pushed.incoming).flat_map(names);
        let conflicts = pushed.conflicts.iter().map(|conflict| &conflict.name);
        let unresolved = pushed.unresolved.iter().chain(conflicts).map(FileName::as_str);
        let refused = pushed.refused.iter().map(|refused| refused.name.as_str());
        let open = changes.chain(unresolved).chain(refused).map(str::to_owned).collect();
        let is_quiet =
            pushed.done.is_empty() && pushed.failed.is_empty() && pushed.incoming.is_empty();
        Self { conflicts: pushed.conflicts, is_quiet, open }
    }
}

/// The names of the files that a change is about.
fn names(change: &Change) -> impl Iterator<Item = &str> {
    let from = match change {
        Change::Rename { from, .. } => Some(from),
        _ => None,
    };
    from.into_iter().chain([change.name()]).map(FileName::as_str)
}

#[derive(Default)]
struct Outcome {
    conflicts: Vec<Conflict>,
    is_quiet: bool,
    /// The files that a push has told to be open.
    open: BTreeSet<String>,
}

pub(crate) struct World {
    service: Service,
    folders: [Rc<MemoryFolder>; 2],
    projects: [ProjectFiles; 2],
    rng: Rng,
    /// How many texts were saved; each is another one.
    saved: u32,
    /// Texts that people have saved and have not themselves replaced: text, and where.
    owed: BTreeMap<String, String>,
    /// Whether the service refuses every patch, so that contents are replaced by `files/update`.
    refuses_patches: bool,
    overwritten: Overwritten,
    /// What somebody else's folder has who sends all of it at once, as the official command line tool does.
    bulk: BTreeMap<String, String>,
    pub(crate) story: Vec<String>,
}

const NAMES: [&str; 5] = ["a.py", "b.py", "pkg/c.py", "d e.py", "f.py"];

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        let service = Service::new(seed);
        service.clear();
        let overwritten = Overwritten::default();
        let projects = [1, 2].map(|seed| {
            let emulator = Arc::clone(&service.emulator);
            let overwritten = overwritten.clone();
            service.project(seed, |inner| InTurns::new(inner, emulator, service.id, overwritten))
        });
        let folders = ["aaaaaaaa", "bbbbbbbb"].map(|id| Rc::new(MemoryFolder::new(id)));
        let mut rng = Rng::with_seed(seed);
        let mut world = Self {
            service,
            folders,
            projects,
            saved: 0,
            owed: BTreeMap::new(),
            refuses_patches: rng.u8(..8) == 0,
            overwritten,
            bulk: BTreeMap::new(),
            story: Vec::new(),
            rng,
        };
        world.refuse_patches();
        for name in &NAMES[..3] {
            world.web_save(name, false);
        }
        world
    }

    fn emulator(&self) -> MutexGuard<'_, Emulator> {
        self.service.emulator()
    }

    fn refuse_patches(&self) {
        if self.refuses_patches {
            let refusal = Fault::Refusal("Patch not valid.".to_owned());
            self.emulator().add_rule(Rule::new(refusal).on("files/patch").always());
        }
    }

    fn note(&mut self, what: String) {
        self.story.push(what);
    }

    /// A text that nobody has saved before: an edit of `old` at its beginning, middle or end.
    fn text(&mut self, old: Option<&str>) -> String {
        self.saved += 1;
        let mine = format!("saved {}\n", self.saved);
        let mut lines: Vec<&str> = match old {
            Some(old) => old.split_inclusive('\n').collect(),
            None => vec!["one\n", "two\n", "three\n", "four\n", "five\n", "six\n"],
        };
        match self.rng.u8(..4) {
            0 => lines.insert(0, &mine),
            1 => lines.push(&mine),
            2 => return mine,
            _ => {
                let at = self.rng.usize(..lines.len());
                lines[at] = &mine;
            }
        }
        lines.concat()
    }

    /// Somebody replaces a text on purpose: nobody owes it to them any more.
    fn replaced(&mut self, text: &str) {
        self.owed
            .retain(|owed, _| newest(owed).is_none_or(|new| !text.lines().any(|line| line == new)));
    }

    fn web_save(&mut self, name: &str, may_edit: bool) {
        let old = self.service.contents().remove(name);
        if let Some(old) = &old {
            self.replaced(old);
        }
        let text = self.text(old.as_deref().filter(|_| may_edit));
        self.emulator().put_file(self.service.id, name, &text);
        self.note(format!("web saves {name}: {text:?}"));
        self.owed.insert(text, format!("{name} by the web editor"));
    }

    fn web(&mut self) {
        let name = NAMES[self.rng.usize(..NAMES.len())];
        match self.rng.u8(..6) {
            0 => {
                if let Some(old) = self.service.contents().remove(name) {
                    self.replaced(&old);
                    self.emulator().remove_file(self.service.id, name);
                    self.note(format!("web deletes {name}"));
                }
            }
            1 => {
                let to = NAMES[self.rng.usize(..NAMES.len())];
                let cloud = self.service.contents();
                if let Some(text) = cloud.get(name).filter(|_| !cloud.contains_key(to)) {
                    let mut emulator = self.emulator();
                    emulator.remove_file(self.service.id, name);
                    emulator.put_file(self.service.id, to, text);
                    drop(emulator);
                    self.note(format!("web renames {name} to {to}"));
                }
            }
            _ => self.web_save(name, true),
        }
    }

    /// Somebody takes all files, or sends all of an older state with an edit: what others saved since is replaced.
    fn send_all(&mut self) {
        let cloud = self.service.contents();
        if self.bulk.is_empty() || self.rng.bool() {
            self.bulk = cloud;
            return self.note("bulk takes all files".to_owned());
        }
        let name = NAMES[self.rng.usize(..NAMES.len())];
        let old = self.bulk.get(name).cloned();
        let text = self.text(old.as_deref());
        self.bulk.insert(name.to_owned(), text.clone());
        let gone = cloud.iter().filter(|(name, old)| self.bulk.get(*name) != Some(old));
        for old in gone.map(|(_, old)| old.clone()).collect::<Vec<_>>() {
            self.replaced(&old);
        }
        self.service.replace_all(&self.bulk);
        self.note(format!("bulk sends {:?}", self.bulk));
        self.owed.insert(text, format!("{name} by the bulk"));
    }

    fn person(&mut self, who: usize) {
        let name = FileName::new(NAMES[self.rng.usize(..NAMES.len())]).unwrap();
        let to = FileName::new(NAMES[self.rng.usize(..NAMES.len())]).unwrap();
        let old = self.folders[who].files.borrow().get(&name).cloned();
        let is_free = !self.folders[who].files.borrow().contains_key(&to);
        let what = self.rng.u8(..8);
        if what < 3
            && let Some(old) = old
        {
            self.folders[who].files.borrow_mut().remove(&name);
            if what == 0 || !is_free {
                self.replaced(&old);
                return self.note(format!("{who} deletes {name}"));
            }
            let text = if what == 1 { old.clone() } else { self.text(Some(&old)) };
            self.note(format!("{who} moves {name} to {to}: {text:?}"));
            if text != old {
                self.replaced(&old);
                self.owed.insert(text.clone(), format!("{to} by {who}"));
            }
            self.folders[who].files.borrow_mut().insert(to, text);
            return;
        }
        if let Some(old) = &old {
            self.replaced(old);
        }
        let text = self.text(old.as_deref());
        self.note(format!("{who} saves {name}: {text:?}"));
        self.folders[who].files.borrow_mut().insert(name.clone(), text.clone());
        self.owed.insert(text, format!("{name} by {who}"));
    }

    fn fault(&mut self) {
        let applied = self.rng.bool();
        let fault = match self.rng.u8(..14) {
            0 => Fault::NoConnection { phase: Phase::Connect },
            1 => Fault::DropBefore,
            2 | 3 => Fault::DropAfter,
            // One that replaces a content may replace what came later: docs/sync.md says so.
            4 if self.refuses_patches => Fault::DropBefore,
            4 => Fault::Late { by: Duration::from_millis(self.rng.u64(..90_000)) },
            5 => Fault::Reset { applied },
            6 => Fault::Stall { at: StallAt::BeforeAnswer, applied },
            7 | 8 => Fault::Status { status: 502, applied },
            9 => Fault::RateLimited { retry_after: None },
            10 => Fault::ShortBody,
            11 => Fault::Html { applied },
            12 => Fault::Refuse(RefusalForm::Ok),
            _ => Fault::TruncatedBody,
        };
        let times = self.rng.u64(1..6);
        self.note(format!("fault {fault:?} {times} times"));
        self.emulator().add_rule(Rule::new(fault).times(times));
    }

    /// Begins a command in a folder.
    fn command(&mut self, who: usize, settles: Option<Selection>) -> Command {
        let (folder, project) = (Rc::clone(&self.folders[who]), self.projects[who].clone());
        let mut options = Options::new(u64::from(self.saved));
        let what = match settles {
            Some(theirs) => {
                options.theirs = theirs;
                1
            }
            None => self.rng.u8(..8),
        };
        options.accept_empty = true;
        match what {
            1 => {}
            2 => options.merge = true,
            3 => options.theirs = Selection::all(),
            4 => options.ours = Selection::all(),
            5 => options.verify = false,
            _ => {}
        }
        options.command = format!("command {what}");
        self.note(format!("{who} begins {}", if matches!(what, 1..4) { "pull" } else { "push" }));
        Box::pin(async move {
            let session = SyncSession { local: &*folder, project: &project, options: &options };
            if matches!(what, 1..4) {
                let pulled = session.pull().await?;
                let is_quiet = pulled.writes.is_empty() && pulled.outgoing.is_empty();
                return Ok(Outcome { conflicts: pulled.conflicts, is_quiet, ..Outcome::default() });
            }
            Ok(session.push().await?.into())
        })
    }

    /// Commands, saves, faults and kills, in any order.
    pub(crate) fn run_schedule(&mut self, events: usize) {
        let mut under_way: [Option<Command>; 2] = [None, None];
        for _ in 0..events {
            let who = self.rng.usize(..2);
            match self.rng.u8(..16) {
                0..9 => match &mut under_way[who] {
                    Some(command) => {
                        if let Poll::Ready(outcome) = poll(command) {
                            self.note(format!("{who} ends: {}", outcome_text(outcome)));
                            under_way[who] = None;
                        } else {
                            self.note(format!("{who} goes on"));
                        }
                    }
                    None => under_way[who] = Some(self.command(who, None)),
                },
                9..11 if self.rng.u8(..6) == 0 => self.send_all(),
                9..11 => self.web(),
                11..14 => self.person(who),
                14 => self.fault(),
                _ if self.rng.bool() => self.folders[who].fuse.set(Some(self.rng.u32(1..6))),
                _ => {
                    if under_way[who].take().is_some() {
                        self.note(format!("{who} is killed while it waits"));
                    }
                }
            }
            if self.folders[who].is_dead() {
                self.note(format!("{who} is killed at its disk"));
                under_way[who] = None;
                self.folders[who].fuse.set(None);
            }
        }
    }

    /// Lets both folders come in step, without faults and with nobody at work.
    pub(crate) fn settle(&mut self) {
        self.emulator().clear_faults();
        self.refuse_patches();
        self.service.clock.advance(Duration::from_secs(600));
        let wall = self.service.clock.server_wall();
        self.emulator().deliver_late(wall);
        for folder in &self.folders {
            folder.fuse.set(None);
        }
        for _ in 0..12 {
            let mut is_quiet = true;
            for who in [0, 1] {
                let mut settles = Selection::default();
                for what in 0..3 {
                    let mut command = match what {
                        // A push says what is in conflict; then the cloud's side is taken.
                        0 => self.push(who),
                        _ => self.command(who, Some(settles.clone())),
                    };
                    let outcome = loop {
                        if let Poll::Ready(outcome) = poll(&mut command) {
                            break outcome;
                        }
                    };
                    match outcome {
                        Ok(outcome) => {
                            if what == 0 {
                                self.check_told(who, &outcome);
                            }
                            is_quiet &= outcome.is_quiet && outcome.conflicts.is_empty();
                            let names =
                                outcome.conflicts.iter().map(|conflict| conflict.name.as_str());
                            settles = Selection::paths(names);
                            self.resolve(who);
                        }
                        Err(error) => panic!("{error}\n{}", self.story.join("\n")),
                    }
                }
            }
            if is_quiet {
                return;
            }
        }
        let folders = self.folders.each_ref().map(|folder| folder.files.borrow().clone());
        let (cloud, story) = (self.service.contents(), self.story.join("\n"));
        panic!("both do not come in step\n{story}\n{cloud:?}\n{folders:?}");
    }

    fn push(&self, who: usize) -> Command {
        let (folder, project) = (Rc::clone(&self.folders[who]), self.projects[who].clone());
        let mut options = Options::new(u64::from(self.saved));
        options.accept_empty = true;
        Box::pin(async move {
            let session = SyncSession { local: &*folder, project: &project, options: &options };
            Ok(session.push().await?.into())
        })
    }

    /// What differs after a push at which nobody else worked is just what the push has told to be open.
    fn check_told(&self, who: usize, told: &Outcome) {
        let cloud = self.service.contents();
        let folder = self.folders[who].files.borrow();
        let here = |name: &str| FileName::new(name).ok().and_then(|name| folder.get(&name));
        let names = cloud.keys().map(String::as_str).chain(folder.keys().map(FileName::as_str));
        let differ: BTreeSet<String> = names
            .filter(|name| !name.starts_with("deleted-by-qc-") && cloud.get(*name) != here(name))
            .map(str::to_owned)
            .collect();
        let story = || format!("{differ:?}, told {:?}\n{}", told.open, self.story.join("\n"));
        assert!(differ.is_subset(&told.open), "{who} does not tell all: {}", story());
        assert!(told.open.is_subset(&differ), "{who} tells what is not open: {}", story());
    }

    /// Takes the markers of a merge out of the files.
    fn resolve(&self, who: usize) {
        for text in self.folders[who].files.borrow_mut().values_mut() {
            let is_marker = |line: &&str| {
                ["<<<<<<<", "=======", ">>>>>>>"].iter().any(|marker| line.starts_with(marker))
            };
            *text = text.split_inclusive('\n').filter(|line| !is_marker(line)).collect();
        }
    }

    /// Whatever was saved is somewhere, and all have the same.
    pub(crate) fn check(&self) {
        let cloud = self.service.contents();
        let mut found: BTreeSet<String> = cloud.values().cloned().collect();
        for folder in &self.folders {
            found.extend(folder.texts());
            let files = folder.files.borrow();
            let here: BTreeMap<String, String> =
                files.iter().map(|(name, text)| (name.as_str().to_owned(), text.clone())).collect();
            let mut cloud = cloud.clone();
            cloud.retain(|name, _| !name.starts_with("deleted-by-qc-"));
            assert_eq!(here, cloud, "{} is not in step\n{}", folder.id, self.story.join("\n"));
        }
        // A patch takes along what somebody appends behind its context, so the line that was new in a text counts.
        let lines: BTreeSet<&str> = found.iter().flat_map(|text| text.lines()).collect();
        for (text, place) in &self.owed {
            let is_there = |line| lines.contains(line) || self.overwritten.has_line(line);
            assert!(
                newest(text).is_some_and(is_there),
                "{text:?}, saved as {place}, is lost\n{}",
                self.story.join("\n")
            );
        }
    }
}

/// The line that was new in a text when it was saved.
fn newest(text: &str) -> Option<&str> {
    let saved_as = |line: &&str| -> Option<u32> { line.strip_prefix("saved ")?.parse().ok() };
    text.lines().max_by_key(saved_as)
}

fn poll(command: &mut Command) -> Poll<Result<Outcome, SyncError>> {
    command.as_mut().poll(&mut Context::from_waker(Waker::noop()))
}

fn outcome_text(outcome: Result<Outcome, SyncError>) -> String {
    match outcome {
        Ok(outcome) => {
            let names: Vec<_> =
                outcome.conflicts.iter().map(|conflict| conflict.name.as_str()).collect();
            format!("conflicts {names:?}")
        }
        Err(error) => error.to_string(),
    }
}
