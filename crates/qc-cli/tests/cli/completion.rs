//! What a shell is told to complete a line with.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use qc_emulator::{Fault, Rule, StallAt};
use qc_files::Language;

use crate::world::{Ran, World};

/// The line as the script of a shell hands it over: complete the last word.
fn asked(world: &World, shell: &str, place: &Path, words: &[&str]) -> Command {
    let mut command = world.command(place, &[&["--", "qc"], words].concat());
    command.env("COMPLETE", shell).env("_CLAP_IFS", "\n");
    command.env("_CLAP_COMPLETE_INDEX", words.len().to_string());
    command
}

/// Returns what the words end with, without the options.
fn complete(world: &World, words: &[&str]) -> Vec<String> {
    let folder = world.folder();
    let place = if folder.exists() { &folder } else { world.home.path() };
    let ran = Ran::new(asked(world, "bash", place, words).output().unwrap(), words).exits(0);
    assert_eq!(ran.err, "", "{words:?}");
    ran.out.lines().filter(|word| !word.starts_with('-')).map(str::to_owned).collect()
}

fn cache(world: &World) -> Vec<PathBuf> {
    let entries = fs::read_dir(world.home.path().join(".cache/qc"));
    entries.into_iter().flatten().map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn commands_and_options_are_known_without_a_request() {
    let world = World::new(&[]);
    assert_eq!(complete(&world, &["pu"]), ["pull", "push", "put"]);
    let ran = asked(&world, "bash", world.home.path(), &["pull", "--me"]).output().unwrap();
    assert_eq!(String::from_utf8(ran.stdout).unwrap(), "--merge");
    assert!(world.server.emulator().requests().is_empty());
    assert!(cache(&world).is_empty());
}

#[test]
fn projects_are_completed_by_name_or_number_and_asked_for_once() {
    let world = World::new(&[]);
    for name in ["Mean Reversion", "Odd\u{1b}[31m", "$(touch x)"] {
        world.server.emulator().add_project(name, Language::Python);
    }
    assert_eq!(complete(&world, &["clone", "Fo"]), ["Folder/Strategy"]);
    assert_eq!(complete(&world, &["link", "Mean"]), [r"Mean\ Reversion"]);
    assert_eq!(complete(&world, &["cat", "--project", r"Mean\ R"]), [r"Mean\ Reversion"]);
    assert_eq!(complete(&world, &["open", "--project", "$"]), [r"\$\(touch\ x\)"]);
    assert!(complete(&world, &["clone", "Odd"]).is_empty(), "it would have effects on a terminal");
    let number = world.id.to_string();
    assert_eq!(complete(&world, &["clone", &number]), [number.as_str()]);
    assert_eq!(world.server.emulator().requests().len(), 1);
    // Other shells quote what they insert, and show what else is known.
    let ran = asked(&world, "fish", world.home.path(), &["clone", "Mean"]).output().unwrap();
    assert!(String::from_utf8(ran.stdout).unwrap().starts_with("Mean Reversion\t"));
}

#[cfg(unix)]
#[test]
fn what_is_kept_has_no_secret_and_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;

    let world = World::new(&[]);
    complete(&world, &["clone", ""]);
    let kept = cache(&world);
    let [path] = &kept[..] else { panic!("{kept:?}") };
    assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(
        fs::read_to_string(path).unwrap(),
        format!(r#"[["{}","Folder/Strategy"]]"#, world.id)
    );
}

#[test]
fn files_in_the_cloud_are_those_that_the_folder_knows() {
    let world = World::cloned(&[("main.py", "1\n"), ("pkg/a.py", "1\n"), ("pkg/b c.py", "1\n")]);
    let before = world.server.emulator().requests().len();
    for command in ["cat", "rm", "mv", "ls"] {
        assert_eq!(complete(&world, &[command, ""]), ["main.py", "pkg/"]);
    }
    assert_eq!(complete(&world, &["cat", "main.py", "pkg/"]), ["pkg/a.py", r"pkg/b\ c.py"]);
    let inside = world.folder().join("pkg");
    let ran = asked(&world, "bash", &inside, &["cat", "a"]).output().unwrap();
    assert_eq!(String::from_utf8(ran.stdout).unwrap(), "a.py");
    let words = &["-C", "Strategy/pkg", "cat", "a"];
    let ran = asked(&world, "bash", world.home.path(), words).output().unwrap();
    assert_eq!(String::from_utf8(ran.stdout).unwrap(), "a.py");
    assert_eq!(world.server.emulator().requests().len(), before);
}

#[test]
fn files_of_another_project_are_asked_for() {
    let world = World::new(&[("main.py", "1\n"), ("pkg/a.py", "1\n")]);
    for project in ["Folder/Strategy", &world.id.to_string()] {
        assert_eq!(complete(&world, &["rm", "--project", project, "m"]), ["main.py"]);
    }
    // Linked, and never in step.
    fs::create_dir(world.folder()).unwrap();
    world.qc(&["link", "Folder/Strategy"]).exits(0);
    assert_eq!(complete(&world, &["cat", ""]), ["main.py", "pkg/"]);
    assert!(complete(&world, &["cat", "--project", "None such", ""]).is_empty());
}

#[test]
fn files_here_are_those_on_disk_and_those_that_can_be_had_back() {
    let world = World::cloned(&[("gone.py", "1\n"), ("main.py", "1\n")]);
    fs::remove_file(world.folder().join("gone.py")).unwrap();
    world.put("new.py", "1\n");
    for command in ["push", "pull", "diff", "status", "restore", "history"] {
        let words = complete(&world, &[command, ""]);
        assert_eq!(words, ["config.json", "gone.py", "main.py", "new.py"], "{command}");
    }
    assert_eq!(complete(&world, &["pull", "--theirs", "g"]), ["gone.py"]);
    assert_eq!(complete(&world, &["put", "n"]), ["new.py"]);
}

#[test]
fn nothing_is_said_and_nobody_waits_where_nobody_answers() {
    let world = World::new(&[]);
    let stall = Fault::Stall { at: StallAt::BeforeAnswer, applied: false };
    world.server.emulator().add_rule(Rule::new(stall).always());
    assert!(complete(&world, &["clone", ""]).is_empty());
    let asked_for = world.server.emulator().requests().len();
    assert!(complete(&world, &["clone", ""]).is_empty());
    assert_eq!(world.server.emulator().requests().len(), asked_for, "not again at once");
    // Without credentials, with a wrong address, in no folder, and with a line that makes no sense.
    let mut command = asked(&world, "bash", world.home.path(), &["clone", ""]);
    command.env_remove("QUANTCONNECT_USER_ID").env_remove("QUANTCONNECT_API_TOKEN");
    let ran = Ran::new(command.output().unwrap(), &["clone"]).exits(0);
    assert!(!ran.out.contains("Strategy") && ran.err.is_empty(), "{}", ran.err);
    complete(&world, &["--base-url", "ftp://x", "clone", ""]);
    complete(&world, &["cat", ""]);
    complete(&world, &["-C", "nowhere", "cat", ""]);
    complete(&world, &["none", "--such", "command", ""]);
}

#[test]
fn a_variable_that_names_no_shell_changes_nothing() {
    let world = World::new(&[]);
    let mut command = world.command(world.home.path(), &["--version"]);
    let ran = Ran::new(command.env("COMPLETE", "1").output().unwrap(), &["--version"]).exits(0);
    assert!(ran.out.starts_with("qc "), "{}", ran.out);
}

#[cfg(target_os = "linux")]
#[test]
fn bash_runs_the_script() {
    let world = World::cloned(&[("main.py", "1\n"), ("a b.py", "1\n")]);
    let qc = world.command(&world.folder(), &[]);
    let mut bash = Command::new("bash");
    bash.current_dir(world.folder()).envs(qc.get_envs().filter_map(|(name, to)| Some((name, to?))));
    let programs = Path::new(qc.get_program()).parent().unwrap().to_str().unwrap();
    bash.env("PATH", format!("{programs}:/usr/bin:/bin")).args([
        "--norc",
        "-c",
        r#"source <(qc completions bash)
        COMP_WORDS=(qc cat a) COMP_CWORD=2
        _clap_complete_qc qc a cat
        printf %s "${COMPREPLY[*]}""#,
    ]);
    let output = bash.output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), r"a\ b.py");
}

#[test]
fn the_commands_on_a_whole_project_complete_its_name_and_pass_over_the_recycle_bin() {
    let world = World::new(&[]);
    world.server.emulator().add_project("Recycle Bin/Folder/Old", Language::Python);
    for command in ["show", "rename", "delete"] {
        assert_eq!(complete(&world, &["project", command, "F"]), ["Folder/Strategy"], "{command}");
        assert_eq!(complete(&world, &["project", command, "R"]), [""; 0], "{command}");
    }
}
