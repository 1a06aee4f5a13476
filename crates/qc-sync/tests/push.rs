//! Pushes and pulls against the emulator in memory: what they cost, and what they leave when requests fail.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that failed")]

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use proptest::{collection::btree_map, prelude::*, sample::select};
use qc_emulator::{Emulator, Fault, MemoryTransport, Rule, VirtualClock};
use qc_files::{
    ApiToken, Client, Credentials, ErrorKind, Language, ProjectFiles, ProjectId, UserId,
};
use qc_proto::FileName;
use qc_sync::{
    Change, Cloud, LocalFile, LocalFiles, Pushed, Reason, Scope, SyncError, Texts, Tree, Write,
    plan, pull, push,
};

type Contents = BTreeMap<FileName, String>;

const WALL: Duration = Duration::from_secs(1_795_392_000);

struct World {
    emulator: Arc<Mutex<Emulator>>,
    clock: VirtualClock,
    id: ProjectId,
    base: Tree,
    local: Contents,
}

fn name(text: &str) -> FileName {
    FileName::new(text).unwrap()
}

fn contents(files: &[(&str, &str)]) -> Contents {
    files.iter().map(|(file, text)| (name(file), (*text).to_owned())).collect()
}

fn local(contents: &Contents) -> LocalFiles {
    contents.iter().map(|(name, text)| (name.clone(), LocalFile::of(text))).collect()
}

fn tree(contents: &Contents) -> Tree {
    qc_sync::tree(&local(contents))
}

fn credentials() -> Credentials {
    Credentials::new(UserId::new(1), ApiToken::new("token").unwrap())
}

impl World {
    fn new(base: &Contents, local: Contents, remote: &Contents) -> Self {
        let mut emulator = Emulator::new(credentials());
        let id = emulator.add_project("Test", Language::Python);
        for file in emulator.file_names(id) {
            emulator.remove_file(id, &file);
        }
        for (file, text) in remote {
            emulator.put_file(id, file.as_str(), text);
        }
        let emulator = Arc::new(Mutex::new(emulator));
        Self { emulator, clock: VirtualClock::new(WALL), id, base: tree(base), local }
    }

    fn emulator(&self) -> MutexGuard<'_, Emulator> {
        self.emulator.lock().unwrap()
    }

    fn project(&self) -> ProjectFiles {
        let transport = MemoryTransport::new(Arc::clone(&self.emulator), self.clock.clone());
        let client = Client::builder(credentials()).seed(1).transport(transport);
        client.runtime(self.clock.clone()).build().unwrap().project(self.id).unwrap()
    }

    fn push(&mut self) -> Result<Pushed, SyncError> {
        let texts = self.local.clone();
        self.push_from(&texts)
    }

    /// Pushes what is here as `texts` has it by now.
    fn push_from(&mut self, texts: &dyn Texts) -> Result<Pushed, SyncError> {
        let (project, scope, local) = (self.project(), Scope::all(), local(&self.local));
        let cloud = run(Cloud::read(&project, &self.base, &scope))?;
        let pushed = run(push(&project, &self.base, &local, texts, &cloud, &scope, &()))?;
        self.base = pushed.base.clone();
        Ok(pushed)
    }

    fn pull(&mut self) -> Result<(), SyncError> {
        let project = self.project();
        let cloud = run(Cloud::read(&project, &self.base, &Scope::all()))?;
        let pulled = pull(&self.base, &local(&self.local), &cloud, &Scope::all());
        for write in pulled.writes {
            match write {
                Write::Rename { from, to, content } => {
                    assert!(self.local.remove(&from).is_some(), "{from} is not there");
                    assert!(self.local.insert(to, content.text()).is_none());
                }
                Write::Put { name, content } => drop(self.local.insert(name, content.text())),
                Write::Remove(name) => assert!(self.local.remove(&name).is_some(), "{name}"),
            }
        }
        self.base = pulled.base;
        Ok(())
    }

    fn remote(&self) -> Contents {
        let emulator = self.emulator();
        let text = |file: &String| emulator.file(self.id, file).unwrap().to_owned();
        emulator.file_names(self.id).iter().map(|file| (name(file), text(file))).collect()
    }

    fn paths(&self) -> Vec<String> {
        self.emulator().requests().iter().map(|record| record.path.clone()).collect()
    }
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

