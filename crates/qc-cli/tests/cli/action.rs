//! What the GitHub Action of this repository does, as far as a shell goes: its script with `qc`, and a `gh` that notes what
//! it is asked.

use std::{
    env, fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
};

use crate::world::{Ran, TOKEN, World};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../.github/action/run.sh");

const BROKEN: &str = "import x\n\ndef f(:\n    pass\n";

/// Answers the search for a comment with what is in `found`, and notes the arguments and the text of each other request.
const GH: &str = r#"#!/usr/bin/env bash
case "$*" in
*--paginate*) cat "$NOTES/found" ;;
*) echo "$*" >>"$NOTES/asked"; cat "${!##body=@}" >"$NOTES/body" ;;
esac
"#;

/// A runner with a checkout that has the project in `algo`.
struct Runner {
    world: World,
    checkout: PathBuf,
    notes: PathBuf,
}

impl Runner {
    fn new(files: &[(&str, &str)]) -> Self {
        let world = World::cloned(files);
        let home = fs::canonicalize(world.home.path()).unwrap();
        let (checkout, notes) = (home.join("checkout"), home.join("notes"));
        for folder in [&checkout, &notes, &home.join("bin")] {
            fs::create_dir(folder).unwrap();
        }
        // What git would bring: no `.qc`.
        fs::rename(world.folder(), checkout.join("algo")).unwrap();
        fs::remove_dir_all(checkout.join("algo/.qc")).unwrap();
        let gh = home.join("bin/gh");
        fs::write(&gh, GH).unwrap();
        fs::set_permissions(&gh, fs::Permissions::from_mode(0o755)).unwrap();
        fs::write(notes.join("found"), "").unwrap();
        Self { world, checkout, notes }
    }

    fn put(&self, file: &str, text: &str) {
        fs::write(self.checkout.join("algo").join(file), text).unwrap();
    }

    fn note(&self, name: &str) -> String {
        fs::read_to_string(self.notes.join(name)).unwrap_or_default()
    }

    /// Runs the script for an event, with these variables too.
    fn run(&self, event: &str, variables: &[(&str, &str)]) -> Ran {
        let bin = self.notes.with_file_name("bin");
        let qc = Path::new(env!("CARGO_BIN_EXE_qc")).parent().unwrap();
        let system = env::var_os("PATH").unwrap_or_default();
        let path = [bin, qc.to_owned()].into_iter().chain(env::split_paths(&system));
        let mut command = Command::new("bash");
        command
            .arg(SCRIPT)
            .current_dir(&self.checkout)
            .env_clear()
            .env("PATH", env::join_paths(path).unwrap())
            .env("HOME", self.world.home.path())
            .env("NOTES", &self.notes)
            .env("RUNNER_TEMP", &self.notes)
            .env("GITHUB_WORKSPACE", &self.checkout)
            .env("GITHUB_OUTPUT", self.notes.join("output"))
            .env("GITHUB_STEP_SUMMARY", self.notes.join("summary"))
            .env("GITHUB_EVENT_NAME", event)
            .env("GITHUB_REF", "refs/pull/12/merge")
            .env("GITHUB_REPOSITORY", "someone/algorithms")
            .env("GH_TOKEN", "for-github")
            .env("QUANTCONNECT_USER_ID", "7")
            .env("QUANTCONNECT_API_TOKEN", TOKEN)
            .env("BASE_URL", self.world.server.base_url())
            .env("FOLDER", "algo")
            .envs(variables.iter().copied());
        Ran::new(command.output().unwrap(), &["(the action)"])
    }
}

#[test]
fn a_merge_is_pushed_and_an_error_is_shown_at_its_line() {
    let runner = Runner::new(&[("main.py", "x = 1\n")]);
    runner.put("extra.py", "y = 2\n");
    let ran = runner.run("push", &[]).exits(0).says("create extra.py");
    assert!(!ran.out.contains("::"), "{}", ran.out);
    assert_eq!(runner.world.cloud("extra.py").as_deref(), Some("y = 2\n"));
    assert!(runner.note("summary").contains("    create extra.py\n"), "{}", runner.note("summary"));

    runner.put("main.py", BROKEN);
    let ran = runner.run("push", &[]).exits(8);
    let marked: Vec<_> = ran.out.lines().filter(|line| line.starts_with("::error")).collect();
    assert!(marked[0].starts_with("::error file=algo/main.py,line=3,col=7::"), "{marked:?}");
    assert!(runner.note("output").contains("exit-code=8\n"), "{}", runner.note("output"));
    assert!(!runner.note("summary").contains("::error"), "{}", runner.note("summary"));
    assert_eq!(runner.note("asked"), "", "nobody is to be told of a push");
}

#[test]
fn a_pull_request_gets_the_plan_as_one_comment() {
    let runner = Runner::new(&[("main.py", "x = 1\n")]);
    runner.put("`extra`.py", "y = 2\n");
    runner.run("pull_request", &[]).exits(0).says("create `extra`.py");
    assert_eq!(runner.world.cloud("`extra`.py"), None);
    let asked = runner.note("asked");
    assert!(asked.contains("POST repos/someone/algorithms/issues/12/comments"), "{asked}");
    let body = runner.note("body");
    assert!(body.starts_with("<!-- qc algo -->\n**What a merge changes"), "{body}");
    assert!(body.contains("\n    create `extra`.py\n"), "{body}");

    fs::write(runner.notes.join("found"), "345\n").unwrap();
    runner.run("pull_request", &[]).exits(0);
    let asked = runner.note("asked");
    assert!(asked.contains("PATCH repos/someone/algorithms/issues/comments/345"), "{asked}");
    runner.run("pull_request", &[("COMMENT", "false")]).exits(0);
    assert_eq!(runner.note("asked"), asked);
}

#[test]
fn a_conflict_stops_a_push_and_not_a_plan() {
    let runner = Runner::new(&[("main.py", "x = 1\n")]);
    runner.put("main.py", "x = 2\n");
    runner.world.put_cloud("main.py", "x = 3\n");
    runner.run("pull_request", &[]).exits(0).says("::warning::Both sides changed");
    runner.run("push", &[]).exits(3);
    assert_eq!(runner.world.cloud("main.py").as_deref(), Some("x = 3\n"));
    runner.run("push", &[("FORCE", "true")]).exits(0);
    assert_eq!(runner.world.cloud("main.py").as_deref(), Some("x = 2\n"));
}

#[test]
fn a_fork_has_no_credentials_and_a_wrong_input_is_named() {
    let runner = Runner::new(&[("main.py", "x = 1\n")]);
    let none = [("QUANTCONNECT_USER_ID", ""), ("QUANTCONNECT_API_TOKEN", "")];
    runner.run("pull_request", &none).exits(0).says("::notice::");
    runner.run("push", &none).exits(2).says("::error::the inputs `user-id` and `token`");
    runner.run("push", &[("COMMAND", "pull")]).exits(2).says("::error::the input `command`");
    runner.run("push", &[("FOLDER", "none")]).exits(2).says("::error::the input `folder`");
}

#[test]
fn a_folder_without_a_project_gets_the_one_that_is_named() {
    let runner = Runner::new(&[("main.py", "x = 1\n")]);
    fs::remove_file(runner.checkout.join("algo/config.json")).unwrap();
    runner.put("main.py", "x = 1\n");
    runner.put("b.py", "1\n");
    let project = runner.world.id.to_string();
    runner.run("push", &[("PROJECT", &project)]).exits(0).says("create b.py");
    assert_eq!(runner.world.cloud("b.py").as_deref(), Some("1\n"));
}
