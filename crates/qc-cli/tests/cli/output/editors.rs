//! The tasks for editors read what `qc` prints.

use std::fs;

use regex::Regex;
use serde_json::Value;

use crate::{folder::watch::Watch, world::World};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/guide/editors.md");

const BROKEN: &str = "import x\n\ndef f(:\n    pass\n";

/// The matchers of all tasks on the page.
fn matchers() -> Vec<Value> {
    let page = fs::read_to_string(PAGE).unwrap();
    let block = page.split("\n```json\n").nth(1).unwrap().split("\n```").next().unwrap();
    let tasks: Value = serde_json::from_str(block).unwrap();
    let tasks = tasks["tasks"].as_array().unwrap();
    tasks.iter().map(|task| task["problemMatcher"].clone()).collect()
}

fn regex(value: &Value) -> Regex {
    Regex::new(value.as_str().unwrap()).unwrap()
}

/// The part of a line that the pattern gives this meaning.
fn part<'a>(pattern: &Value, line: &'a str, meaning: &str) -> Option<&'a str> {
    let group = usize::try_from(pattern[meaning].as_u64().unwrap()).unwrap();
    Some(regex(&pattern["regexp"]).captures(line)?.get(group)?.as_str())
}

#[test]
fn an_error_is_read_with_its_place() {
    let world = World::cloned(&[("main.py", "x = 1\n"), ("signals/fast.py", "1\n")]);
    world.put("signals/fast.py", BROKEN);
    let ran = world.qc(&["push", "--compile"]).exits(8);
    for matcher in matchers() {
        let pattern = &matcher["pattern"];
        let is_problem = |line: &&str| part(pattern, line, "message").is_some();
        let problems: Vec<_> = ran.out.lines().filter(is_problem).collect();
        let first = problems[0];
        let read = ["file", "line", "column", "severity"].map(|name| part(pattern, first, name));
        assert_eq!(read, [Some("signals/fast.py"), Some("3"), Some("7"), Some("error")]);
        let others = ran.out.lines().filter(|line| !is_problem(line));
        assert!(others.into_iter().all(|line| !line.contains(": error: ")), "{}", ran.out);
        assert_eq!(part(pattern, "a.py:3: warning: w", "line"), Some("3"));
        assert_eq!(part(pattern, "a.py:3: warning: w", "column"), None);
    }
}

#[test]
fn a_build_is_read_from_its_beginning_to_its_end() {
    let matcher = matchers().into_iter().find(|matcher| matcher["background"].is_object()).unwrap();
    let background = &matcher["background"];
    let (begins, ends) = (regex(&background["beginsPattern"]), regex(&background["endsPattern"]));
    let world = World::cloned(&[("main.py", "x = 1\n")]);
    let watch = Watch::start(&world, &["--compile"]);
    for text in [BROKEN, "x = 2\n"] {
        world.put("main.py", text);
        assert!(!begins.is_match("watching") && !ends.is_match("update main.py"));
        watch.notes(|line| begins.is_match(line));
        watch.prints(|line| ends.is_match(line));
    }
}
