//! The command, run as a person runs it, against the emulator over real sockets.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that failed")]

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    thread,
};

use qc_emulator::{Emulator, Fault, Rule, ServerThread};
use qc_files::{ApiToken, Credentials, Language, ProjectId, UserId};
use serde_json::{Value, json};
use tempfile::TempDir;

const TOKEN: &str = "d41d8cd98f00b204e9800998ecf8427e";

struct World {
    server: ServerThread,
    id: ProjectId,
    home: TempDir,
}

impl World {
    /// A service with one project, `Folder/Strategy`, of these files.
    fn new(files: &[(&str, &str)]) -> Self {
        let credentials = Credentials::new(UserId::new(7), ApiToken::new(TOKEN).unwrap());
        let mut emulator = Emulator::new(credentials);
        let id = emulator.add_project("Folder/Strategy", Language::Python);
        for file in emulator.file_names(id) {
            emulator.remove_file(id, &file);
        }
        for (file, text) in files {
            emulator.put_file(id, file, text);
        }
        let server = ServerThread::start(emulator).unwrap();
        Self { server, id, home: TempDir::new().unwrap() }
    }

    /// As [`new`](Self::new), and cloned.
    fn cloned(files: &[(&str, &str)]) -> Self {
        let world = Self::new(files);
        world.qc(&["clone", &world.id.to_string()]).exits(0);
        world
    }

    fn folder(&self) -> PathBuf {
        self.home.path().join("Strategy")
    }

    fn put(&self, file: &str, content: &str) {
        fs::write(self.folder().join(file), content).unwrap();
    }

    fn get(&self, file: &str) -> String {
        fs::read_to_string(self.folder().join(file)).unwrap()
    }

    fn cloud(&self, file: &str) -> Option<String> {
        self.server.emulator().file(self.id, file).map(str::to_owned)
    }

    fn put_cloud(&self, file: &str, content: &str) {
        self.server.emulator().put_file(self.id, file, content);
    }

    fn command(&self, directory: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_qc"));
        command.args(arguments).current_dir(directory).stdin(Stdio::null());
        for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "QC_API"] {
            command.env_remove(name);
        }
        command
            .env("HOME", self.home.path())
            .env("USERPROFILE", self.home.path())
            .env("QUANTCONNECT_USER_ID", "7")
            .env("QUANTCONNECT_API_TOKEN", TOKEN)
            .env("QUANTCONNECT_BASE_URL", self.server.base_url());
        command
    }

    /// As [`qc`](Self::qc), with this on standard input.
    fn qc_with(&self, input: &str, arguments: &[&str]) -> Ran {
        let mut command = self.command(self.home.path(), arguments);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        Ran::new(child.wait_with_output().unwrap(), arguments)
    }

    /// Runs `qc` in the cloned folder, or where it will be made.
    fn qc(&self, arguments: &[&str]) -> Ran {
        let folder = self.folder();
        let directory = if folder.exists() { &folder } else { self.home.path() };
        Ran::new(self.command(directory, arguments).output().unwrap(), arguments)
    }
}

struct Ran {
    what: String,
    code: Option<i32>,
    out: String,
    err: String,
}

impl Ran {
    fn new(output: Output, arguments: &[&str]) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let (out, err) = (text(output.stdout), text(output.stderr));
        for said in [&out, &err] {
            assert!(!said.contains(TOKEN) && !said.contains("Basic "), "a secret is shown: {said}");
        }
        Self { what: format!("qc {}", arguments.join(" ")), code: output.status.code(), out, err }
    }

    #[track_caller]
    fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}\n{}{}", self.what, self.out, self.err);
        self
    }

    #[track_caller]
    fn says(self, text: &str) -> Self {
        let said = format!("{}{}", self.out, self.err);
        assert!(said.contains(text), "{} does not say {text:?}: {said}", self.what);
        self
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }
}

