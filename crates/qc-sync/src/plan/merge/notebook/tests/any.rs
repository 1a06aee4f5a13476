//! What holds of any notebooks.

use std::collections::HashSet;

use proptest::{collection::vec, prelude::*};
use serde_json::{Value, json};

use crate::plan::merge::{
    is_unresolved,
    notebook::tests::{cells, code, indented, merge, source},
};

/// What a person does to a notebook, about where, and with what.
type Edit = (u8, usize, String, u32);

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    vec((0..9_u8, 0..8_usize, "[a-d\n]{0,6}", 0..4_u32), 0..6)
}

fn start() -> impl Strategy<Value = Vec<Value>> {
    (vec("([a-c]{1,3}\n){0,3}[a-c]{0,3}", 0..6), any::<bool>()).prop_map(|(sources, has_ids)| {
        let cell = |(at, source): (usize, &String)| {
            code(&if has_ids { format!("id{at}") } else { String::new() }, source)
        };
        sources.iter().enumerate().map(cell).collect()
    })
}

/// Which parts of a cell a run changes.
fn rerun(cell: &mut Value, count: u32) {
    if cell["cell_type"] == "code" {
        cell["execution_count"] = count.into();
        cell["outputs"] = json!([count]);
    }
}

/// Carries out the edits. What `tag` marks as new is in no other version.
fn edited(cells: &[Value], edits: &[Edit], tag: &str) -> Vec<Value> {
    let mut cells = cells.to_vec();
    let has_ids = cells.iter().all(|cell| cell.get("id").is_some());
    for (kind, at, text, count) in edits {
        let at = at % (cells.len() + 1);
        if *kind == 0 || at == cells.len() {
            // The other side may have made up the same id.
            let id = if has_ids { format!("new{count}") } else { String::new() };
            if !has_ids || cells.iter().all(|cell| cell["id"] != id) {
                cells.insert(at, code(&id, &format!("{text}\n{tag}{count}")));
            }
            continue;
        }
        let cell = &mut cells[at];
        match kind {
            1 => drop(cells.remove(at)),
            2 => cell["source"] = format!("{tag}{text}\n{}", source(cell)).into(),
            3 => cell["source"] = format!("{}\n{tag}{text}", source(cell)).into(),
            4 => cell["source"] = json!([text, format!("\n{tag}")]),
            5 => rerun(cell, *count),
            6 => cell["metadata"] = json!({"n": count, "deep": {tag: count, "both": count}}),
            7 => cells.rotate_left(at),
            _ => {
                let fields = cell.as_object_mut().unwrap();
                fields.insert("cell_type".to_owned(), "markdown".into());
                fields.retain(|key, _| key != "outputs" && key != "execution_count");
            }
        }
    }
    cells
}

fn written(cells: &[Value], tag: &str) -> String {
    let minor = if cells.iter().any(|cell| cell.get("id").is_some()) { 5 } else { 4 };
    let metadata = json!({"by": tag, "deep": {tag: 0.5}});
    indented(
        &json!({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": minor}),
        " ",
    )
}

fn lines(text: &str) -> HashSet<String> {
    let sources = cells(text).iter().map(source).collect::<Vec<_>>().join("\n");
    sources.lines().map(str::to_owned).collect()
}

proptest! {
    #[test]
    fn what_comes_out_is_a_notebook_with_all_that_is_new_and_markers_where_edits_overlap(
        base in start(), ours in edits(), theirs in edits(), has_base in any::<bool>(),
    ) {
        let local = written(&edited(&base, &ours, "L"), "L");
        let remote = written(&edited(&base, &theirs, "R"), "R");
        let base = if has_base { written(&base, "B") } else { String::new() };
        let merged = merge(&base, &local, &remote).unwrap();
        prop_assert_eq!(&merge(&base, &local, &remote), &Some(merged.clone()));

        let value: Value = serde_json::from_str(&merged.text).unwrap();
        prop_assert_eq!(&value["nbformat"], 4);
        let mut ids = HashSet::new();
        for cell in cells(&merged.text) {
            let is_code = cell["cell_type"] == "code";
            prop_assert!(is_code || cell["cell_type"] == "markdown");
            prop_assert!(cell["metadata"].is_object());
            prop_assert!(cell["source"].is_string() || cell["source"].is_array());
            prop_assert_eq!(is_code, cell["outputs"].is_array());
            prop_assert_eq!(is_code, cell.get("execution_count").is_some());
            match cell["id"].as_str() {
                Some(id) => prop_assert!(ids.insert(id.to_owned())),
                None => prop_assert!(value["nbformat_minor"] == 4),
            }
        }

        let old = if has_base { lines(&base) } else { HashSet::new() };
        let new = lines(&merged.text);
        for side in [&local, &remote] {
            // An emptied cell that the other side deleted adds no line.
            let lost: Vec<_> = lines(side).into_iter().filter(|line| !line.is_empty() && !old.contains(line) && !new.contains(line)).collect();
            prop_assert!(lost.is_empty(), "{:?} of {} in {}", lost, side, merged.text);
        }

        prop_assert_eq!(is_unresolved(&merged.text), merged.overlaps);
        let mut settled = value;
        for cell in settled["cells"].as_array_mut().unwrap() {
            let is_marker = |line: &&str| line.trim_end().starts_with("<<<<<<< ") || line.starts_with(">>>>>>> ");
            let kept = source(cell).split_inclusive('\n').filter(|line| !is_marker(line)).collect::<String>();
            cell["source"] = kept.into();
        }
        prop_assert!(!is_unresolved(&indented(&settled, " ")));
    }

    #[test]
    fn what_one_side_did_is_what_comes_out(base in start(), edits in edits()) {
        let edited = written(&edited(&base, &edits, "L"), "L").trim_end().to_owned();
        let base = written(&base, "B");
        // Saved anew by another program, it says the same.
        let value: Value = serde_json::from_str(&base).unwrap();
        for same in [base.clone(), value.to_string(), indented(&value, "\t")] {
            for (local, remote) in [(&edited, &same), (&same, &edited), (&edited, &edited)] {
                let merged = merge(&base, local, remote).unwrap();
                prop_assert!(!merged.overlaps);
                prop_assert_eq!(&merged.text, &edited);
            }
        }
    }

    #[test]
    fn runs_never_overlap(
        base in start(), ours in vec((0..6_usize, 0..4_u32), 0..8), theirs in vec((0..6_usize, 0..4_u32), 0..8),
    ) {
        let run = |runs: &[(usize, u32)], tag| {
            let mut cells = base.clone();
            for (at, count) in runs {
                if let Some(cell) = cells.get_mut(*at) {
                    rerun(cell, *count);
                }
            }
            written(&cells, tag)
        };
        let merged = merge(&run(&[], "B"), &run(&ours, "L"), &run(&theirs, "R")).unwrap();
        prop_assert!(!merged.overlaps);
        prop_assert_eq!(lines(&merged.text), lines(&run(&[], "B")));
    }
}
