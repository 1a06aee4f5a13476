//! Questions that a command asks, and what a person types.

use std::{fs, path::PathBuf, process::Command};

use qc_files::Language;

use crate::{
    output::terminal::Terminal,
    world::{TOKEN, World},
};

const ENTER: &str = "\r";
const CTRL_C: &str = "\u{3}";
const ESCAPE: &str = "\u{1b}";

fn login(world: &World) -> Command {
    let mut command = world.command(world.home.path(), &["login"]);
    command.env_remove("QUANTCONNECT_USER_ID").env_remove("QUANTCONNECT_API_TOKEN");
    command
}

/// Where the credentials for a service of this machine are kept.
fn file(world: &World) -> PathBuf {
    let url = world.server.base_url();
    let host = url.strip_prefix("http://").unwrap().split('/').next().unwrap();
    let name = format!("credentials-{}", host.replace(['.', ':'], "_"));
    world.home.path().join(".lean").join(name)
}

fn keep_another(world: &World) -> String {
    let kept = r#"{"user-id": "8", "api-token": "other"}"#;
    fs::create_dir_all(file(world).parent().unwrap()).unwrap();
    fs::write(file(world), kept).unwrap();
    kept.to_owned()
}

#[test]
fn a_login_asks_again_after_a_typo_and_never_shows_the_token() {
    let world = World::new(&[]);
    let mut terminal = Terminal::talk(login(&world));
    terminal.answers("User id:", "seven\r");
    terminal.answers("a user id is a number", "\u{7f}\u{7f}\u{7f}\u{7f}\u{7f}7\r");
    terminal.answers("API token (not shown):", &format!("{}\r", TOKEN.replace('d', "e")));
    terminal.answers("again", "");
    terminal.answers("User id:", "7\r");
    terminal.answers("API token (not shown):", &format!("{TOKEN}\r"));
    let (code, said) = terminal.until_its_end();
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("user 7 is logged in"), "{said}");
    // Neither the one nor the other, nor a part of it.
    assert!(!said.contains(&TOKEN[..8]) && !said.contains(&TOKEN[24..]), "{said}");
    assert!(fs::read_to_string(file(&world)).unwrap().contains(TOKEN));
}

#[test]
fn a_login_gives_up_after_three_typos() {
    let world = World::new(&[]);
    let mut terminal = Terminal::talk(login(&world));
    for next in ["again", "again", "Hash doesn't match"] {
        terminal.answers("User id:", "7\r");
        terminal.answers("API token (not shown):", "wrong\r");
        terminal.answers(next, "");
    }
    assert_eq!(terminal.until_its_end().0, Some(4));
    assert!(!file(&world).exists());
}

#[test]
fn credentials_of_another_user_are_replaced_when_the_person_says_so() {
    let world = World::new(&[]);
    let kept = keep_another(&world);
    for (answer, code, says) in [
        ("n\r", 2, "the credentials of the other user are kept"),
        (ENTER, 2, "the credentials of the other user are kept"),
        (CTRL_C, 130, "nothing was changed: the question was not answered"),
        ("y\r", 0, "user 7 is logged in"),
    ] {
        assert_eq!(fs::read_to_string(file(&world)).unwrap(), kept);
        let mut terminal = Terminal::talk(login(&world));
        terminal.answers("User id:", "7\r");
        terminal.answers("API token (not shown):", &format!("{TOKEN}\r"));
        terminal.answers("of user 8: replace them?", answer);
        let (ended, said) = terminal.until_its_end();
        assert_eq!(ended, Some(code), "{said}");
        assert!(said.contains(says), "{said}");
    }
    assert!(fs::read_to_string(file(&world)).unwrap().contains(TOKEN));
}

#[test]
fn a_clone_without_a_project_shows_a_list_to_choose_from() {
    let world = World::new(&[("main.py", "1\n")]);
    world.server.emulator().add_project("Mean Reversion", Language::Python);
    world.server.emulator().add_project("Odd\u{1b}[2J", Language::Python);
    let clone = || Terminal::talk(world.command(world.home.path(), &["clone"]));
    for (keys, code) in [(ESCAPE, 130), (CTRL_C, 130), ("Strat\r", 0)] {
        assert!(!world.folder().exists());
        let mut terminal = clone();
        terminal.answers("Which project?", "");
        terminal.answers("Mean Reversion", "");
        terminal.answers(r"Odd\u{1b}[2J", keys);
        let (ended, said) = terminal.until_its_end();
        assert_eq!(ended, Some(code), "{said}");
        assert!(!said.contains("Odd\u{1b}"), "{said}");
    }
    assert_eq!(world.get("main.py"), "1\n");
}

#[test]
fn a_link_without_a_project_shows_the_list_too() {
    let world = World::new(&[("main.py", "1\n")]);
    fs::create_dir(world.folder()).unwrap();
    let mut terminal = Terminal::talk(world.command(&world.folder(), &["link"]));
    terminal.answers("Which project?", "");
    terminal.answers("Folder/Strategy", ENTER);
    let (code, said) = terminal.until_its_end();
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("this folder belongs to Folder/Strategy now"), "{said}");
    world.qc(&["status"]).exits(1).says("create main.py");
}

#[test]
fn a_project_is_deleted_when_its_name_was_typed() {
    let world = World::cloned(&[("main.py", "1\n")]);
    let delete = || Terminal::talk(world.command(&world.folder(), &["project", "delete"]));
    for (typed, code, says) in [
        ("Strategy\r", 2, "that is not the name of the project"),
        (ENTER, 2, "that is not the name of the project"),
        (CTRL_C, 130, "nothing was changed: the question was not answered"),
        ("Folder/Strategy\r", 0, "is in the recycle bin now"),
    ] {
        let mut terminal = delete();
        terminal.answers("Type the name of the project to delete it, Folder/Strategy:", typed);
        let (ended, said) = terminal.until_its_end();
        assert_eq!(ended, Some(code), "{said}");
        assert!(said.contains(says), "{said}");
    }
    assert_eq!(world.get("main.py"), "1\n");
}

#[test]
fn a_push_from_a_folder_without_a_project_asks_to_make_one() {
    let world = World::new(&[]);
    fs::write(world.home.path().join("lean.json"), "{}").unwrap();
    let folder = world.home.path().join("Pairs");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("main.py"), "1\n").unwrap();
    for (typed, code, says) in [
        ("n\r", 2, "no project was created"),
        (ENTER, 2, "no project was created"),
        (CTRL_C, 130, "nothing was changed: the question was not answered"),
        ("y\r", 0, "created Pairs: https://www.quantconnect.com/project/"),
    ] {
        let mut terminal = Terminal::talk(world.command(&folder, &["push"]));
        terminal.answers("create `Pairs` (Py) in the cloud?", typed);
        let (ended, said) = terminal.until_its_end();
        assert_eq!(ended, Some(code), "{said}");
        assert!(said.contains(says), "{said}");
    }
}