#[test]
fn a_project_is_cloned_edited_pushed_and_pulled() {
    let world = World::new(&[("main.py", "a = 1\n"), ("pkg/b.py", "b = 1\n")]);
    world.qc(&["whoami"]).exits(0).says("user 7");
    world.qc(&["projects"]).exits(0).says("Folder/Strategy");
    world.qc(&["clone", "Folder/Strategy"]).exits(0).says("2 files");
    assert_eq!(world.get("pkg/b.py"), "b = 1\n");
    let config: Value = serde_json::from_str(&world.get("config.json")).unwrap();
    assert_eq!(config["cloud-id"], json!(world.id));
    world.qc(&["status"]).exits(0).says("in step");

    world.put("main.py", "a = 2\n");
    world.put("new.py", "c = 3\n");
    world.qc(&["status"]).exits(1).says("create new.py").says("update main.py");
    world.qc(&["push", "--dry-run"]).exits(0).says("update main.py");
    assert_eq!(world.cloud("main.py").as_deref(), Some("a = 1\n"), "a dry run does nothing");
    world.qc(&["push"]).exits(0).says("create new.py");
    assert_eq!(world.cloud("main.py").as_deref(), Some("a = 2\n"));

    world.put_cloud("pkg/b.py", "b = 2\n");
    let inside = world.folder().join("pkg");
    let pulled = world.command(&inside, &["pull"]).output().unwrap();
    Ran::new(pulled, &["pull"]).exits(0).says("write pkg/b.py");
    assert_eq!(world.get("pkg/b.py"), "b = 2\n");
    world.qc(&["ls"]).exits(0).says("pkg/b.py");
    assert_eq!(world.qc(&["cat", "pkg/b.py"]).exits(0).out, "b = 2\n");
}

#[test]
fn thirty_edits_cost_three_requests() {
    let files: Vec<(String, String)> =
        (0..30).map(|number| (format!("f{number}.py"), format!("x = {number}\n"))).collect();
    let files: Vec<(&str, &str)> =
        files.iter().map(|(file, text)| (file.as_str(), text.as_str())).collect();
    let world = World::cloned(&files);
    for (file, _) in &files {
        world.put(file, "x = 100\n");
    }
    let before = world.server.emulator().requests().len();
    world.qc(&["push"]).exits(0);
    assert_eq!(world.server.emulator().requests().len() - before, 3);
}

#[test]
fn a_conflict_is_told_left_alone_and_settled_by_name() {
    let world = World::cloned(&[("a.py", "1\n"), ("b.py", "1\n")]);
    for file in ["a.py", "b.py"] {
        world.put(file, "mine\n");
        world.put_cloud(file, "theirs\n");
    }
    for command in ["status", "pull", "push"] {
        world.qc(&[command]).exits(3).says("a.py (updated here, updated in the cloud)");
    }
    assert_eq!(
        (world.get("a.py").as_str(), world.cloud("a.py").as_deref()),
        ("mine\n", Some("theirs\n"))
    );
    world.qc(&["pull"]).exits(3).says("qc push --ours NAME");
    world.qc(&["push", "--ours", "a.py"]).exits(3).says("update a.py");
    world.qc(&["pull", "--theirs", "b.py"]).exits(0).says("write b.py");
    assert_eq!(
        (world.get("b.py").as_str(), world.cloud("a.py").as_deref()),
        ("theirs\n", Some("mine\n"))
    );
    world.qc(&["status"]).exits(0);
}

#[test]
fn faults_on_the_way_change_nothing_about_the_end() {
    let world = World::cloned(&[("a.py", "1\n"), ("b.py", "1\n"), ("gone.py", "1\n")]);
    world.put("a.py", "2\n");
    world.put("b.py", "2\n");
    world.put("c.py", "new\n");
    fs::remove_file(world.folder().join("gone.py")).unwrap();
    for (endpoint, fault) in [
        ("files/patch", Fault::DropAfter),
        ("files/create", Fault::DropAfter),
        ("files/delete", Fault::Reset { applied: true }),
        ("files/read", Fault::ShortBody),
        ("files/update", Fault::Status { status: 502, applied: true }),
    ] {
        world.server.emulator().add_rule(Rule::new(fault).on(endpoint));
    }
    world.qc(&["push"]).exits(0);
    let emulator = world.server.emulator();
    assert_eq!(emulator.file_names(world.id), ["a.py", "b.py", "c.py"]);
    assert_eq!(emulator.file(world.id, "a.py"), Some("2\n"));
    let created = emulator.applied().iter().filter(|applied| applied.endpoint == "files/create");
    assert_eq!(created.count(), 1, "made once");
}

