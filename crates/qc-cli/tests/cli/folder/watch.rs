//! `qc watch`: what is saved is pushed, whatever the network does meanwhile.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read},
    process::{Child, Stdio},
    sync::mpsc::{self, Receiver},
    thread,
    time::Duration,
};

use qc_emulator::{Fault, Rule};
use serde_json::Value;

use crate::world::World;

/// A test that waits longer has failed.
const LIMIT: Duration = Duration::from_secs(60);

pub(crate) struct Watch {
    child: Child,
    out: Receiver<String>,
    err: Receiver<String>,
}

fn lines(from: impl Read + Send + 'static) -> Receiver<String> {
    let (tell, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            let _ = tell.send(line);
        }
    });
    lines
}

impl Watch {
    pub(crate) fn start(world: &World, arguments: &[&str]) -> Self {
        let mut command = world.command(&world.folder(), &[&["watch"], arguments].concat());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (out, err) = (lines(child.stdout.take().unwrap()), lines(child.stderr.take().unwrap()));
        let watch = Self { child, out, err };
        watch.says("watching ");
        watch
    }

    #[track_caller]
    fn says(&self, text: &str) {
        self.notes(|line| line.contains(text));
    }

    /// Waits for such a line on stderr.
    #[track_caller]
    pub(crate) fn notes(&self, is_it: impl Fn(&str) -> bool) {
        while !is_it(&self.err.recv_timeout(LIMIT).unwrap()) {}
    }

    /// Waits for such a line on stdout.
    #[track_caller]
    pub(crate) fn prints(&self, is_it: impl Fn(&str) -> bool) {
        while !is_it(&self.out.recv_timeout(LIMIT).unwrap()) {}
    }

    #[track_caller]
    pub(crate) fn pushes(&self) -> String {
        self.out.recv_timeout(LIMIT).unwrap()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn what_is_saved_is_pushed_and_what_is_not_in_step_costs_nothing() {
    let world = World::cloned(&[("a.py", "1\n")]);
    world.put("b.py", "before\n");
    let watch = Watch::start(&world, &[]);
    assert_eq!(watch.pushes(), "create b.py", "what was done before it began");
    let before = world.server.emulator().requests().len();
    world.put("notes.txt", "mine\n");
    world.put("a.py", "1");
    world.put("a.py", "2\n");
    assert_eq!(watch.pushes(), "update a.py");
    assert_eq!(world.cloud("a.py").as_deref(), Some("2\n"));
    world.put("c.py", "3\n");
    assert_eq!(watch.pushes(), "create c.py");
    // An edit is a patch alone; what is created is between two readings.
    assert_eq!(world.server.emulator().requests().len() - before, 4);
}

#[test]
fn it_goes_on_when_the_network_is_back_and_tells_of_conflicts() {
    let world = World::cloned(&[("a.py", "1\n"), ("b.py", "1\n")]);
    let watch = Watch::start(&world, &["--json"]);
    world.server.emulator().add_rule(Rule::new(Fault::DropBefore).on("files/read").times(10));
    world.put("a.py", "2\n");
    watch.says("waiting");
    let push: Value = serde_json::from_str(&watch.pushes()).unwrap();
    assert_eq!((&push["done"][0]["name"], &push["done"][1]), (&"a.py".into(), &Value::Null));
    assert_eq!(world.cloud("a.py").as_deref(), Some("2\n"));

    world.put_cloud("b.py", "theirs\n");
    world.put("b.py", "mine\n");
    watch.says("changed on both sides");
    // Theirs may have been seen, and told, before mine was saved.
    loop {
        let push: Value = serde_json::from_str(&watch.pushes()).unwrap();
        if let Some(conflict) = push["conflicts"].get(0) {
            assert_eq!(conflict["name"], "b.py");
            break;
        }
        assert_eq!(push["incoming"][0]["name"], "b.py", "{push}");
    }
    assert_eq!(world.cloud("b.py").as_deref(), Some("theirs\n"));
}

#[test]
fn a_project_that_looked_empty_for_a_moment_is_pushed_to_when_it_does_no_longer() {
    let world = World::cloned(&[("a.py", "1\n")]);
    let before = world.server.emulator().requests().len();
    let watch = Watch::start(&world, &[]);
    // It has looked once, and found nothing to do.
    while world.server.emulator().requests().len() == before {
        thread::yield_now();
    }
    world.server.emulator().remove_file(world.id, "a.py");
    world.put("a.py", "2\n");
    watch.says("has no files");
    world.put_cloud("a.py", "1\n");
    assert_eq!(watch.pushes(), "update a.py");
}

#[test]
fn a_folder_that_is_gone_is_no_longer_watched() {
    let world = World::cloned(&[("a.py", "1\n")]);
    let mut watch = Watch::start(&world, &[]);
    // In one step, in the middle of whatever it does.
    fs::rename(world.folder(), world.folder().with_extension("gone")).unwrap();
    watch.says("Strategy");
    assert_eq!(watch.child.wait().unwrap().code(), Some(7));
    assert_eq!(world.cloud("a.py").as_deref(), Some("1\n"), "it is not taken for emptied");
}

#[test]
fn what_others_change_is_told_while_nothing_is_saved_here() {
    let world = World::cloned(&[("a.py", "1\n")]);
    let watch = Watch::start(&world, &["--poll", "1"]);
    world.put_cloud("a.py", "2\n");
    watch.says("a.py");
    assert_eq!(world.get("a.py"), "1\n");
}

#[test]
fn what_others_change_comes_here_when_that_is_asked_for() {
    let world = World::cloned(&[("a.py", "1\n"), ("b.py", "1\n")]);
    let watch = Watch::start(&world, &["--poll", "1", "--pull"]);
    world.put_cloud("a.py", "2\n");
    assert_eq!(watch.pushes(), "write a.py");
    assert_eq!(world.get("a.py"), "2\n");
    // Nothing of mine is replaced.
    world.put("b.py", "mine\n");
    assert_eq!(watch.pushes(), "update b.py");
    assert_eq!(world.cloud("b.py").as_deref(), Some("mine\n"));
}

#[cfg(unix)]
#[test]
fn ctrl_c_is_its_end_and_no_failure() {
    use rustix::process::{Pid, Signal, kill_process};

    let world = World::cloned(&[("a.py", "1\n")]);
    let mut watch = Watch::start(&world, &[]);
    world.put("a.py", "2\n");
    watch.pushes();
    kill_process(Pid::from_child(&watch.child), Signal::INT).unwrap();
    assert_eq!(watch.child.wait().unwrap().code(), Some(0));
}

#[test]
fn after_each_push_it_says_whether_the_project_builds() {
    let world = World::cloned(&[("main.py", "x = 1\n")]);
    let watch = Watch::start(&world, &["--compile"]);
    world.put("main.py", "x = (\n");
    assert_eq!(watch.pushes(), "update main.py");
    assert!(watch.pushes().starts_with("main.py:2:1: error: "));
    assert!(watch.pushes().starts_with("the build failed with 1 error in "));
    world.put("main.py", "x = 2\n");
    assert_eq!(watch.pushes(), "update main.py");
    assert!(watch.pushes().starts_with("built without an error in "));
}
