//! One cell, merged.

use serde_json::{Map, Value};

use crate::plan::merge::{
    Merged, lines,
    notebook::{
        align::{Row, weave},
        format::Cell,
    },
};

/// What running a cell changes.
const RUN: [&str; 2] = ["execution_count", "outputs"];

/// Returns the cell with what both sides did to it, and whether there are markers in its source; none if it is deleted.
pub(super) fn merge(row: &Row<'_>) -> Option<(Cell, bool)> {
    match (row.base, row.local, row.remote) {
        (base, Some(ours), Some(theirs)) => Some(both(base, ours, theirs)),
        (Some(base), Some(kept), None) => survivor(base, kept, true),
        (Some(base), None, Some(kept)) => survivor(base, kept, false),
        (None, Some(added), None) | (None, None, Some(added)) => Some((added.clone(), false)),
        (_, None, None) => None,
    }
}

/// Returns what is left of a cell that one side deleted: nothing, unless the other side changed it.
fn survivor(base: &Cell, kept: &Cell, is_ours: bool) -> Option<(Cell, bool)> {
    let source = kept.source();
    if source == base.source() {
        let is_content = |key: &str| key != "id" && !RUN.contains(&key);
        let content = |cell: &Cell| -> Map<String, Value> {
            cell.fields.clone().into_iter().filter(|(key, _)| is_content(key)).collect()
        };
        return (content(base) != content(kept)).then(|| (kept.clone(), false));
    }
    let (ours, theirs) = if is_ours { (source, "") } else { ("", source) };
    let mut marked = lines::between_markers(ours, theirs);
    marked.pop();
    // Emptied is as good as deleted.
    (!source.is_empty()).then(|| (kept.with(kept.fields.clone(), marked), true))
}

/// Merges a cell that both sides have; there is no base if both added it.
fn both(base: Option<&Cell>, ours: &Cell, theirs: &Cell) -> (Cell, bool) {
    let none = Map::new();
    let before = base.map_or(&none, |base| &base.fields);
    let mut fields = merge_objects(before, &ours.fields, &theirs.fields);

    let old = base.map_or("", Cell::source);
    let we_edited = ours.source() != old;
    let they_edited = theirs.source() != old;
    let Merged { text, overlaps } = merge_sources(old, ours.source(), theirs.source());

    let run = |fields: &Map<String, Value>| RUN.map(|key| fields.get(key).cloned());
    let is_theirs =
        if we_edited == they_edited { run(&ours.fields) == run(before) } else { they_edited };
    let (ran, other) = if is_theirs { (theirs, ours) } else { (ours, theirs) };
    // A cell of text has no outputs, and one of code must have them.
    let is_kind = ran.fields.get("cell_type") == fields.get("cell_type");
    let ran = if is_kind { ran } else { other };
    for key in RUN {
        match ran.fields.get(key) {
            Some(value) => fields.insert(key.to_owned(), value.clone()),
            None => fields.shift_remove(key),
        };
    }
    // An older program drops the ids.
    if let Some(id) = ours.fields.get("id").or(theirs.fields.get("id")) {
        fields.entry("id").or_insert_with(|| id.clone());
    }
    (ours.with(fields, text), overlaps)
}

fn merge_sources(base: &str, ours: &str, theirs: &str) -> Merged {
    let exactly = |text: &str| Merged { text: text.to_owned(), overlaps: false };
    if theirs == base || theirs == ours {
        return exactly(ours);
    }
    if ours == base {
        return exactly(theirs);
    }
    let mut merged = lines::merge(base, ours, theirs);
    // Markers end with a newline, which the last line of a cell does not have.
    if merged.overlaps
        && !ours.ends_with('\n')
        && !theirs.ends_with('\n')
        && let Some(text) = merged.text.strip_suffix('\n')
    {
        merged.text = text.strip_suffix('\r').unwrap_or(text).to_owned();
    }
    merged
}

/// Merges two objects key by key. Where both sides changed the same value, ours stays.
pub(super) fn merge_objects(
    base: &Map<String, Value>,
    ours: &Map<String, Value>,
    theirs: &Map<String, Value>,
) -> Map<String, Value> {
    let keys = |object: &Map<String, Value>| object.keys().cloned().collect::<Vec<_>>();
    let keys = weave(&keys(ours), &keys(theirs), true);
    let merged = keys.into_iter().filter_map(|key| {
        let value = merge_values(base.get(&key), ours.get(&key), theirs.get(&key))?;
        Some((key, value))
    });
    merged.collect()
}

fn merge_values(
    base: Option<&Value>,
    ours: Option<&Value>,
    theirs: Option<&Value>,
) -> Option<Value> {
    match (ours, theirs) {
        (Some(Value::Object(ours)), Some(Value::Object(theirs))) => {
            let none = Map::new();
            let base = base.and_then(Value::as_object).unwrap_or(&none);
            Some(Value::Object(merge_objects(base, ours, theirs)))
        }
        _ if ours == base => theirs.cloned(),
        _ => ours.cloned(),
    }
}
