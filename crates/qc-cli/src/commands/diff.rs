//! `qc diff`.

use std::{io, path::PathBuf};

use anstyle::Style;
use diffy::DiffOptions;
use qc_files::{Client, FileName};
use qc_sync::{Digest, Folder, Local as _, Status};
use serde_json::json;

use super::status;
use crate::{
    arguments::Here,
    exit::Exit,
    printer::{Printer, shown_lines},
    style,
};

/// What one side did to a file.
struct Diff<'a> {
    name: &'a FileName,
    side: &'static str,
    text: String,
}

/// What each side did since both were last in step; costs one request.
pub(crate) async fn run(
    client: &Client,
    printer: &Printer,
    here: &Here,
    only: &[PathBuf],
) -> anyhow::Result<Exit> {
    let (folder, status) = status::compare(client, printer, here, only, None).await?;
    let diffs = diffs(&status, &folder);
    let data: Vec<_> = diffs
        .iter()
        .map(|diff| json!({ "name": diff.name, "side": diff.side, "diff": diff.text }))
        .collect();
    printer.data(&data, |out| diffs.iter().try_for_each(|diff| write(out, &diff.text)))?;
    Ok(if diffs.is_empty() { Exit::Done } else { Exit::Differences })
}

fn diffs<'a>(status: &'a Status, folder: &Folder) -> Vec<Diff<'a>> {
    let Status { base, here, cloud, .. } = status;
    let mut names: Vec<&FileName> = base.keys().chain(here.keys()).chain(cloud.keys()).collect();
    names.sort_unstable();
    names.dedup();
    let mut diffs = Vec::new();
    for name in names {
        let (at_here, at_theirs) = (
            here.get(name).map(|file| file.version.digest),
            cloud.get(name).map(|file| file.version.digest),
        );
        if at_here == at_theirs {
            continue;
        }
        let digest = |text: &String| Digest::of(text.as_bytes());
        let theirs = cloud.get(name).map(|file| file.content.text());
        // As it is now, if it has changed since.
        let mine = here.get(name).and_then(|file| folder.text(name, file));
        let (mine, theirs) = (mine.as_ref(), theirs.as_ref());
        let (in_base, at_mine) = (base.get(name).map(|version| version.digest), mine.map(digest));
        // The base is known by what a side still has, or was kept.
        let original = match in_base {
            None => Some(None),
            at if at == at_mine => Some(mine.cloned()),
            at if at == at_theirs => Some(theirs.cloned()),
            Some(_) => base.get(name).and_then(|version| folder.object(version.object)).map(Some),
        };
        let Some(original) = original else {
            let text = diff(name, ("cloud", theirs), ("here", mine));
            diffs.push(Diff { name, side: "here", text });
            continue;
        };
        for (side, at, text) in [("here", at_mine, mine), ("cloud", at_theirs, theirs)] {
            if at != in_base {
                let text = diff(name, ("base", original.as_ref()), (side, text));
                diffs.push(Diff { name, side, text });
            }
        }
    }
    diffs
}

fn diff(
    name: &FileName,
    (from, old): (&str, Option<&String>),
    (to, new): (&str, Option<&String>),
) -> String {
    let label = |side: &str, text: Option<&String>| match text {
        Some(_) => format!("{side}/{name}"),
        None => "/dev/null".to_owned(),
    };
    let text = |text: Option<&String>| text.map_or("", String::as_str).to_owned();
    let mut options = DiffOptions::new();
    options.set_original_filename(label(from, old));
    options.set_modified_filename(label(to, new));
    options.create_patch(&text(old), &text(new)).to_string()
}

/// Contents come from elsewhere: what would move a terminal's cursor is escaped, lines and tabs stay.
fn write(out: &mut dyn io::Write, diff: &str) -> io::Result<()> {
    let styled = |line: &str| -> Style {
        match line.bytes().next() {
            _ if line.starts_with("--- ") || line.starts_with("+++ ") => style::HEADING,
            Some(b'@') => style::MOVED,
            Some(b'+') => style::MADE,
            Some(b'-') => style::REMOVED,
            _ => Style::new(),
        }
    };
    for line in shown_lines(diff).split_inclusive('\n') {
        let (line, end) = line.strip_suffix('\n').map_or((line, ""), |line| (line, "\n"));
        let style = styled(line);
        write!(out, "{style}{line}{style:#}{end}")?;
    }
    Ok(())
}
