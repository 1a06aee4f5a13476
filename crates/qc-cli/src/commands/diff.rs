//! `qc diff`.

use std::collections::BTreeSet;

use qc_files::{Client, FileName};
use qc_sync::{Cloud, Digest, Folder, Scope, Tree};
use serde_json::json;

use crate::{arguments::Here, exit::Exit, printer::Printer, settings};

/// From what the cloud has to what is here; costs one request.
pub(crate) async fn run(
    client: &Client,
    printer: &Printer,
    here: &Here,
    names: &[FileName],
) -> anyhow::Result<Exit> {
    let (root, id) = settings::folder(&here.directory)?;
    let folder = Folder::open(root)?;
    let scan = folder.scan()?;
    let holds = |name: &FileName| {
        !scan.withholds(name)
            && folder.unsynced(name).is_none()
            && (names.is_empty() || names.contains(name))
    };
    let cloud = Cloud::read(&client.project(id)?, &Tree::new(), &Scope::new(&holds)).await?;
    let mine = scan.files.keys().filter(|name| holds(name));
    let all: BTreeSet<&FileName> = cloud.files.keys().chain(mine).collect();
    let mut diffs = Vec::new();
    for name in all {
        let (old, new) = (cloud.files.get(name), scan.files.get(name));
        let digest = |text: Option<&String>| text.map(|text| Digest::of(text.as_bytes()));
        if digest(old) == digest(new) {
            continue;
        }
        let side = |prefix: &str, text: Option<&String>| match text {
            Some(_) => format!("{prefix}/{name}"),
            None => "/dev/null".to_owned(),
        };
        let text = |text: Option<&String>| text.map_or("", String::as_str).to_owned();
        let mut options = diffy::DiffOptions::new();
        options.set_original_filename(side("cloud", old));
        options.set_modified_filename(side("here", new));
        let (old, new) = (text(old), text(new));
        diffs.push((name, escaped(&options.create_patch(&old, &new).to_string())));
    }
    let data: Vec<_> =
        diffs.iter().map(|(name, diff)| json!({ "name": name, "diff": diff })).collect();
    printer.data(&data, |out| diffs.iter().try_for_each(|(_, diff)| write!(out, "{diff}")))?;
    Ok(if diffs.is_empty() { Exit::Done } else { Exit::Differences })
}

/// Contents come from elsewhere: what would move a terminal's cursor is escaped, lines and tabs stay.
fn escaped(diff: &str) -> String {
    let mut safe = String::with_capacity(diff.len());
    for character in diff.chars() {
        if character.is_control() && !matches!(character, '\n' | '\t' | '\r') {
            safe.extend(character.escape_default());
        } else {
            safe.push(character);
        }
    }
    safe
}
