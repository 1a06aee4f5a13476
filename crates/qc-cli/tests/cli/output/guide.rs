//! What the guide shows can be typed, and what it quotes is said.

use std::{fs, path::Path};

use crate::world::World;

const GUIDE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/guide");
const TRANSCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli/output/session");

/// Returns the files of a folder: name and text.
fn texts(folder: &str) -> Vec<(String, String)> {
    let entries = fs::read_dir(Path::new(folder)).unwrap().map(|entry| entry.unwrap().path());
    let text = |path: &Path| fs::read_to_string(path).unwrap();
    entries.map(|path| (path.file_name().unwrap().to_string_lossy().into(), text(&path))).collect()
}

/// Returns the lines in blocks of this kind.
fn blocks<'a>(page: &'a str, kind: &str) -> Vec<&'a str> {
    let blocks = page.split("\n```").collect::<Vec<_>>();
    let inside = blocks.iter().skip(1).step_by(2);
    let wanted = inside.filter_map(|block| block.strip_prefix(kind)?.strip_prefix('\n'));
    wanted.flat_map(str::lines).filter(|line| !line.is_empty()).collect()
}

/// Returns each part in backticks of the lines outside of blocks.
fn spans(page: &str) -> Vec<&str> {
    let outside = page.split("\n```").step_by(2).flat_map(str::lines);
    outside.flat_map(|line| line.split('`').skip(1).step_by(2)).collect()
}

/// Returns the words of a command, up to what the shell makes of it.
fn arguments(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for character in command.chars() {
        match (character, quote) {
            (mark, Some(open)) if mark == open => quote = None,
            ('\'' | '"', None) => quote = Some(character),
            ('|' | '<' | '>' | '#' | ';' | '&', None) => break,
            (blank, None) if blank.is_whitespace() => words.push(String::new()),
            _ => words.last_mut().unwrap().push(character),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Returns the part of a line that begins with `qc`.
fn command(line: &str) -> Option<&str> {
    let at = if line.starts_with("qc ") { Some(0) } else { line.find("| qc ").map(|at| at + 2) };
    at.map(|at| &line[at + "qc ".len()..])
}

#[test]
fn every_command_of_the_guide_exists() {
    let world = World::new(&[]);
    let mut seen = 0;
    for (name, page) in texts(GUIDE) {
        // What is typed by users of other tools is no command.
        let page = page.split("## Words of other tools").next().unwrap();
        for line in blocks(page, "sh").into_iter().chain(spans(page)) {
            let Some(command) = command(line) else { continue };
            let words = arguments(command);
            let words: Vec<&str> = words.iter().map(String::as_str).chain(["--help"]).collect();
            let ran = world.qc(&words);
            assert_eq!(ran.code, Some(0), "{name}: {line}\n{}", ran.err);
            seen += 1;
        }
    }
    assert!(seen > 50, "{seen}");
}

#[test]
fn every_message_of_the_guide_is_said() {
    let transcripts = texts(TRANSCRIPTS);
    let said: Vec<&str> = transcripts.iter().flat_map(|(_, text)| text.lines()).collect();
    let is_said = |line: &str| {
        let parts: Vec<&str> = line.split('…').collect();
        said.iter().any(|said| {
            let said = said.strip_prefix("2> ").unwrap_or(said);
            let mut rest = said.strip_prefix(parts[0]);
            for part in &parts[1..] {
                rest = rest.and_then(|rest| rest.find(part).map(|at| &rest[at + part.len()..]));
            }
            rest.is_some_and(|rest| rest.is_empty() || parts.len() > 1 && line.ends_with('…'))
        })
    };
    let mut seen = 0;
    for (name, page) in texts(GUIDE) {
        for line in blocks(&page, "text") {
            assert!(is_said(line), "{name} quotes what no session says: {line}");
            seen += 1;
        }
    }
    assert!(seen > 30, "{seen}");
}

#[test]
fn words_of_other_tools_are_answered() {
    let world = World::new(&[]);
    let page = fs::read_to_string(Path::new(GUIDE).join("beside-lean.md")).unwrap();
    let table = page.split("## Words of other tools").nth(1).unwrap();
    let rows = table.lines().filter_map(|line| line.strip_prefix("| `"));
    let mut seen = 0;
    for row in rows {
        let (typed, answer) = row.split_once(" | ").unwrap();
        for typed in typed.split('`').step_by(2).filter_map(|typed| typed.strip_prefix("qc ")) {
            let words = arguments(typed);
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            world.qc(&words).exits(2).says(answer.trim_end_matches(" |"));
            seen += 1;
        }
    }
    assert!(seen > 20, "{seen}");
}
