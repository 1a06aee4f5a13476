//! Whole sessions, word for word: what a person types, and all that appears on both streams.
//!
//! The transcripts are in `session/`. With `SNAPSHOTS=overwrite` they are written anew.

use std::{
    fmt::Write as _,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use qc_files::Language;
use regex::Regex;
use snapbox::{Assert, Redactions};

use crate::world::{Ran, TOKEN, World};

struct Session {
    world: World,
    directory: PathBuf,
    has_credentials: bool,
    transcript: String,
}

impl Session {
    fn new(files: &[(&str, &str)]) -> Self {
        let world = World::new(files);
        let directory = world.home.path().to_owned();
        Self { world, directory, has_credentials: true, transcript: String::new() }
    }

    /// As [`new`](Self::new), in the folder of the cloned project.
    fn cloned(files: &[(&str, &str)]) -> Self {
        let mut session = Self::new(files);
        session.qc("clone Folder/Strategy");
        session.go("Strategy");
        session
    }

    fn type_line(&mut self, line: &str) {
        let gap = if self.transcript.is_empty() { "" } else { "\n" };
        writeln!(self.transcript, "{gap}$ {line}").unwrap();
    }

    /// Says what happens outside of the terminal.
    fn tell(&mut self, what: &str) {
        let gap = if self.transcript.is_empty() { "" } else { "\n" };
        writeln!(self.transcript, "{gap}# {what}").unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.world.command(&self.directory, arguments);
        if !self.has_credentials {
            command.env_remove("QUANTCONNECT_USER_ID").env_remove("QUANTCONNECT_API_TOKEN");
        }
        command
    }

    /// Runs `qc` with these words.
    fn qc(&mut self, typed: &str) {
        self.type_line(format!("qc {typed}").trim_end());
        let arguments: Vec<&str> = typed.split_whitespace().collect();
        let output = self.command(&arguments).output().unwrap();
        self.record(&Ran::new(output, &arguments));
    }

    /// Runs `qc` with this on standard input.
    fn qc_with(&mut self, shown: &str, input: &str, typed: &str) {
        self.type_line(&format!("{shown} | qc {typed}"));
        let arguments: Vec<&str> = typed.split_whitespace().collect();
        let mut command = self.command(&arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A command that refuses its arguments does not read what it is given.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        self.record(&Ran::new(child.wait_with_output().unwrap(), &arguments));
    }

    /// Standard output comes first, then standard error with a mark in front of each line.
    fn record(&mut self, ran: &Ran) {
        self.transcript += &ran.out;
        for line in ran.err.lines() {
            writeln!(self.transcript, "2> {line}").unwrap();
        }
        match ran.code {
            Some(0) => {}
            code => writeln!(self.transcript, "(exit code {})", code.unwrap()).unwrap(),
        }
    }

    fn go(&mut self, directory: &str) {
        self.type_line(&format!("cd {directory}"));
        self.directory = fs::canonicalize(self.directory.join(directory)).unwrap();
    }

    fn write(&mut self, file: &str, text: &str) {
        self.type_line(&format!("printf {text:?} > {file}"));
        let path = self.directory.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn show(&mut self, file: &str) {
        self.type_line(&format!("cat {file}"));
        self.transcript += &fs::read_to_string(self.directory.join(file)).unwrap();
    }

    fn remove(&mut self, file: &str) {
        self.type_line(&format!("rm {file}"));
        fs::remove_file(self.directory.join(file)).unwrap();
    }

    /// A teammate saves a file in the web.
    fn write_cloud(&mut self, file: &str, text: &str) {
        self.tell(&format!("A teammate saves {text:?} as {file} in the web."));
        self.world.put_cloud(file, text);
    }

    #[track_caller]
    fn is_as(&self, file: &str) {
        let mut redactions = Redactions::new();
        let home = fs::canonicalize(self.world.home.path()).unwrap();
        redactions.insert("[HOME]", home).unwrap();
        redactions.insert("[HOME]", self.world.home.path().to_owned()).unwrap();
        redactions.insert("[SERVICE]", self.world.server.base_url().to_owned()).unwrap();
        for (placeholder, pattern) in [
            ("[PORT]", r"127_0_0_1_(?<redacted>[0-9]+)"),
            ("[DATE]", r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9:]{8}Z?"),
            ("[TIME]", r"in (?<redacted>[0-9]+\.[0-9] s):"),
        ] {
            redactions.insert(placeholder, Regex::new(pattern).unwrap()).unwrap();
        }
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/session").join(file);
        let expected = snapbox::Data::read_from(&path, Some(snapbox::data::DataFormat::Text));
        Assert::new()
            .action_env("SNAPSHOTS")
            .normalize_paths(false)
            .redact_with(redactions)
            .eq(self.transcript.as_str(), expected);
    }
}

#[test]
fn first_contact() {
    let mut session =
        Session::new(&[("main.py", "PERIOD = 14\n"), ("signals/alpha.py", "W = 1\n")]);
    session.world.server.emulator().add_project("Research/Momentum", Language::Python);
    session.has_credentials = false;
    session.qc("");
    session.qc("status");
    session.qc("projects");
    session.qc("whoami");
    session.qc("login");
    session.qc_with("echo \"$TOKEN\"", TOKEN, "login --api-token-stdin");
    session.qc_with("echo \"$WRONG\"", "wrong", "login --user-id 7 --api-token-stdin");
    session.qc_with("echo \"$TOKEN\"", TOKEN, "login --user-id 7 --api-token-stdin");
    session.qc("whoami");
    session.qc("projects");
    session.qc("projects momentum");
    session.qc("projects nothing");
    session.qc("clone");
    session.qc("clone Folder/Stratgy");
    session.qc("clone momentum");
    session.qc("clone 99999999");
    session.qc("clone Folder/Strategy");
    session.qc("clone Folder/Strategy");
    session.qc("clone 20000001 by-number");
    session.qc("clone https://www.quantconnect.com/project/20000001 by-address");
    session.go("Strategy");
    session.qc("status");
    session.qc("push");
    session.qc("pull");
    session.qc("open --print");
    session.tell("A folder that was there before.");
    session.go("..");
    session.write("old/main.py", "PERIOD = 7\n");
    session.go("old");
    session.qc("status");
    session.qc("link");
    session.qc("link Strategie");
    session.qc("link 20000001");
    session.qc("status");
    session.qc("link 20000002");
    session.qc("link 20000001");
    session.go("..");
    session.qc("pusch");
    session.qc("logout");
    session.qc("projects");
    session.is_as("first_contact.txt");
}

#[test]
fn a_day_of_work() {
    let mut session = Session::cloned(&[
        ("main.py", "PERIOD = 14\n"),
        ("signals/alpha.py", "WEIGHT = 1\n"),
        ("old.py", "pass\n"),
    ]);
    session.write("main.py", "PERIOD = 21\n");
    session.write("signals/beta.py", "WEIGHT = 2\n");
    session.write("notes.txt", "ask Ann\n");
    session.remove("old.py");
    session.qc("status");
    session.qc("status --short");
    session.qc("status --ignored");
    session.qc("status signals");
    session.qc("diff --stat");
    session.qc("diff main.py");
    session.qc("diff --name-only");
    session.qc("push -n");
    session.qc("push signals");
    session.qc("push");
    session.qc("push");
    session.qc("push nothing.py");
    session.qc("status nothing.py");
    session.write_cloud("signals/alpha.py", "WEIGHT = 3\n");
    session.write("main.py", "PERIOD = 28\n");
    session.qc("push");
    session.qc("pull -n");
    session.qc("pull");
    session.qc("pull");
    session.go("signals");
    session.qc("ls");
    session.qc("ls .");
    session.qc("cat alpha.py");
    session.qc("cat gamma.py");
    session.write("gamma.py", "WEIGHT = 4\n");
    session.qc("put gamma.py");
    session.qc("put gamma.py");
    session.qc("put none.py");
    session.qc("put ../../x.py");
    session.qc("pull");
    session.qc("mv gamma.py delta.py");
    session.qc("status");
    session.qc("pull");
    session.qc("rm delta.py");
    session.qc("rm delta.py");
    session.qc("status");
    session.qc("pull");
    session.tell("Somebody else has the project open.");
    session.is_as("a_day_of_work.txt");
}

#[test]
fn a_conflict() {
    let mut session =
        Session::cloned(&[("main.py", "PERIOD = 14\n\n\nSIZE = 1\n"), ("gone.py", "1\n")]);
    session.write("main.py", "PERIOD = 21\n\n\nSIZE = 1\n");
    session.write_cloud("main.py", "PERIOD = 50\n\n\nSIZE = 1\n");
    session.qc("status");
    session.qc("status --short");
    session.qc("push -n");
    session.qc("push");
    session.qc("pull");
    session.qc("diff");
    session.qc("pull --merge");
    session.show("main.py");
    session.qc("status");
    session.qc("push");
    session.qc("push --ours main.py");
    session.qc("pull --merge");
    session.qc("put main.py");
    session.qc("undo");
    session.qc("status");
    session.qc("push --ours main.py");
    session.qc("status");
    session.tell("Edits that do not overlap.");
    session.write("main.py", "PERIOD = 28\n\n\nSIZE = 1\n");
    session.write_cloud("main.py", "PERIOD = 21\n\n\nSIZE = 2\n");
    session.qc("pull --merge");
    session.qc("push");
    session.tell("A file that one side has deleted.");
    session.remove("gone.py");
    session.write_cloud("gone.py", "2\n");
    session.qc("status");
    session.qc("push");
    session.qc("pull --merge");
    session.qc("pull --theirs gone.py");
    session.write("gone.py", "3\n");
    session.write_cloud("gone.py", "4\n");
    session.qc("push --force");
    session.is_as("a_conflict.txt");
}

#[test]
fn the_way_back() {
    let mut session = Session::cloned(&[("main.py", "PERIOD = 14\n"), ("alpha.py", "W = 1\n")]);
    session.qc("history");
    session.qc("undo");
    session.qc("restore main.py");
    session.write("main.py", "PERIOD = 21\n");
    session.qc("restore main.py");
    session.show("main.py");
    session.qc("undo");
    session.show("main.py");
    session.qc("push");
    session.write_cloud("main.py", "PERIOD = 50\n");
    session.qc("pull");
    session.qc("history");
    session.qc("undo");
    session.qc("undo");
    session.qc("undo 99");
    session.qc("history main.py");
    session.qc("restore main.py --from 2");
    session.show("main.py");
    session.qc("restore main.py --from cloud");
    session.qc("restore main.py --from yesterday");
    session.qc("restore none.py");
    session.remove("alpha.py");
    session.qc("push");
    session.qc("restore alpha.py");
    session.qc("push");
    session.write("main.py", "PERIOD = 60\n");
    session.qc("undo 1");
    session.qc("undo");
    session.qc("history --keep-days 365 --keep-mb 500");
    session.is_as("the_way_back.txt");
}
