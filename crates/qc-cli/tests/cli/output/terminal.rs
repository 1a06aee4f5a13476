//! On a terminal: colours, progress and Ctrl-C.

mod dialogues;
mod widths;

use std::{
    fs::File,
    io::{self, Read as _, Write as _},
    process::{Child, Command, Stdio},
    thread,
};

use qc_emulator::{Fault, Rule, StallAt};
use rustix::{
    process::{Pid, Signal, kill_process},
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
    termios::{Winsize, tcsetwinsize},
};

use crate::world::{Ran, World};

/// A command whose output goes to a terminal, whose other end this is.
struct Terminal {
    child: Child,
    screen: File,
    seen: String,
    /// How much of it was waited for.
    passed: usize,
}

impl Terminal {
    fn run(command: Command) -> Self {
        Self::run_in(command, 80)
    }

    fn run_in(command: Command, columns: u16) -> Self {
        Self::open(command, columns, false)
    }

    /// Runs a command that reads what is typed.
    fn talk(command: Command) -> Self {
        Self::open(command, 200, true)
    }

    fn open(mut command: Command, columns: u16, is_typed_into: bool) -> Self {
        let screen = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&screen).unwrap();
        unlockpt(&screen).unwrap();
        let name = ptsname(&screen, Vec::new()).unwrap();
        let inside = File::options().read(true).write(true).open(name.to_str().unwrap()).unwrap();
        let size = Winsize { ws_row: 50, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&inside, size).unwrap();
        command.env("TERM", "xterm-256color");
        if is_typed_into {
            command.stdin(Stdio::from(inside.try_clone().unwrap()));
        }
        command.stdout(Stdio::from(inside.try_clone().unwrap())).stderr(Stdio::from(inside));
        let child = command.spawn().unwrap();
        // The command holds the terminal's inside; ours would keep it open.
        drop(command);
        Self { child, screen: File::from(screen), seen: String::new(), passed: 0 }
    }

    /// False when the command has ended.
    fn read(&mut self) -> bool {
        let mut bytes = [0; 4096];
        match self.screen.read(&mut bytes) {
            Ok(0) | Err(_) => false,
            Ok(count) => {
                self.seen += &String::from_utf8_lossy(&bytes[..count]);
                true
            }
        }
    }

    #[track_caller]
    fn shows(&mut self, text: &str) {
        while !self.seen.contains(text) {
            assert!(self.read(), "it has ended without {text:?}: {}", self.seen);
        }
    }

    /// Waits for this text, after what was waited for so far, and types an answer.
    #[track_caller]
    fn answers(&mut self, asked: &str, keys: &str) {
        while !self.seen[self.passed..].contains(asked) {
            assert!(self.read(), "it has ended without {asked:?}: {}", self.seen);
        }
        self.passed = self.seen.rfind(asked).unwrap() + asked.len();
        self.screen.write_all(keys.as_bytes()).unwrap();
    }

    fn until_its_end(mut self) -> (Option<i32>, String) {
        while self.read() {}
        (self.child.wait().unwrap().code(), self.seen)
    }
}

fn interrupt(child: &Child) {
    kill_process(Pid::from_child(child), Signal::INT).unwrap();
}

#[test]
fn colours_are_for_terminals_that_want_them() {
    let world = World::cloned(&[("a.py", "1\n")]);
    world.put("a.py", "2\n");
    let on_terminal = |arguments: &[&str], no_color: bool| {
        let mut command = world.command(&world.folder(), arguments);
        if no_color {
            command.env("NO_COLOR", "1");
        }
        Terminal::run(command).until_its_end().1
    };
    let green = "\u{1b}[32m+2\u{1b}[0m";
    assert!(on_terminal(&["diff"], false).contains(green));
    for (arguments, no_color) in
        [(&["diff"][..], true), (&["diff", "--color", "never"], false), (&["ls", "--json"], false)]
    {
        let said = on_terminal(arguments, no_color);
        assert!(!said.contains("\u{1b}[3"), "{arguments:?}: {said:?}");
    }
    assert!(!world.qc(&["diff"]).exits(1).out.contains('\u{1b}'));
    // On a terminal it goes through the person's pager.
    let mut command = world.command(&world.folder(), &["diff"]);
    command.env("PAGER", "sed s/^/paged:/").env("TERM", "xterm");
    let said = Terminal::run(command).until_its_end().1;
    assert!(said.contains(&format!("paged:{green}")), "{said:?}");
    assert!(world.qc(&["diff", "--color", "always"]).exits(1).out.contains(green));
}

#[test]
fn what_takes_long_shows_where_it_is_and_ctrl_c_says_how_things_stand() {
    let world = World::cloned(&[("a.py", "1\n")]);
    world.put("a.py", "2\n");
    let stall = Fault::Stall { at: StallAt::BeforeAnswer, applied: false };
    world.server.emulator().add_rule(Rule::new(stall).on("files/patch"));
    let mut terminal = Terminal::run(world.command(&world.folder(), &["push"]));
    terminal.shows("0/1 update a.py");
    interrupt(&terminal.child);
    let (code, said) = terminal.until_its_end();
    assert_eq!(code, Some(130));
    assert!(said.contains("interrupted: no file is half written"), "{said}");
    // It goes on from there.
    world.qc(&["push"]).exits(0).says("update a.py");
    assert_eq!(world.cloud("a.py").as_deref(), Some("2\n"));
}

#[test]
fn ctrl_c_in_the_middle_of_a_push_without_a_terminal_is_clean_as_well() {
    let world = World::cloned(&[]);
    for file in ["a.py", "b.py", "c.py"] {
        world.put(file, "1\n");
    }
    let stall = Fault::Stall { at: StallAt::BeforeAnswer, applied: true };
    world.server.emulator().push_fault(Fault::None);
    world.server.emulator().push_fault(Fault::None);
    world.server.emulator().push_fault(stall);
    let mut command = world.command(&world.folder(), &["push"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    while world.cloud("b.py").is_none() {
        thread::yield_now();
    }
    interrupt(&child);
    let ran = Ran::new(child.wait_with_output().unwrap(), &["push"]);
    let ran = ran.exits(130).says("the request under way may have taken effect");
    assert_eq!((ran.out.as_str(), ran.err.lines().count()), ("", 1), "{}", ran.err);
    world.qc(&["push"]).exits(0);
    let emulator = world.server.emulator();
    assert_eq!(emulator.file_names(world.id), ["a.py", "b.py", "c.py"]);
    let created = emulator.applied().iter().filter(|applied| applied.endpoint == "files/create");
    assert_eq!(created.count(), 3, "each was made once");
}

#[test]
fn a_pause_is_told() -> io::Result<()> {
    let world = World::cloned(&[("a.py", "1\n")]);
    let retry_after = Some(qc_emulator::RetryAfter::Seconds(4));
    world.server.emulator().add_rule(Rule::new(Fault::RateLimited { retry_after }));
    let mut command = world.command(&world.folder(), &["ls"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
    let mut said = [0; 8];
    child.stderr.take().into_iter().try_for_each(|mut err| err.read_exact(&mut said))?;
    child.kill()?;
    child.wait()?;
    assert_eq!(&said, b"waiting ");
    Ok(())
}

#[test]
fn an_emulator_says_what_to_paste_into_another_terminal() {
    let world = World::new(&[]);
    let mut terminal = Terminal::run(world.command(world.home.path(), &["emulator"]));
    terminal.shows("export QUANTCONNECT_BASE_URL=http://127.0.0.1:");
    terminal.shows("Ctrl-C stops it.");
    interrupt(&terminal.child);
    assert_eq!(terminal.until_its_end().0, Some(0));
}
