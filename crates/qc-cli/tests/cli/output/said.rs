//! Single calls, and what the command says about them: to people, to programs, and when it fails.

#[cfg(unix)]
use std::process::Stdio;
use std::{fs, path::PathBuf};

use qc_emulator::{Fault, Rule};
use serde_json::{Value, json};

use crate::world::{Ran, TOKEN, World};

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
fn verbose_shows_each_attempt_and_quiet_what_went_wrong_only() {
    let world = World::cloned(&[("a.py", "1\n")]);
    world.put("a.py", "2\n");
    world.server.emulator().add_rule(Rule::new(Fault::DropAfter).on("files/read"));
    let ran = world.qc(&["push", "--verbose"]).exits(0);
    let requests: Vec<&str> =
        ran.err.lines().filter_map(|line| line.split_once(" (")).map(|(what, _)| what).collect();
    assert_eq!(requests, ["files/patch #1", "files/read #1", "files/read #2"]);
    assert!(
        ran.err.contains("200 OK")
            && ran.err.contains("waiting for the answer")
            && ran.err.contains("s before trying again"),
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
fn single_files_are_put_renamed_patched_and_removed() {
    let world = World::new(&[("a.py", "one\ntwo\n")]);
    let id = world.id.to_string();
    let there = ["--project", id.as_str()];
    let qc = |input: &str, arguments: &[&str]| world.qc_with(input, &[arguments, &there].concat());
    qc("new\n", &["put", "b.py", "-"]).exits(0).says("create b.py");
    qc("newer\n", &["put", "b.py", "-"]).exits(0).says("update b.py");
    assert_eq!(world.cloud("b.py").as_deref(), Some("newer\n"));
    qc("", &["put", "b.py", "-"]).exits(2).says("--allow-empty");
    qc("", &["put", "b.py", "-", "--allow-empty"]).exits(0);
    assert_eq!(world.cloud("b.py").as_deref(), Some(""));
    qc("", &["put", "pkg/__init__.py", "-", "--allow-empty"]).exits(0).says("create");
    qc("x", &["put", "../x.py", "-"]).exits(2).says("..");
    qc("--- a/a.py\n+++ b/a.py\n@@ -1,2 +1,2 @@\n one\n-two\n+three\n", &["patch"]).exits(0);
    assert_eq!(world.cloud("a.py").as_deref(), Some("one\nthree\n"));
    qc("no diff", &["patch"]).exits(6);
    qc("", &["mv", "a.py", "c.py"]).exits(0).says("rename a.py to c.py");
    qc("", &["rm", "c.py"]).exits(0).says("delete c.py");
    qc("", &["rm", "c.py"]).exits(5);
    assert_eq!(world.server.emulator().file_names(world.id), ["b.py", "pkg/__init__.py"]);
}

#[test]
fn a_diff_goes_from_what_both_had_to_what_each_has_now() {
    let world = World::cloned(&[("a.py", "one\ntwo\n"), ("gone.py", "1\n"), ("same.py", "1\n")]);
    world.qc(&["diff"]).exits(0);
    world.put("a.py", "one\nthree\u{1b}[31m\n");
    world.put("same.py", "1\r\n");
    world.put("new.py", "2\n");
    fs::remove_file(world.folder().join("gone.py")).unwrap();
    let ran = world.qc(&["diff"]).exits(1);
    for line in [
        "--- base/a.py",
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
    world.qc(&["diff", "nwe.py"]).exits(5).says("there is no file nwe.py");

    // Changed there only, and on both sides: the base is still known.
    world.put_cloud("same.py", "2\n");
    let there = world.qc(&["diff", "same.py"]).exits(1).out;
    assert!(there.contains("--- base/same.py\n+++ cloud/same.py\n"), "{there}");
    world.put_cloud("a.py", "zero\none\ntwo\n");
    let both = world.qc(&["diff", "a.py", "--json"]).exits(1).json();
    let sides = [&both[0], &both[1]].map(|diff| (&diff["side"], diff["diff"].as_str().unwrap()));
    assert_eq!((sides[0].0, sides[1].0), (&json!("here"), &json!("cloud")));
    assert!(sides[0].1.contains("-two\n") && !sides[0].1.contains("zero"), "{}", sides[0].1);
    assert!(sides[1].1.contains("+zero\n") && !sides[1].1.contains("three"), "{}", sides[1].1);
}

#[test]
fn a_login_is_verified_and_kept_for_its_owner_only() {
    let world = World::new(&[]);
    let file = credentials_file(&world);
    let login = ["login", "--user-id", "7", "--api-token-stdin"];
    world.qc_with("wrong\n", &login).exits(4);
    assert!(!file.exists(), "nothing is kept that the service does not accept");
    world.qc_with("", &login).exits(2);
    world.qc_with(&format!("{TOKEN}\n"), &login).exits(0).says("user 7");
    let said = world.qc_with(TOKEN, &[&login[..], &["--json"]].concat()).exits(0).json();
    assert_eq!(said, json!({"userId": "7", "file": file}));
    let kept: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(kept, json!({"user-id": "7", "api-token": TOKEN}));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;

        let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&file), mode(&world.home.path().join(".lean"))), (0o600, 0o700));
    }
    let ran = logged_in(&world, &["whoami"]).exits(0).says("user 7");
    assert!(!ran.err.contains("caution"), "{}", ran.err);
    world.qc(&["logout"]).exits(0).says("removed");
    assert!(!file.exists());
    world.qc(&["logout"]).exits(0).says("there were no credentials");
}