#[test]
fn exit_codes_tell_what_went_wrong() {
    let world = World::cloned(&[("a.py", "1\n")]);
    world.qc(&["pusch"]).exits(2).says("similar subcommand");
    world.qc(&["cat", "none.py"]).exits(5).says("File not found");
    world.qc(&["clone", "No such"]).exits(5).says("qc projects");
    world.qc(&["clone", "999999999"]).exits(5);
    let nowhere = world.command(world.home.path(), &["status"]).output().unwrap();
    Ran::new(nowhere, &["status"]).exits(2).says("qc clone");
    let wrong = world
        .command(world.home.path(), &["whoami"])
        .env("QUANTCONNECT_API_TOKEN", "wrong")
        .output();
    Ran::new(wrong.unwrap(), &["whoami"]).exits(4).says("API token");
    let none =
        world.command(world.home.path(), &["whoami"]).env_remove("QUANTCONNECT_API_TOKEN").output();
    Ran::new(none.unwrap(), &["whoami"]).exits(4).says("QUANTCONNECT_API_TOKEN is not set");
    let odd = world
        .command(world.home.path(), &["whoami"])
        .env_remove("QUANTCONNECT_BASE_URL")
        .env("QC_API", "x")
        .output();
    Ran::new(odd.unwrap(), &["whoami"]).exits(2).says("`beta` or `local`");
    world.server.emulator().add_rule(Rule::new(Fault::Refusal("No.".to_owned())).always());
    world.qc(&["ls"]).exits(6).says("No.");
}

#[test]
fn one_error_is_one_line_and_says_what_to_do() {
    let world = World::cloned(&[("a.py", "1\n")]);
    world.server.emulator().add_rule(Rule::new(Fault::DropBefore).always());
    let ran = world.qc(&["status"]).exits(6);
    assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
    assert!(ran.err.contains("check the network and the base URL"), "{}", ran.err);
}

#[test]
fn a_file_that_is_refused_is_named_and_the_others_are_pushed() {
    let world = World::cloned(&[]);
    world.put("a.py", "1\n");
    world.put("b.py", "2\n");
    fs::write(world.folder().join("latin.py"), b"\xe4").unwrap();
    world
        .server
        .emulator()
        .add_rule(Rule::new(Fault::Refusal("Too odd.".to_owned())).on("files/create"));
    let ran = world.qc(&["push"]).exits(7).says("failed: create a.py").says("Too odd.");
    ran.says("create b.py").says("left alone: latin.py: it is not UTF-8");
    assert_eq!(world.cloud("b.py").as_deref(), Some("2\n"));
    world.qc(&["push"]).exits(7).says("create a.py");
}

