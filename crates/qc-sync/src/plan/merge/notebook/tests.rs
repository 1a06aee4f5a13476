//! Notebooks as people edit them, and any others.

mod any;

use serde_json::{Value, json};

use crate::plan::merge::{Merged, is_unresolved, notebook::merge};

/// A cell of code, with an id if it is to have one.
fn code(id: &str, source: &str) -> Value {
    let mut cell = json!({
        "cell_type": "code",
        "execution_count": null,
        "metadata": {},
        "outputs": [],
        "source": source.split_inclusive('\n').collect::<Vec<_>>(),
    });
    if !id.is_empty() {
        cell["id"] = id.into();
    }
    cell
}

/// A cell that was run.
fn run(mut cell: Value, count: u32) -> Value {
    cell["execution_count"] = count.into();
    cell["outputs"] =
        json!([{"output_type": "stream", "name": "stdout", "text": [count.to_string()]}]);
    cell
}

fn with(mut cell: Value, key: &str, value: Value) -> Value {
    cell[key] = value;
    cell
}

/// A notebook as Jupyter writes it.
fn notebook(cells: &[Value]) -> String {
    let value = json!({"cells": cells, "metadata": {"a": 1}, "nbformat": 4, "nbformat_minor": 5});
    indented(&value, " ")
}

fn indented(value: &Value, indent: &str) -> String {
    let two = serde_json::to_string_pretty(value).unwrap();
    let lines = two.lines().map(|line| {
        let text = line.trim_start();
        indent.repeat((line.len() - text.len()) / 2) + text + "\n"
    });
    lines.collect()
}

fn cells(text: &str) -> Vec<Value> {
    let value: Value = serde_json::from_str(text).unwrap();
    value["cells"].as_array().unwrap().clone()
}

fn source(cell: &Value) -> String {
    match &cell["source"] {
        Value::String(text) => text.clone(),
        lines => lines.as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect(),
    }
}

fn sources(text: &str) -> Vec<String> {
    cells(text).iter().map(source).collect()
}

/// Merges three notebooks of such cells, and finds markers where there must be some.
fn merged(base: &[Value], local: &[Value], remote: &[Value]) -> Merged {
    let merged = merge(&notebook(base), &notebook(local), &notebook(remote)).unwrap();
    assert_eq!(is_unresolved(&merged.text), merged.overlaps);
    merged
}

/// Merges what must not overlap.
fn clean(base: &[Value], local: &[Value], remote: &[Value]) -> Vec<Value> {
    let merged = merged(base, local, remote);
    assert!(!merged.overlaps, "{}", merged.text);
    cells(&merged.text)
}

#[test]
fn edits_of_two_cells_and_of_two_lines_of_one_come_together() {
    let base = [code("a", "1\n2\n3"), code("b", "x"), code("c", "y")];
    let local = [code("a", "one\n2\n3"), code("b", "here"), code("c", "y")];
    let remote = [code("a", "1\n2\nthree"), code("b", "x"), code("c", "there")];
    let text = merged(&base, &local, &remote).text;
    assert_eq!(
        text,
        notebook(&[code("a", "one\n2\nthree"), code("b", "here"), code("c", "there")])
    );
}

#[test]
fn where_edits_overlap_both_stand_in_the_source_between_markers() {
    let merged =
        merged(&[code("a", "x\ny = 1")], &[code("a", "x\ny = 2")], &[code("a", "x\ny = 3")]);
    let both = "x\n<<<<<<< ours\ny = 2\n=======\ny = 3\n>>>>>>> theirs";
    assert!(merged.overlaps);
    assert_eq!(merged.text, notebook(&[code("a", both)]));
    // As one string, and with Windows' line endings in it.
    for source in [both.to_owned(), both.replace('\n', "\r\n"), ">>>>>>> theirs".to_owned()] {
        assert!(is_unresolved(&notebook(&[with(code("a", ""), "source", source.into())])));
    }
    assert!(!is_unresolved(&notebook(&[code("a", "# <<<<<<< ours")])));
    // Outputs may speak of markers.
    assert!(!is_unresolved(&notebook(&[with(code("a", ""), "outputs", json!([both]))])));
}