/// Returns the file in which a login at the world's service is kept, apart from those of the real one.
fn credentials_file(world: &World) -> PathBuf {
    let url = world.server.base_url();
    let host = url.split('/').nth(2).unwrap().replace(['.', ':'], "_");
    world.home.path().join(format!(".lean/credentials-{host}"))
}

/// Runs a command without credentials in the environment.
fn logged_in(world: &World, arguments: &[&str]) -> Ran {
    let mut command = world.command(world.home.path(), arguments);
    command.env_remove("QUANTCONNECT_USER_ID").env_remove("QUANTCONNECT_API_TOKEN");
    Ran::new(command.output().unwrap(), arguments)
}

#[cfg(unix)]
#[test]
fn credentials_that_others_can_read_are_used_with_a_caution() {
    use std::os::unix::fs::PermissionsExt as _;

    let world = World::new(&[]);
    let file = credentials_file(&world);
    let allow = |mode| fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
    world.qc_with(TOKEN, &["login", "--user-id", "7", "--api-token-stdin"]).exits(0);
    let caution = format!(
        "caution: other users of this machine have access to the credentials in {0}: run `chmod 600 {0}`\n",
        file.display()
    );
    for mode in [0o644, 0o640, 0o604] {
        allow(mode);
        for arguments in [&["whoami"][..], &["whoami", "--quiet"], &["projects", "--json"]] {
            let ran = logged_in(&world, arguments).exits(0);
            assert_eq!(ran.err, caution, "{mode:o} {arguments:?}");
        }
    }
    // The file is not used.
    assert_eq!(world.qc(&["whoami"]).exits(0).err, "");
    allow(0o600);
    assert_eq!(logged_in(&world, &["whoami"]).exits(0).err, "");
}

#[cfg(unix)]
#[test]
fn credentials_that_are_no_file_are_refused_at_once() {
    let world = World::new(&[]);
    let file = world.home.path().join(".lean/credentials");
    let refusal = format!("qc: {} is not a regular file\n", file.display());
    fs::create_dir_all(&file).unwrap();
    assert_eq!(logged_in(&world, &["whoami"]).exits(4).err, refusal);
    fs::remove_dir(&file).unwrap();
    // Whoever opens this waits for somebody to write to it, and nobody does.
    assert!(std::process::Command::new("mkfifo").arg(&file).status().unwrap().success());
    assert_eq!(logged_in(&world, &["whoami"]).exits(4).err, refusal);
}

#[test]
fn the_demo_needs_nothing_and_leaves_nothing() {
    let world = World::new(&[]);
    let mut demo = world.command(world.home.path(), &["demo"]);
    demo.env_remove("QUANTCONNECT_USER_ID").env_remove("QUANTCONNECT_API_TOKEN");
    demo.env("TMPDIR", world.home.path());
    let ran = Ran::new(demo.output().unwrap(), &["demo"]).exits(0);
    let ran = ran.says("rename signals/alpha.py to alpha.py").says("conflict: main.py");
    ran.says("in the cloud now: PERIOD = 14").says("14 requests");
    assert_eq!(fs::read_dir(world.home.path()).unwrap().count(), 0);
    assert!(world.server.emulator().requests().is_empty(), "it has a service of its own");
}

#[test]
fn completions_and_the_manual_name_every_command() {
    let world = World::new(&[]);
    let man = world.qc(&["man"]).exits(0).out;
    // The script of other shells asks `qc`: see `completion.rs`.
    let script = world.qc(&["completions", "powershell"]).exits(0).out;
    for command in ["clone", "status", "diff", "pull", "push", "login", "demo"] {
        assert!(man.contains(command) && script.contains(command), "{command}");
    }
    // It may be read when the first line is to be completed.
    world.qc(&["completions", "zsh"]).exits(0).says("= _qc ]]; then _clap_dynamic_completer_qc");
    world.qc(&["completions", "cmd"]).exits(2).says("possible values");
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