#[test]
fn hostile_names_are_escaped_and_write_nothing_outside() {
    let world = World::new(&[
        ("main.py", "1\n"),
        ("../../out.py", "x"),
        ("\u{1b}[2Jred.py", "x"),
        ("re\u{202e}yp.py", "x"),
        (".git/hooks/x.py", "x"),
        ("config.json", "{\"cloud-id\": 1}"),
    ]);
    let ran = world.qc(&["clone", &world.id.to_string()]).exits(7);
    let ran =
        ran.says("left alone: ../../out.py").says("\\u{1b}[2Jred.py").says("re\\u{202e}yp.py");
    assert!(!ran.err.contains('\u{1b}') && !ran.err.contains('\u{202e}'), "{:?}", ran.err);
    assert_eq!(world.get("main.py"), "1\n");
    assert!(world.get("config.json").contains(&world.id.to_string()));
    let beside: Vec<_> =
        fs::read_dir(world.home.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(beside, ["Strategy"]);
    assert!(!world.folder().join(".git").exists());
    let listed = world.qc(&["ls"]).exits(0);
    assert!(!listed.out.contains('\u{1b}'), "{:?}", listed.out);
}

#[test]
fn json_is_for_programs() {
    let world = World::cloned(&[("a.py", "1\n"), ("b.py", "1\n")]);
    assert_eq!(world.qc(&["whoami", "--json"]).exits(0).json(), json!({"userId": "7"}));
    let projects = world.qc(&["projects", "--json"]).exits(0).json();
    assert_eq!(projects[0]["projectId"], json!(world.id));
    assert_eq!(projects[0]["name"], "Folder/Strategy");
    world.put("a.py", "2\n");
    world.put_cloud("b.py", "2\n");
    assert_eq!(
        world.qc(&["status", "--json"]).exits(1).json(),
        json!({"push": ["update a.py"], "pull": ["update b.py"], "conflicts": []})
    );
    assert_eq!(
        world.qc(&["push", "--json"]).exits(0).json(),
        json!({"done": ["update a.py"], "failed": [], "conflicts": [], "refused": []})
    );
    assert_eq!(
        world.qc(&["pull", "--json"]).exits(0).json(),
        json!({"done": ["write b.py"], "conflicts": [], "refused": []})
    );
    assert_eq!(world.qc(&["ls", "--json"]).exits(0).json()[0]["name"], "a.py");
}

#[test]
fn verbose_shows_each_attempt_and_quiet_what_went_wrong_only() {
    let world = World::cloned(&[("a.py", "1\n")]);
    world.put("a.py", "2\n");
    world.server.emulator().add_rule(Rule::new(Fault::DropAfter).on("files/update"));
    let ran = world.qc(&["push", "--verbose"]).exits(0);
    let requests: Vec<&str> = ran.err.lines().filter_map(|line| line.split(" (").next()).collect();
    assert_eq!(requests, ["files/read #1", "files/update #1", "files/update #2", "files/read #1"]);
    assert!(
        ran.err.contains("200 OK") && ran.err.contains("waiting for the answer"),
        "{}",
        ran.err
    );

    world.put("a.py", "3\n");
    let ran = world.qc(&["push", "--quiet"]).exits(0);
    assert_eq!((ran.out.as_str(), ran.err.as_str()), ("", ""));
    assert_eq!(world.qc(&["cat", "a.py", "-q"]).exits(0).out, "3\n");
    world.put("latin.py", "x");
    fs::write(world.folder().join("latin.py"), b"\xe4").unwrap();
    world.qc(&["push", "-q"]).exits(7).says("latin.py");
}

#[test]
fn a_clone_does_not_go_where_something_is() {
    let world = World::new(&[("a.py", "1\n")]);
    fs::create_dir(world.home.path().join("taken")).unwrap();
    fs::write(world.home.path().join("taken/mine.py"), "mine").unwrap();
    let id = world.id.to_string();
    world.qc(&["clone", &id, "taken"]).exits(2).says("not empty");
    assert!(!world.home.path().join("taken/config.json").exists());
    fs::create_dir(world.home.path().join("empty")).unwrap();
    world.qc(&["clone", &id, "empty"]).exits(0);
    world.qc(&["clone", &id, "a/new/one"]).exits(0);
    assert!(world.home.path().join("a/new/one/a.py").exists());
}

#[test]
fn a_folder_of_the_official_tool_works_at_once() {
    let world = World::new(&[("main.py", "1\n"), ("other.py", "2\n")]);
    fs::create_dir(world.folder()).unwrap();
    let config = format!("{{\n    \"zebra\": 1,\n    \"cloud-id\": {}\n}}", world.id);
    world.put("config.json", &config);
    world.put("main.py", "1");
    world.put("mine.py", "3\n");
    let status = world.qc(&["status", "--json"]).exits(1).json();
    assert_eq!(
        status,
        json!({"push": ["create mine.py"], "pull": ["create other.py"], "conflicts": []})
    );
    world.qc(&["pull"]).exits(0);
    world.qc(&["push"]).exits(0);
    assert_eq!(world.get("config.json"), config, "it is kept as it was");
    world.qc(&["status"]).exits(0).says("in step");
}

#[test]
fn single_files_are_put_renamed_patched_and_removed() {
    let world = World::new(&[("a.py", "one\ntwo\n")]);
    let id = world.id.to_string();
    let there = ["--project", id.as_str()];
    let qc = |input: &str, arguments: &[&str]| world.qc_with(input, &[arguments, &there].concat());
    qc("new\n", &["put", "b.py"]).exits(0).says("create b.py");
    qc("newer\n", &["put", "b.py", "-"]).exits(0).says("update b.py");
    assert_eq!(world.cloud("b.py").as_deref(), Some("newer\n"));
    qc("", &["put", "b.py"]).exits(0);
    assert_eq!(world.cloud("b.py").as_deref(), Some(""));
    qc("", &["put", "pkg/__init__.py"]).exits(0).says("create");
    qc("", &["put", "../x.py"]).exits(2).says("..");
    qc("--- a/a.py\n+++ b/a.py\n@@ -1,2 +1,2 @@\n one\n-two\n+three\n", &["patch"]).exits(0);
    assert_eq!(world.cloud("a.py").as_deref(), Some("one\nthree\n"));
    qc("no diff", &["patch"]).exits(6);
    qc("", &["mv", "a.py", "c.py"]).exits(0).says("rename a.py to c.py");
    qc("", &["rm", "c.py"]).exits(0).says("delete c.py");
    qc("", &["rm", "c.py"]).exits(5);
    assert_eq!(world.server.emulator().file_names(world.id), ["b.py", "pkg/__init__.py"]);
}

#[test]
fn a_diff_goes_from_the_cloud_to_here() {
    let world = World::cloned(&[("a.py", "one\ntwo\n"), ("gone.py", "1\n"), ("same.py", "1\n")]);
    world.qc(&["diff"]).exits(0);
    world.put("a.py", "one\nthree\u{1b}[31m\n");
    world.put("same.py", "1\r\n");
    world.put("new.py", "2\n");
    fs::remove_file(world.folder().join("gone.py")).unwrap();
    let ran = world.qc(&["diff"]).exits(1);
    for line in [
        "--- cloud/a.py",
        "+++ here/a.py",
        "-two",
        "+three\\u{1b}[31m",
        "+++ /dev/null",
        "--- /dev/null",
    ] {
        assert!(ran.out.lines().any(|said| said == line), "{line} is missing:\n{}", ran.out);
    }
    assert!(!ran.out.contains("same.py"), "{}", ran.out);
    let one = world.qc(&["diff", "new.py"]).exits(1);
    assert!(!one.out.contains("a.py"), "{}", one.out);
}

#[test]
fn a_login_is_verified_and_kept_for_its_owner_only() {
    let world = World::new(&[]);
    let file = world.home.path().join(".lean/credentials");
    let login = ["login", "--user-id", "7", "--api-token-stdin"];
    world.qc_with("wrong\n", &login).exits(4);
    assert!(!file.exists(), "nothing is kept that the service does not accept");
    world.qc_with("", &login).exits(2);
    world.qc_with(&format!("{TOKEN}\n"), &login).exits(0).says("user 7");
    let kept: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(kept, json!({"user-id": "7", "api-token": TOKEN}));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;

        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let mut whoami = world.command(world.home.path(), &["whoami"]);
    whoami.env_remove("QUANTCONNECT_USER_ID").env_remove("QUANTCONNECT_API_TOKEN");
    Ran::new(whoami.output().unwrap(), &["whoami"]).exits(0).says("user 7");
    world.qc(&["logout"]).exits(0).says("removed");
    assert!(!file.exists());
    world.qc(&["logout"]).exits(0).says("there were no credentials");
}

#[test]
fn the_demo_needs_nothing_and_leaves_nothing() {
    let world = World::new(&[]);
    let mut demo = world.command(world.home.path(), &["demo"]);
    demo.env_remove("QUANTCONNECT_USER_ID").env_remove("QUANTCONNECT_API_TOKEN");
    demo.env("TMPDIR", world.home.path());
    let ran = Ran::new(demo.output().unwrap(), &["demo"]).exits(0);
    let ran = ran.says("rename signals/alpha.py to alpha.py").says("conflict: main.py");
    ran.says("in the cloud now: PERIOD = 14").says("13 requests");
    assert_eq!(fs::read_dir(world.home.path()).unwrap().count(), 0);
    assert!(world.server.emulator().requests().is_empty(), "it has a service of its own");
}

#[test]
fn completions_and_the_manual_name_every_command() {
    let world = World::new(&[]);
    let man = world.qc(&["man"]).exits(0).out;
    let bash = world.qc(&["completions", "bash"]).exits(0).out;
    for command in ["clone", "status", "diff", "pull", "push", "login", "demo"] {
        assert!(man.contains(command) && bash.contains(command), "{command}");
    }
    world.qc(&["completions", "cmd"]).exits(2).says("possible values");
}

/// Kills the command as soon as the service has seen so many requests of it.
fn killed_after(world: &World, arguments: &[&str], requests: usize) {
    let before = world.server.emulator().requests().len();
    let mut command = world.command(&world.folder(), arguments);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while world.server.emulator().requests().len() < before + requests
        && child.try_wait().unwrap().is_none()
    {
        thread::yield_now();
    }
    let _ = child.kill();
    child.wait().unwrap();
}

#[test]
fn killed_at_any_request_it_leaves_whole_files_and_goes_on_from_there() {
    let old: Vec<(String, String)> = (0..20)
        .map(|number| (format!("f{number}.py"), format!("old {number}\n").repeat(500)))
        .collect();
    let files: Vec<(&str, &str)> =
        old.iter().map(|(file, text)| (file.as_str(), text.as_str())).collect();
    let new = |text: &str| text.replace("old", "new");
    for requests in 1..=9 {
        let world = World::cloned(&files);
        // Ten changed here, ten in the cloud; of ours, one made, one moved, one removed.
        for (file, text) in &files[..10] {
            world.put(file, &new(text));
        }
        for (file, text) in &files[10..] {
            world.put_cloud(file, &new(text));
        }
        world.put("made.py", "made\n");
        fs::rename(world.folder().join("f0.py"), world.folder().join("moved.py")).unwrap();
        fs::remove_file(world.folder().join("f1.py")).unwrap();

        killed_after(&world, &["push"], requests);
        killed_after(&world, &["pull"], 1);
        for (file, text) in &files[10..] {
            let here = world.get(file);
            assert!(here == *text || here == new(text), "{file} is half written after {requests}");
        }
        world.qc(&["push"]).exits(0);
        world.qc(&["pull"]).exits(0);
        world.qc(&["status"]).exits(0).says("in step");
        for (file, text) in &files[2..] {
            assert_eq!(world.get(file), new(text), "{file} after {requests}");
            assert_eq!(world.cloud(file), Some(new(text)), "{file} after {requests}");
        }
        assert_eq!(world.cloud("made.py").as_deref(), Some("made\n"));
        assert_eq!(world.cloud("f0.py").or(world.cloud("f1.py")), None);
        assert!(world.cloud("moved.py").is_some());
    }
}

#[cfg(unix)]
#[test]
fn a_reader_that_leaves_is_no_error() {
    let world = World::new(&[("a.py", &"x".repeat(1 << 20))]);
    let id = world.id.to_string();
    let mut cat = world.command(world.home.path(), &["cat", "a.py", "--project", &id]);
    let mut child = cat.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0));
}