#[test]
fn markers_in_a_source_with_windows_line_endings_are_found_each() {
    let windows = |source: &str| with(code("a", ""), "source", source.replace('\n', "\r\n").into());
    let merged = merged(&[windows("x\ny")], &[windows("x\nY")], &[windows("x\nZ")]);
    let source = sources(&merged.text).remove(0);
    assert_eq!(source, "x\r\n<<<<<<< ours\r\nY\r\n=======\r\nZ\r\n>>>>>>> theirs");
}

#[test]
fn what_a_run_leaves_never_overlaps_and_is_that_of_the_source_that_won() {
    let old = run(code("a", "x"), 1);
    let edited = |count| run(code("a", "y"), count);
    let ran = |count| run(old.clone(), count);
    // A second cell keeps either side from being the result.
    let merge = |ours: Value, theirs: Value| {
        let other = |source| code("b", source);
        let base = [old.clone(), other("1\n2\n3")];
        clean(&base, &[ours, other("one\n2\n3")], &[theirs, other("1\n2\nthree")]).remove(0)
    };
    assert_eq!(merge(ran(2), ran(3)), ran(2));
    assert_eq!(merge(old.clone(), ran(3)), ran(3));
    assert_eq!(merge(ran(2), edited(3)), edited(3));
    assert_eq!(merge(edited(2), ran(3)), edited(2));
    assert_eq!(merge(edited(2), edited(3)), edited(2));
    assert_eq!(merge(edited(1), edited(3)), edited(3));
}

#[test]
fn a_deleted_cell_stays_away_unless_the_other_side_changed_it() {
    let (a, b) = (code("a", "1"), code("b", "2"));
    let base = [a.clone(), b.clone()];
    let inserted = code("c", "3");
    let merge = |theirs: Value| {
        merged(&base, std::slice::from_ref(&a), &[a.clone(), theirs, inserted.clone()])
    };
    let deleted = notebook(&[a.clone(), inserted.clone()]);
    for unchanged in [b.clone(), run(b.clone(), 2), code("b", "")] {
        assert_eq!(merge(unchanged).text, deleted);
    }
    for changed in
        [with(b.clone(), "metadata", json!({"x": 1})), with(b.clone(), "cell_type", "raw".into())]
    {
        let kept = merge(changed.clone());
        assert_eq!(
            kept,
            Merged { text: notebook(&[a.clone(), changed, inserted.clone()]), overlaps: false }
        );
    }
    let edited = merge(code("b", "2\n3"));
    assert!(edited.overlaps);
    assert_eq!(sources(&edited.text)[1], "<<<<<<< ours\n=======\n2\n3\n>>>>>>> theirs");

    let edited = merged(&base, &[a.clone(), code("b", "4")], std::slice::from_ref(&a));
    assert_eq!(sources(&edited.text)[1], "<<<<<<< ours\n4\n=======\n>>>>>>> theirs");
    assert_eq!(clean(&base, std::slice::from_ref(&a), std::slice::from_ref(&b)), [] as [Value; 0]);
}

#[test]
fn inserted_cells_are_kept_ours_first_and_one_that_both_inserted_once() {
    let (a, b) = (code("a", "1"), code("b", "2"));
    let local = [a.clone(), code("x", "here"), code("s", "same"), b.clone()];
    let remote = [a.clone(), code("t", "same"), code("y", "there"), b.clone(), code("z", "end")];
    let cells = clean(&[a, b], &local, &remote);
    let sources: Vec<_> = cells.iter().map(source).collect();
    assert_eq!(sources, ["1", "here", "same", "there", "2", "end"]);
}

#[test]
fn a_cell_that_one_side_moved_takes_the_edits_of_the_other_with_it() {
    let base = [code("a", "1"), code("b", "2"), code("c", "3")];
    let moved = [code("c", "3"), code("a", "1"), code("b", "2")];
    let edited = [code("a", "1"), code("b", "2"), code("n", "new"), code("c", "4")];
    for (local, remote) in [(&moved[..], &edited[..]), (&edited, &moved)] {
        let sources: Vec<_> = clean(&base, local, remote).iter().map(source).collect();
        assert_eq!(sources, ["4", "1", "2", "new"]);
    }
}

