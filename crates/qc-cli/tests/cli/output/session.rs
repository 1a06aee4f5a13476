//! Whole sessions, word for word: what a person types, and all that appears on both streams.
//!
//! The transcripts are in `session/`. With `SNAPSHOTS=overwrite` they are written anew.

use std::{
    fmt::Write as _,
    fs,
    io::Write as _,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use qc_emulator::{Emulator, Fault, RetryAfter, Rule};
use qc_files::{
    Language,
    qc_proto::{Tier, UpdateProject},
};
use regex::Regex;
use serde_json::Value;
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
        Self::with_service(files, |emulator| emulator)
    }

    /// As [`new`](Self::new), of a service of another kind.
    fn with_service(files: &[(&str, &str)], kind: impl FnOnce(Emulator) -> Emulator) -> Self {
        let world = World::with_service(files, kind);
        let directory = world.home.path().to_owned();
        Self { world, directory, has_credentials: true, transcript: String::new() }
    }

    /// As [`new`](Self::new), in the folder of the cloned project.
    fn cloned(files: &[(&str, &str)]) -> Self {
        let mut session = Self::new(files);
        session.qc("clone Folder/Strategy");
        session.change_directory("Strategy");
        session
    }

    fn type_line(&mut self, line: &str) {
        let gap = if self.transcript.is_empty() { "" } else { "\n" };
        writeln!(self.transcript, "{gap}$ {line}").unwrap();
    }

    /// Says what happens outside of the terminal.
    fn note(&mut self, what: &str) {
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
        self.qc_where(&[], typed);
    }

    /// As [`qc`](Self::qc), with these variables set.
    fn qc_where(&mut self, variables: &[(&str, &str)], typed: &str) {
        let set: String =
            variables.iter().map(|(name, value)| format!("{name}={value} ")).collect();
        self.type_line(format!("{set}qc {typed}").trim_end());
        let arguments: Vec<&str> = typed.split_whitespace().collect();
        let mut command = self.command(&arguments);
        let output = command.envs(variables.iter().copied()).output().unwrap();
        self.record(&Ran::new(output, &arguments));
    }

    fn rule(&self, rule: Rule) {
        self.world.server.emulator().add_rule(rule);
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

    fn change_directory(&mut self, directory: &str) {
        self.type_line(&format!("cd {directory}"));
        self.directory = fs::canonicalize(self.directory.join(directory)).unwrap();
    }

    fn write(&mut self, file: &str, text: &str) {
        self.type_line(&format!("printf {text:?} > {file}"));
        let path = self.directory.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Sets a value in `config.json`, as with an editor.
    fn edit_config(&mut self, key: &str, value: &str) {
        self.note(&format!("In config.json: {key:?}: {value}"));
        let path = self.directory.join("config.json");
        let mut config: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        config[key] = serde_json::from_str(value).unwrap();
        fs::write(path, format!("{config:#}\n")).unwrap();
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
        self.note(&format!("A teammate saves {text:?} as {file} in the web."));
        self.world.put_cloud(file, text);
    }

    #[track_caller]
    fn is_as(&self, file: &str) {
        let mut redactions = Redactions::new();
        let home = fs::canonicalize(self.world.home.path()).unwrap();
        redactions.insert("[HOME]", home).unwrap();
        redactions.insert("[HOME]", self.world.home.path().to_owned()).unwrap();
        redactions.insert("[SERVICE]", self.world.server.base_url()).unwrap();
        for (placeholder, pattern) in [
            ("[PORT]", r"127_0_0_1_(?<redacted>[0-9]+)"),
            ("[PORT]", r"127\.0\.0\.1:(?<redacted>[0-9]+)"),
            ("[DATE]", r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9:]{8}Z?"),
            ("[TIME]", r"in (?<redacted>[0-9]+\.[0-9] s):"),
            ("[TIME]", r"; [0-9]+ requests? in (?<redacted>[0-9]+\.[0-9] s)"),
        ] {
            redactions.insert(placeholder, Regex::new(pattern).unwrap()).unwrap();
        }
        let path =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/output/session").join(file);
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
    session.change_directory("Strategy");
    session.qc("status");
    session.qc("push");
    session.qc("pull");
    session.qc("open --print");
    session.note("A folder that was there before.");
    session.change_directory("..");
    session.write("old/main.py", "PERIOD = 7\n");
    session.change_directory("old");
    session.qc("status");
    session.qc("link");
    session.qc("link Strategie");
    session.qc("link 20000001");
    session.qc("status");
    session.qc("link 20000002");
    session.qc("link 20000001");
    session.change_directory("..");
    session.qc("pusch");
    session.qc("logout");
    session.qc("projects");
    session.is_as("first_contact.txt");
}

#[test]
fn settings_in_step() {
    let mut session = Session::cloned(&[("main.py", "PERIOD = 14\n")]);
    session.show("config.json");
    session.edit_config("description", "\"Momentum of 20 days\"");
    session.edit_config("parameters", "{\"period\": \"14\"}");
    session.qc("status");
    session.qc("diff");
    session.qc("push");
    session.note("A teammate sets another description in the web.");
    let mut update = UpdateProject::new(session.world.id);
    update.description = Some("Momentum of 30 days".to_owned());
    session.world.call(update);
    session.qc("pull");
    session.note("Both change it.");
    let mut update = UpdateProject::new(session.world.id);
    update.description = Some("Momentum of 40 days".to_owned());
    session.world.call(update);
    session.edit_config("description", "\"Momentum\"");
    session.qc("push");
    session.qc("push --ours config.json");
    session.qc("status");
    session.is_as("settings_in_step.txt");
}

#[test]
fn does_it_build() {
    let mut session =
        Session::cloned(&[("main.py", "PERIOD = 14\n"), ("signals/fast.py", "W = 1\n")]);
    session.write("signals/fast.py", "import numpy\n\ndef f(:\n    pass\n");
    session.qc("push --compile");
    session.qc("compile");
    session.write("signals/fast.py", "import numpy\n\ndef f():\n    pass\n");
    session.qc("compile");
    session.qc("push --compile");
    session.write_cloud("main.py", "PERIOD = 21\n");
    session.qc("compile");
    session.write("main.py", "PERIOD = 7\n");
    session.qc("push --compile");
    session.is_as("does_it_build.txt");
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
    session.change_directory("signals");
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
    session.is_as("a_day_of_work.txt");
}

#[test]
fn projects() {
    let mut session = Session::new(&[("main.py", "PERIOD = 14\n")]);
    session.qc("new Research/Pairs");
    session.qc("new Research/Pairs");
    session.qc("new Research/Pairs second");
    session.change_directory("Pairs");
    session.qc("status");
    session.qc("project show");
    session.qc("project rename Research/Spreads");
    session.qc("project rename Folder/Strategy");
    session.qc("project delete");
    session.qc("project delete --yes");
    session.qc("project delete --yes");
    session.qc("projects");
    session.qc("projects --all");
    session.qc("project list");
    session.qc("create");
    session.note("A folder that was there before.");
    session.change_directory("..");
    session.write("old/main.py", "PERIOD = 7\n");
    session.write("old/config.json", "{}\n");
    session.change_directory("old");
    session.qc("push");
    session.qc("push --create");
    session.qc("status");
    session.is_as("projects.txt");
}

#[test]
fn workspace() {
    let mut session = Session::new(&[("main.py", "PERIOD = 14\n")]);
    session.qc("status --all");
    session.write("lean.json", "{}\n");
    session.qc("status --all");
    session.qc("clone Folder/Strategy Folder/Strategy");
    session.qc("new Pairs");
    session.qc("new Library/Tools Library/Tools");
    session.qc("status --all");
    session.write("Pairs/main.py", "PERIOD = 21\n");
    session.write_cloud("main.py", "PERIOD = 28\n");
    session.qc("status --all");
    session.qc("pull --all");
    session.qc("push --all");
    session.note("A folder that is not in the cloud yet, and uses a library.");
    let library = r#"[{"name": "Tools", "path": "Library/Tools"}]"#;
    session.write("Fresh/config.json", &format!("{{\"libraries\": {library}}}\n"));
    session.write("Fresh/main.py", "1\n");
    session.qc("push --all");
    session.qc("push --all --create");
    session.note("The library's folder is gone.");
    fs::remove_dir_all(session.directory.join("Library")).unwrap();
    session.qc("pull --all");
    session.note("Both sides change a file.");
    session.write("Folder/Strategy/main.py", "PERIOD = 7\n");
    session.write_cloud("main.py", "PERIOD = 35\n");
    session.qc("push --all");
    session.qc("pull --all --merge");
    session.qc("clone Pairs Copy");
    session.qc("push --all");
    session.is_as("workspace.txt");
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
    session.note("Edits that do not overlap.");
    session.write("main.py", "PERIOD = 28\n\n\nSIZE = 1\n");
    session.write_cloud("main.py", "PERIOD = 21\n\n\nSIZE = 2\n");
    session.qc("pull --merge");
    session.qc("push");
    session.note("A file that one side has deleted.");
    session.remove("gone.py");
    session.write_cloud("gone.py", "2\n");
    session.qc("status");
    session.qc("push");
    session.qc("pull --merge");
    session.qc("pull --theirs gone.py");
    session.remove("gone.py");
    session.write_cloud("gone.py", "5\n");
    session.qc("push --ours gone.py");
    session.qc("ls");
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

/// Returns an address where nobody listens.
fn nobody() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

#[test]
fn trouble_on_the_way_to_the_service() {
    let mut session = Session::cloned(&[("main.py", "PERIOD = 14\n")]);
    session.write("main.py", "PERIOD = 21\n");
    session.note("Nobody listens there.");
    let nobody = nobody();
    session.qc_where(&[("QUANTCONNECT_BASE_URL", &format!("http://{nobody}/api/v2"))], "whoami");
    session.qc_where(&[("QUANTCONNECT_BASE_URL", &format!("http://{nobody}/api/v2"))], "status");
    session.qc_where(&[("QUANTCONNECT_BASE_URL", &format!("http://{nobody}/api/v2"))], "push");
    let proxied = ("HTTPS_PROXY", nobody.as_str());
    let far = ("QUANTCONNECT_BASE_URL", "https://quantconnect.invalid/api/v2");
    let address = format!("https://{nobody}/api/v2");
    let secure = ("QUANTCONNECT_BASE_URL", address.as_str());
    session.qc_where(&[far, proxied], "whoami");
    session.qc_where(&[far, ("HTTPS_PROXY", "ftp://x")], "whoami");
    session.qc_where(&[secure, ("REQUESTS_CA_BUNDLE", "none.pem")], "whoami");
    session.qc_where(&[secure, ("REQUESTS_CA_BUNDLE", "main.py")], "whoami");
    session.qc_where(&[secure, ("SSL_CERT_FILE", "none.pem")], "whoami");
    session.qc("whoami --base-url http://192.0.2.1/api/v2");
    session.qc_where(&[("QUANTCONNECT_API_TOKEN", "")], "whoami");
    session.qc_where(&[("QC_TIER", "gold")], "status");
    session.qc("emulator --listen 0.0.0.0");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    session.type_line("qc emulator --port PORT");
    let output = session.command(&["emulator", "--port", &port]).output().unwrap();
    session.record(&Ran::new(output, &["emulator"]));

    session.note("The service allows no more requests for an hour.");
    let retry_after = Some(RetryAfter::Seconds(3600));
    session.rule(Rule::new(Fault::RateLimited { retry_after }).always());
    session.qc("push");
    session.world.server.emulator().clear_faults();
    session.note("The service is down.");
    session.rule(Rule::new(Fault::Status { status: 503, applied: false }).always());
    session.qc("push");
    session.world.server.emulator().clear_faults();
    session.note("The service takes longer than is wanted.");
    let held = session.world.server.emulator();
    let output = session.command(&["pull", "--timeout", "100ms"]).output().unwrap();
    drop(held);
    session.type_line("qc pull --timeout 100ms");
    session.record(&Ran::new(output, &["pull"]));
    session.is_as("trouble_on_the_way.txt");

    let mut session = Session::with_service(&[], |emulator| emulator.with_clock_skew(10_800));
    session.note("The clock is three hours late, and a proxy's Date agrees with it.");
    session.rule(Rule::new(Fault::Skew { seconds: -10_800 }).always());
    session.qc("whoami");
    session.is_as("trouble_with_the_clock.txt");
}

#[test]
fn trouble_in_the_folder_and_the_project() {
    let names: Vec<String> = (1..13).map(|number| format!("file{number}.py")).collect();
    let files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "1\n")).collect();
    let mut session = Session::cloned(&files);
    session.note("Somebody else has the project open, and does not let it go.");
    session.write("file1.py", "2\n");
    let refusal = Fault::Refusal("Endpoint not found".to_owned());
    session.rule(Rule::new(refusal).on("projects/collaboration/lock/acquire").always());
    session.world.server.emulator().lock(session.world.id, "web-ide");
    session.qc("push");
    session.qc("push --force");
    session.world.server.emulator().unlock(session.world.id);
    session.world.server.emulator().clear_faults();

    session.note("Another qc is at work here.");
    let held = qc_sync::Folder::open(session.directory.clone()).unwrap();
    session.qc("push");
    drop(held);

    session.note("Most files are gone.");
    for name in &names[1..] {
        fs::remove_file(session.directory.join(name)).unwrap();
    }
    session.qc("push");
    session.remove("file1.py");
    session.qc("push");
    session.qc("pull --force");
    for name in &names {
        session.world.server.emulator().remove_file(session.world.id, name);
    }
    session.note("All files are gone in the cloud.");
    session.qc("pull");

    session.note("The folder names another project.");
    let config = fs::read_to_string(session.directory.join("config.json")).unwrap();
    let id = session.world.id.to_string();
    fs::write(session.directory.join("config.json"), config.replace(&id, "20000009")).unwrap();
    session.qc("status");
    session.note("The folder's config.json is damaged.");
    fs::write(session.directory.join("config.json"), "{").unwrap();
    session.qc("status");
    session.note("A parameter is a number.");
    let number = config.replacen("\"parameters\": {}", "\"parameters\": {\"period\": 14}", 1);
    assert_ne!(number, config);
    fs::write(session.directory.join("config.json"), number).unwrap();
    session.qc("push");
    session.note("The official tool has noted that the project is encrypted.");
    let encrypted = config.replacen('{', "{\"encrypted\": true, ", 1);
    fs::write(session.directory.join("config.json"), encrypted).unwrap();
    session.qc("status");
    session.is_as("trouble_in_the_folder.txt");
}

#[test]
fn trouble_with_files() {
    let mut session =
        Session::with_service(&[("main.py", "1\n")], |emulator| emulator.with_tier(Tier::Free));
    session.qc("clone Folder/Strategy");
    session.change_directory("Strategy");
    session.note("A file of 40,000 characters, and one that is not UTF-8.");
    fs::write(session.directory.join("large.py"), "x".repeat(40_000)).unwrap();
    fs::write(session.directory.join("latin.py"), b"\xe4\n").unwrap();
    session.qc("status");
    session.qc("push");
    session.qc("push --tier free");
    session.write_cloud("../odd.py", "1\n");
    session.qc("pull");
    session.is_as("trouble_with_files.txt");
}
