//! Terminals of several widths: nothing of the progress stays, and no word is cut.

use std::{fs, num::NonZero, ops::RangeInclusive};

use crate::{output::terminal::Terminal, world::World};

const WIDTHS: [u16; 3] = [40, 80, 200];

/// What the line of the progress begins with, all but the last.
const SPINNER: RangeInclusive<char> = '\u{2801}'..='\u{28ff}';

/// Wider than any line.
const ENDLESS: u16 = 1000;

/// Returns what a terminal of this width shows at the end, lines that it wrapped put together again.
fn screen(said: &str, columns: u16) -> String {
    let size = |cells: u16| NonZero::new(cells).unwrap();
    let mut terminal = vt100::Parser::new(size(200), size(columns), 0);
    terminal.process(said.as_bytes());
    let lines: Vec<_> =
        terminal.screen().contents().lines().map(str::trim_end).map(String::from).collect();
    lines.join("\n")
}

/// The words, without numbers: times differ.
fn words(shown: &str) -> Vec<String> {
    let word = |word: &str| word.replace(|character: char| character.is_ascii_digit(), "");
    shown.split_whitespace().map(word).collect()
}

/// Runs the command in terminals of all widths. The service answers when the terminal shows this, if that is given.
/// Returns what the widest shows at the end.
fn run(
    world: &World,
    arguments: &[&str],
    progress: Option<&str>,
    mut before: impl FnMut(),
) -> String {
    let mut shown = Vec::new();
    for columns in WIDTHS {
        before();
        let held = progress.map(|_| world.server.emulator());
        let command = world.command(&world.folder(), arguments);
        let mut terminal = Terminal::run_in(command, columns);
        if let Some(progress) = progress {
            terminal.shows(progress);
        }
        drop(held);
        let said = terminal.until_its_end().1;
        for frame in said
            .split(['\r', '\n'])
            .filter(|frame| frame.contains(|character| SPINNER.contains(&character)))
        {
            let width = screen(frame, ENDLESS).chars().count();
            assert!(width <= columns.into(), "{frame:?} wraps in {columns} columns");
        }
        let lines = screen(&said, ENDLESS);
        assert_eq!(screen(&said, columns), lines, "{arguments:?} in {columns} columns");
        assert!(!lines.contains("asking") && !lines.contains("reading"), "{arguments:?}: {lines}");
        shown.push(lines);
    }
    for lines in &shown[1..] {
        assert_eq!(words(lines), words(&shown[0]), "{arguments:?}");
    }
    shown.pop().unwrap()
}

#[test]
fn status_and_projects_leave_nothing_behind() {
    let long =
        "a_folder_with_a_long_name/a_file_with_a_name_that_is_longer_than_a_narrow_terminal.py";
    let world = World::cloned(&[("main.py", "1\n"), (long, "1\n")]);
    world.put("main.py", "2\n");
    world.put_cloud("main.py", "3\n");
    world.put_cloud(long, "2\n");
    let shown = run(&world, &["status"], Some("reading the project"), || {});
    assert_eq!(
        shown.lines().collect::<Vec<_>>(),
        [
            "changed in the cloud (`qc pull`):",
            &format!("  update {long}"),
            "changed on both sides (`qc diff` shows how; `qc push -n` says what to do):",
            "  main.py (updated here, updated in the cloud)",
        ]
    );
    let shown = run(&world, &["projects"], Some("asking the service"), || {});
    assert_eq!(shown.lines().count(), 2, "{shown}");
    assert!(shown.ends_with("Folder/Strategy"), "{shown}");
}

#[test]
fn a_push_leaves_nothing_behind() {
    let name = "a_file_with_a_name_that_is_longer_than_a_narrow_terminal.py";
    let world = World::cloned(&[(name, "1\n")]);
    let mut number = 1;
    let shown = run(&world, &["push"], Some("0/1"), || {
        number += 1;
        world.put(name, &format!("{number}\n"));
    });
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(lines[0], format!("update {name}"));
    assert!(
        lines.len() == 2 && lines[1].starts_with("pushed 1 change with 2 requests in "),
        "{shown}"
    );
}

#[test]
fn no_word_is_cut() {
    let world = World::cloned(&[("main.py", "1\n2\n"), ("gone.py", "1\n")]);
    world.put("main.py", "1\nhere\n");
    world.put_cloud("main.py", "1\ncloud\n");
    fs::remove_file(world.folder().join("gone.py")).unwrap();
    for arguments in [
        &["push", "--dry-run"][..],
        &["pull"],
        &["diff", "--stat"],
        &["status", "--ignored"],
        &["clone", "Folder/Stratgy"],
        &["cat", "none.py"],
        &["--help"],
        &["push", "--help"],
    ] {
        run(&world, arguments, None, || {});
    }
}