#[test]
fn without_ids_cells_are_told_by_what_they_say() {
    let base = [code("", "import a"), code("", "plot(x, 1)"), code("", "end")];
    let local = [code("", "import a"), code("", "new"), code("", "plot(x, 2)"), code("", "end")];
    let remote = [code("", "import a\nimport b"), code("", "plot(x, 1)"), code("", "end")];
    let sources: Vec<_> = clean(&base, &local, &remote).iter().map(source).collect();
    assert_eq!(sources, ["import a\nimport b", "new", "plot(x, 2)", "end"]);
    // A program that gave new ids has not changed the cells.
    let renamed = [code("p", "import a"), code("q", "plot(x, 1)"), code("r", "end")];
    let edited = [code("", "import a"), code("", "plot(x, 3)"), code("", "end")];
    let merged = clean(&base, &edited, &renamed);
    assert_eq!(merged, [code("p", "import a"), code("q", "plot(x, 3)"), code("r", "end")]);
}

#[test]
fn no_two_cells_end_with_one_id_and_none_without_where_all_must_have_one() {
    let twice = [code("a", "1"), code("a", "2"), code("", "3")];
    let ids = |cells: &[Value]| -> Vec<_> {
        cells.iter().map(|cell| cell["id"].as_str().unwrap().to_owned()).collect()
    };
    let base = [code("a", "1")];
    let cells = clean(&base, &twice, &[code("a", "1"), code("b", "2\n")]);
    let found = ids(&cells);
    assert_eq!((cells.len(), found[0].as_str(), found[3].as_str()), (4, "a", "b"));
    assert!(found[1..3].iter().all(|id| id.len() == 8) && found[1] != found[2]);
    assert_eq!(found, ids(&clean(&base, &twice, &[code("a", "1"), code("b", "2\n")])));
}

#[test]
fn metadata_merges_by_key_and_a_clash_takes_ours() {
    let of = |minor: u64, metadata: Value| {
        indented(
            &json!({"cells": [], "metadata": metadata, "nbformat": 4, "nbformat_minor": minor}),
            " ",
        )
    };
    let base =
        of(4, json!({"same": 0, "ours": {"x": 1}, "deep": {"a": 1, "b": 1, "c": 1}, "gone": 1}));
    let local =
        of(4, json!({"same": 0, "ours": {"x": 2}, "deep": {"a": 2, "b": 2, "c": 1}, "gone": 1}));
    let remote =
        of(5, json!({"same": 0, "ours": {"x": 1}, "deep": {"a": 1, "b": 3, "c": 3}, "new": 1}));
    let expected =
        of(5, json!({"same": 0, "ours": {"x": 2}, "deep": {"a": 2, "b": 2, "c": 3}, "new": 1}));
    assert_eq!(merge(&base, &local, &remote), Some(Merged { text: expected, overlaps: false }));
}

#[test]
fn a_cell_that_became_code_has_what_code_has() {
    let text =
        |source| json!({"cell_type": "markdown", "id": "a", "metadata": {}, "source": [source]});
    let (base, local) = (text("x"), text("y"));
    let cells = clean(std::slice::from_ref(&base), &[local], &[run(code("a", "x"), 1)]);
    let expected = run(code("a", "y"), 1);
    assert_eq!(cells, [expected]);
    let cells = clean(&[run(code("a", "x"), 1)], &[run(code("a", "y"), 2)], &[base]);
    assert_eq!(cells, [text("y")]);
}

#[test]
fn it_is_written_like_the_file_here() {
    let of = |source: Value, last: Value| {
        let cells =
            json!([{"source": source, "cell_type": "raw"}, {"source": last, "cell_type": "raw"}]);
        json!({"nbformat_minor": 4, "nbformat": 4, "z": {}, "cells": cells})
    };
    let lists = |last: &str| of(json!(["a\n", "b"]), json!(["x = 1\n", last])).to_string();
    // What is not touched keeps the form it has.
    let ours = [
        of("a\nb".into(), "x = 1\nx = 1".into()),
        of(json!(["a", "\nb"]), json!(["x = 1\n", "x = 1"])),
    ];
    let both = [
        of("a\nb".into(), "x = 1\nx = 2".into()),
        of(json!(["a", "\nb"]), json!(["x = 1\n", "x = 2"])),
    ];
    let forms: [&dyn Fn(&Value) -> String; 4] = [
        &|value| indented(value, "    "),
        &|value| indented(value, "\t").replace('\n', "\r\n"),
        &|value| indented(value, " ").trim_end().to_owned(),
        &|value| value.to_string(),
    ];
    for form in forms {
        for (ours, both) in ours.iter().zip(&both) {
            // A key that is new here keeps either side from being the result.
            let of = |value: &Value| form(&with(value.clone(), "here", 1.into()));
            let merged = merge(&lists("x = 1"), &of(ours), &lists("x = 2")).unwrap();
            assert_eq!(merged, Merged { text: of(both), overlaps: false });
        }
    }
}