#[test]
fn a_push_costs_two_readings_one_patch_and_one_request_for_each_other_change() {
    let texts: Vec<String> = (0..30).map(|number| format!("line {number}\nsame\n")).collect();
    for (edited, created, renamed, deleted) in
        [(30, 0, 0, 0), (1, 0, 0, 0), (0, 3, 0, 0), (0, 0, 2, 0), (0, 0, 0, 4), (5, 2, 3, 1)]
    {
        let base: Contents = texts
            .iter()
            .enumerate()
            .map(|(number, text)| (name(&format!("f{number}.py")), text.clone()))
            .collect();
        let mut local = base.clone();
        let mut names = base.keys().cloned();
        for _ in 0..edited {
            local.get_mut(&names.next().unwrap()).unwrap().push_str("more\n");
        }
        for _ in 0..renamed {
            let text = local.remove(&names.next().unwrap()).unwrap();
            local.insert(name(&format!("pkg/{}", text.lines().next().unwrap())), text);
        }
        for _ in 0..deleted {
            local.remove(&names.next().unwrap());
        }
        for number in 0..created {
            local.insert(name(&format!("new{number}.py")), format!("new {number}\n"));
        }
        let mut world = World::new(&base, local, &base);
        let pushed = world.push().unwrap();
        assert!(pushed.failed.is_empty(), "{:?}", pushed.failed);
        let price = 2 + usize::from(edited > 0) + created + renamed + deleted;
        assert_eq!(
            world.paths().len(),
            price,
            "{edited} {created} {renamed} {deleted}: {:?}",
            world.paths()
        );
        assert_eq!(world.remote(), world.local);
        assert_eq!(world.base, tree(&world.local));

        // Nothing to do costs one reading.
        world.push().unwrap();
        assert_eq!(world.paths().len(), price + 1);
    }
}

#[test]
fn a_patch_that_is_refused_is_followed_by_updates() {
    let base = contents(&[("a.py", "1\n"), ("b.py", "2\n"), ("ü.py", "3\n")]);
    let local = contents(&[("a.py", "4\n"), ("b.py", "5\n"), ("ü.py", "6\n")]);
    for fault in [Fault::Refusal("No.".to_owned()), Fault::DropAfter, Fault::DropBefore] {
        let mut world = World::new(&base, local.clone(), &base);
        world.emulator().add_rule(Rule::new(fault.clone()).on("files/patch"));
        let pushed = world.push().unwrap();
        assert!(pushed.failed.is_empty(), "{fault:?}: {:?}", pushed.failed);
        assert_eq!(world.remote(), local);
        assert_eq!(
            world.paths(),
            [
                "files/read",
                "files/patch",
                "files/update",
                "files/update",
                "files/update",
                "files/read"
            ],
            "{fault:?}: a name beyond ASCII is never in a patch"
        );
    }
}

#[test]
fn empty_files_are_made_without_content_and_emptied_by_making_them_anew() {
    let base = contents(&[("full.py", "1\n"), ("gone/__init__.py", "x\n")]);
    let local = contents(&[("full.py", ""), ("pkg/__init__.py", ""), ("gone/__init__.py", "x\n")]);
    let mut world = World::new(&base, local.clone(), &base);
    assert!(world.push().unwrap().failed.is_empty());
    assert_eq!(world.remote(), local);
}

#[test]
fn what_is_refused_is_named_and_the_rest_goes_on() {
    let base = contents(&[("a.py", "1\n")]);
    let local = contents(&[("b.py", "2\n"), ("c.py", "3\n")]);
    let mut world = World::new(&base, local, &base);
    world.emulator().add_rule(Rule::new(Fault::Refusal("No.".to_owned())).on("files/create"));
    let pushed = world.push().unwrap();
    assert_eq!(pushed.done, [Change::Create(name("c.py")), Change::Delete(name("a.py"))]);
    let failed = &pushed.failed[0];
    assert_eq!(failed.change, Change::Create(name("b.py")));
    assert_eq!(failed.error().unwrap().kind(), ErrorKind::Refused);
    assert!(world.push().unwrap().failed.is_empty(), "another push goes on from there");
    assert_eq!(world.remote(), world.local);
}

#[test]
fn what_was_changed_after_the_look_is_left_for_another_push() {
    let base = contents(&[("a.py", "1\n"), ("b.py", "1\n"), ("c.py", "1\n")]);
    let here = contents(&[("a.py", "2\n"), ("b.py", "2\n"), ("c.py", "1\n"), ("d.py", "2\n")]);
    let mut world = World::new(&base, here.clone(), &base);
    let mut now = here;
    now.insert(name("a.py"), "typed in the meantime\n".to_owned());
    now.remove(&name("d.py"));
    let pushed = world.push_from(&now).unwrap();
    assert_eq!(pushed.done, [Change::Update(name("b.py"))]);
    let left: Vec<_> = pushed.failed.iter().map(|failed| failed.change.clone()).collect();
    assert_eq!(left, [Change::Create(name("d.py")), Change::Update(name("a.py"))]);
    assert!(pushed.failed.iter().all(|failed| matches!(failed.reason, Reason::ChangedHere)));
    assert_eq!(world.emulator().file(world.id, "a.py"), Some("1\n"));
    world.local = now;
    assert_eq!(world.push().unwrap().done, [Change::Update(name("a.py"))]);
    assert_eq!(world.remote(), world.local);
}

