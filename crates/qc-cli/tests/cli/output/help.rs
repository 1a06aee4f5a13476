//! What the command says about itself, word for word.

use crate::world::World;

/// Every command that the help lists.
const COMMANDS: [&str; 30] = [
    "login",
    "logout",
    "whoami",
    "doctor",
    "projects",
    "new",
    "project",
    "clone",
    "link",
    "mcp",
    "status",
    "diff",
    "pull",
    "push",
    "watch",
    "undo",
    "restore",
    "history",
    "compile",
    "ls",
    "cat",
    "put",
    "mv",
    "rm",
    "patch",
    "open",
    "demo",
    "emulator",
    "completions",
    "man",
];

#[test]
fn the_help_is_as_it_was_read_and_found_good() {
    let world = World::new(&[]);
    let help = world.qc(&["--help"]).exits(0).out;
    let listed: Vec<&str> = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_whitespace().next())
        .filter(|word| help.contains(&format!("\n  {word} ")) && *word != "help")
        .collect();
    assert_eq!(listed, COMMANDS);
    insta::assert_snapshot!("qc", help);
    for command in COMMANDS {
        let help = world.qc(&[command, "--help"]).exits(0).out;
        insta::assert_snapshot!(format!("qc-{command}"), help);
    }
}