#[test]
fn numbers_come_out_as_they_went_in() {
    let of = |a: &str, b: &str| {
        format!(
            "{{\n \"cells\": [],\n \"a\": [\n  {a}\n ],\n \"b\": {b},\n \"nbformat\": 4,\n \"nbformat_minor\": 4\n}}"
        )
    };
    let merged = merge(&of("1e-05", "0.10"), &of("1e400", "0.10"), &of("1e-05", "-0")).unwrap();
    assert_eq!(merged.text, of("1e400", "-0"));
}

#[test]
fn what_both_made_merges_without_a_base() {
    let local = notebook(&[code("a", "import x"), code("b", "here")]);
    let remote = notebook(&[code("c", "import x"), code("d", "there")]);
    let merged = merge("", &local, &remote).unwrap();
    assert!(!merged.overlaps);
    assert_eq!(sources(&merged.text), ["import x", "here", "there"]);
}

#[test]
fn what_is_no_notebook_is_left_alone() {
    let good = notebook(&[code("a", "1")]);
    let bad = [
        "",
        "[]",
        "{}",
        r#"{"nbformat": 3, "cells": []}"#,
        r#"{"nbformat": 4}"#,
        r#"{"nbformat": 4, "cells": {}}"#,
        r#"{"nbformat": 4, "cells": [1]}"#,
        r#"{"nbformat": 4, "cells": [{"source": ""}]}"#,
        r#"{"nbformat": 4, "cells": [{"cell_type": "code"}]}"#,
        r#"{"nbformat": 4, "cells": [{"cell_type": "code", "source": [1]}]}"#,
        r#"{"nbformat": 4, "cells": [], "x": NaN}"#,
        "<<<<<<< ours\n",
    ];
    for bad in bad {
        assert!(bad.is_empty() || merge(bad, &good, &good).is_none(), "{bad}");
        assert_eq!(merge(&good, bad, &good), None, "{bad}");
        assert_eq!(merge(&good, &good, bad), None, "{bad}");
    }
    // Markers that git put between its lines are found all the same.
    assert!(is_unresolved(&good.replacen('\n', "\n<<<<<<< ours\n", 1)));
}

/// A notebook as Jupyter wrote it before cells had ids.
fn without_ids(sources: &[&str]) -> String {
    let cells: Vec<Value> = sources.iter().map(|source| code("", source)).collect();
    let value = json!({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4});
    indented(&value, " ")
}

#[test]
fn cells_without_ids_are_found_by_what_they_say() {
    let base = without_ids(&["import numpy as np", "x = compute(1, 2)", "plot(x)"]);
    let local = without_ids(&["import numpy as np", "x = compute(1, 3)", "plot(x)"]);
    let remote = without_ids(&["import numpy", "x = compute(1, 2)", "plot(x)"]);
    let merged = merge(&base, &local, &remote).unwrap();
    assert!(!merged.overlaps, "{}", merged.text);
    assert_eq!(sources(&merged.text), ["import numpy", "x = compute(1, 3)", "plot(x)"]);
}

#[test]
fn cells_follow_the_side_that_moved_them() {
    let [a, b, c] = ["a", "b", "c"].map(|id| code(id, id));
    let base = [a.clone(), b.clone(), c.clone()];
    let moved = [c.clone(), a.clone(), b.clone()];
    let edited = [a.clone(), code("b", "edited"), c.clone()];
    for (local, remote) in [(&moved, &edited), (&edited, &moved)] {
        let ids: Vec<Value> =
            clean(&base, local, remote).into_iter().map(|cell| cell["id"].clone()).collect();
        assert_eq!(ids, ["c", "a", "b"]);
    }
    // Both moved: ours.
    let other = [b, a, c];
    let ids: Vec<Value> =
        clean(&base, &moved, &other).into_iter().map(|cell| cell["id"].clone()).collect();
    assert_eq!(ids, ["c", "a", "b"]);
}