#[test]
fn a_locked_project_stops_the_push_and_deletes_nothing() {
    let base = contents(&[("a.py", "1\n"), ("b.py", "1\n")]);
    let local = contents(&[("c.py", "2\n"), ("b.py", "2\n")]);
    let mut world = World::new(&base, local, &base);
    let locked = Fault::Refusal("You have no write permission".to_owned());
    for endpoint in ["files/create", "files/update", "files/delete"] {
        world.emulator().add_rule(Rule::new(locked.clone()).on(endpoint).always());
    }
    let pushed = world.push().unwrap();
    assert_eq!(world.paths(), ["files/read", "files/create", "files/read"]);
    assert_eq!(pushed.failed.len(), 3);
    assert_eq!(pushed.failed[0].error().unwrap().kind(), ErrorKind::Locked);
    assert!(
        pushed.failed[1..].iter().all(|failed| matches!(failed.reason, Reason::NotTried)),
        "not tried"
    );
    assert_eq!(world.remote(), base);
}

#[test]
fn an_answer_without_its_list_deletes_nothing_here() {
    let base = contents(&[("a.py", "1\n"), ("b.py", "2\n")]);
    let mut world = World::new(&base, base.clone(), &Contents::new());
    assert!(matches!(world.pull().unwrap_err(), SyncError::Emptied { had: 2 }));
    assert!(matches!(world.push().unwrap_err(), SyncError::Emptied { had: 2 }));
    assert_eq!((world.local.len(), world.base.len()), (2, 2));
}

#[test]
fn a_name_that_no_file_can_have_is_left_alone() {
    let base = contents(&[("a.py", "1\n")]);
    let mut world = World::new(&base, contents(&[("a.py", "2\n")]), &base);
    world.emulator().put_file(world.id, "../x", "outside");
    world.push().unwrap();
    world.pull().unwrap();
    assert_eq!(world.emulator().file(world.id, "../x"), Some("outside"));
    assert_eq!(world.local.len(), 1);
}

fn some_contents() -> impl Strategy<Value = Contents> {
    let name = select(vec!["a.py", "b.py", "c.py", "d/a.py", "d/__init__.py"]).prop_map(name);
    let text = select(vec!["", "1\n", "2\n", "3\nx\n", "4\r\nx\r\n"]).prop_map(str::to_owned);
    btree_map(name, text, 0..5).prop_map(|mut files| {
        // One that stays, so that no side ever looks as if it had lost everything.
        files.insert(self::name("keep.py"), "keep\n".to_owned());
        files
    })
}

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        3 => Just(Fault::None),
        1 => Just(Fault::DropBefore),
        2 => Just(Fault::DropAfter),
        1 => any::<bool>().prop_map(|applied| Fault::Status { status: 502, applied }),
        1 => any::<bool>().prop_map(|applied| Fault::Html { applied }),
        1 => Just(Fault::ShortBody),
        1 => Just(Fault::RateLimited { retry_after: None }),
        1 => Just(Fault::Refusal("No.".to_owned())),
        1 => Just(Fault::Refusal("write permission".to_owned())),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    /// Whatever fails at whatever point, repeating comes to the same end as if nothing had failed, and nothing that
    /// existed on one side only is lost on the way.
    #[test]
    fn repeating_until_clean_converges(
        base in some_contents(),
        local in some_contents(),
        remote in some_contents(),
        faults in prop::collection::vec(fault(), 0..40),
    ) {
        let mut world = World::new(&base, local.clone(), &remote);
        let first = plan(&world.base, &tree(&local), &tree(&remote));
        for fault in faults {
            world.emulator().push_fault(fault);
        }
        for _ in 0..3 {
            let _ = world.push();
            let _ = world.pull();
        }
        world.emulator().clear_faults();
        // The first finds what the faults have left.
        for _ in 0..2 {
            world.push().unwrap();
            world.pull().unwrap();
        }
        let (here, there) = (tree(&world.local), tree(&world.remote()));
        let last = plan(&world.base, &here, &there);
        prop_assert!(last.push.is_empty() && last.pull.is_empty(), "{last:?}");
        prop_assert_eq!(&last.conflicts, &first.conflicts);
        let before = tree(&base);
        for (side, after) in [(tree(&local), &here), (tree(&remote), &there)] {
            for (file, digest) in side {
                if before.get(&file) != Some(&digest) {
                    prop_assert_eq!(after.get(&file), Some(&digest), "{} was lost", file);
                }
            }
        }
    }
}
