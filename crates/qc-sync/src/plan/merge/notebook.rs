//! Jupyter notebooks of nbformat 4, merged cell by cell.

mod align;
mod cell;
mod format;
mod numbers;

#[cfg(test)]
mod tests;

use std::collections::HashSet;

use serde_json::Value;

use crate::plan::{
    merge::{
        Merged,
        notebook::format::{Cell, Notebook},
    },
    version::Digest,
};

pub(super) use crate::plan::merge::notebook::format::has_marker;

/// The first nbformat minor version in which every cell has an id.
const WITH_IDS: u64 = 5;

/// Brings together two edits of `base`; none if one of the texts is no notebook.
pub(super) fn merge(base: &str, local: &str, remote: &str) -> Option<Merged> {
    let exactly = |text: &str| Some(Merged { text: text.to_owned(), overlaps: false });
    let before = if base.trim().is_empty() { Notebook::default() } else { Notebook::parse(base)? };
    let (ours, theirs) = (Notebook::parse(local)?, Notebook::parse(remote)?);
    // A program that only writes it anew changes the text, but not the notebook.
    if local == base {
        return exactly(remote);
    }
    if theirs == before || theirs == ours {
        return exactly(local);
    }
    if ours == before {
        return exactly(remote);
    }

    let mut fields = cell::merge_objects(&before.fields, &ours.fields, &theirs.fields);
    let minor = ours.minor().max(theirs.minor());
    if let Some(minor) = minor {
        fields.insert("nbformat_minor".to_owned(), minor.into());
    }
    let (mut cells, mut overlaps) = (Vec::new(), false);
    for row in align::rows(&before.cells, &ours.cells, &theirs.cells) {
        if let Some((cell, overlap)) = cell::merge(&row) {
            cells.push(cell);
            overlaps |= overlap;
        }
    }
    set_ids(&mut cells, minor >= Some(WITH_IDS));

    let merged = Notebook { fields, cells };
    if !overlaps && merged == ours {
        return exactly(local);
    }
    if !overlaps && merged == theirs {
        return exactly(remote);
    }
    Some(Merged { text: merged.to_text(&ours, local)?, overlaps })
}

/// Gives a new id to each cell whose id an earlier one has and, if `all` must have one, to those without.
fn set_ids(cells: &mut [Cell], all: bool) {
    let mut taken: HashSet<String> = cells.iter().filter_map(Cell::id).map(str::to_owned).collect();
    let mut seen = HashSet::new();
    for cell in cells {
        let is_new = match cell.id() {
            Some(id) => !seen.insert(id.to_owned()),
            None => all,
        };
        if is_new {
            let id = new_id(cell, &taken);
            taken.insert(id.clone());
            seen.insert(id.clone());
            cell.fields.insert("id".to_owned(), Value::String(id));
        }
    }
}

/// Derives an id from what the cell says, so that each side that merges the same gives it the same.
fn new_id(cell: &Cell, taken: &HashSet<String>) -> String {
    let mut count = 0_u64;
    loop {
        let said = format!("{count}\n{}\n{}", cell.id().unwrap_or_default(), cell.source());
        let mut id = Digest::of(said.as_bytes()).to_string();
        // As long as those that Jupyter makes up.
        id.truncate(8);
        if !taken.contains(&id) {
            return id;
        }
        count += 1;
    }
}
