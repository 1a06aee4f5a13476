//! `qc diff`.

use std::{
    env,
    io::{self, Write as _},
    path::PathBuf,
    process::{Command, Stdio},
};

use anstream::AutoStream;
use anstyle::Style;
use diffy::DiffOptions;
use qc_files::{Client, FileName};
use qc_sync::{CONFIG, Digest, Folder, SettingChange, SettingsPlan, Status};
use serde::Serialize;
use similar::{ChangeTag, TextDiff};

use crate::{
    commands::folder::status::{self, Compared},
    exit::Exit,
    output::{
        printer::{Printer, Report},
        progress::Progress,
        style,
    },
    place::folder::ProjectFolder,
    text::{escape, escape_lines},
};

/// How differences are printed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Line by line.
    Lines,
    /// How many lines were added and removed in each file.
    Stat,
    /// The names only.
    Names,
}

impl Form {
    pub(crate) fn new(stat: bool, name_only: bool) -> Self {
        match (stat, name_only) {
            (true, _) => Self::Stat,
            (_, true) => Self::Names,
            _ => Self::Lines,
        }
    }
}

/// What one side did to a file.
#[derive(Serialize)]
pub(crate) struct Diff<'a> {
    name: &'a FileName,
    side: &'static str,
    diff: String,
}

impl Diff<'_> {
    /// Returns how many lines begin with this character, the two lines of the head left out.
    fn count(&self, sign: char) -> usize {
        self.diff.lines().skip(2).filter(|line| line.starts_with(sign)).count()
    }
}

/// What each side did since both were last in step.
#[derive(Serialize)]
#[serde(transparent)]
struct DiffReport<'a> {
    diffs: Vec<Diff<'a>>,
    #[serde(skip)]
    form: Form,
}

impl Report for DiffReport<'_> {
    fn print(&self, out: &mut dyn io::Write) -> io::Result<()> {
        match self.form {
            Form::Lines => self.diffs.iter().try_for_each(|diff| print_lines(out, &diff.diff)),
            Form::Names => {
                let mut names: Vec<_> = self.diffs.iter().map(|diff| diff.name).collect();
                names.dedup();
                names.iter().try_for_each(|name| writeln!(out, "{}", escape(name.as_str())))
            }
            Form::Stat => self.diffs.iter().try_for_each(|diff| {
                let (added, removed) = (diff.count('+'), diff.count('-'));
                let (made, gone) = (style::MADE, style::REMOVED);
                writeln!(
                    out,
                    "{made}{:>6}{made:#} {gone}{:>6}{gone:#}  {:<5}  {}",
                    format!("+{added}"),
                    format!("-{removed}"),
                    diff.side,
                    escape(diff.name.as_str())
                )
            }),
        }
    }
}

/// Costs two requests, sent together.
pub(crate) async fn run(
    client: &Client,
    printer: &Printer,
    folder: &ProjectFolder,
    only: &[PathBuf],
    form: Form,
    progress: Progress,
) -> anyhow::Result<Exit> {
    let Compared { local, status, settings, offline } =
        status::compare(client, printer, folder, only, None).await?;
    let config = FileName::new(CONFIG)?;
    let mut diffs = diffs(&status, &local);
    diffs.extend(setting_diffs(&config, &settings));
    let report = DiffReport { diffs, form };
    drop(progress);
    let exit = match report.diffs.is_empty() {
        _ if offline => Exit::Service,
        true => Exit::Done,
        false => Exit::Differences,
    };
    if form != Form::Lines || report.diffs.is_empty() || !page(printer, &report)? {
        printer.show(&report)?;
    }
    Ok(exit)
}

/// Shows the report in the person's pager. Returns false if there is no terminal, or no pager.
fn page(printer: &Printer, report: &DiffReport<'_>) -> anyhow::Result<bool> {
    let pager = match env::var("PAGER") {
        Ok(pager) if pager.trim().is_empty() || pager.trim() == "cat" => return Ok(false),
        Ok(pager) => pager,
        Err(_) => "less".to_owned(),
    };
    let is_dumb = env::var_os("TERM").is_none_or(|term| term == "dumb");
    if is_dumb || !printer.is_terminal() {
        return Ok(false);
    }
    let mut words = pager.split_whitespace();
    let Some(program) = words.next() else { return Ok(false) };
    // As git sets them: end if all fits on the screen, keep colours, leave the screen as it is.
    let less = env::var_os("LESS").unwrap_or_else(|| "FRX".into());
    let started = Command::new(program).args(words).env("LESS", less).stdin(Stdio::piped()).spawn();
    let Ok(mut child) = started else { return Ok(false) };
    if let Some(stdin) = child.stdin.take() {
        let mut out =
            AutoStream::new(Box::new(stdin) as Box<dyn io::Write>, printer.color_choice());
        // A pager that was left early wants no more.
        let _ = report.print(&mut out).and_then(|()| out.flush());
    }
    child.wait()?;
    Ok(true)
}

pub(crate) fn diffs<'a>(status: &'a Status, folder: &Folder) -> Vec<Diff<'a>> {
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
            Some(_) => base.get(name).and_then(|version| folder.kept_text(version)).map(Some),
        };
        let Some(original) = original else {
            let diff = diff(name, ("cloud", theirs), ("here", mine));
            diffs.push(Diff { name, side: "here", diff });
            continue;
        };
        for (side, at, text) in [("here", at_mine, mine), ("cloud", at_theirs, theirs)] {
            if at != in_base {
                let diff = diff(name, ("base", original.as_ref()), (side, text));
                diffs.push(Diff { name, side, diff });
            }
        }
    }
    diffs
}

/// The changed values, a line each, as if they were a file.
fn setting_diffs<'a>(config: &'a FileName, plan: &SettingsPlan) -> Vec<Diff<'a>> {
    let both: Vec<SettingChange> = plan
        .conflicts
        .iter()
        .map(|conflict| SettingChange {
            key: conflict.key.clone(),
            from: conflict.cloud.clone(),
            to: conflict.here.clone(),
        })
        .collect();
    let sides =
        [("base", "here", &plan.push), ("base", "cloud", &plan.pull), ("cloud", "here", &both)];
    let changed = sides.into_iter().filter(|(.., changes)| !changes.is_empty());
    let diff = |(from, side, changes): (&str, &'static str, &Vec<SettingChange>)| {
        let lines = |value: fn(&SettingChange) -> &Option<String>| -> String {
            let line = |change: &SettingChange| {
                value(change).as_ref().map(|value| format!("{} = {value:?}\n", change.key))
            };
            changes.iter().filter_map(line).collect()
        };
        let (old, new) = (lines(|change| &change.from), lines(|change| &change.to));
        Diff { name: config, side, diff: diff(config, (from, Some(&old)), (side, Some(&new))) }
    };
    changed.map(diff).collect()
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

/// Prints a diff. Contents come from elsewhere: what would move a terminal's cursor is escaped, lines and tabs stay.
fn print_lines(out: &mut dyn io::Write, diff: &str) -> io::Result<()> {
    let text = escape_lines(diff);
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let mut at = 0;
    while at < lines.len() {
        let removed = run_of(&lines[at..], '-');
        let added = run_of(&lines[at + removed..], '+');
        // Lines that were replaced one by one show which words changed.
        if at > 1 && removed > 0 && removed == added {
            let (old, new) = (&lines[at..at + removed], &lines[at + removed..at + removed + added]);
            for (side, style) in
                [(ChangeTag::Delete, style::REMOVED), (ChangeTag::Insert, style::MADE)]
            {
                for (old, new) in old.iter().zip(new) {
                    print_words(out, &old[1..], &new[1..], side, style)?;
                }
            }
            at += removed + added;
            continue;
        }
        let line = lines[at];
        let style = match line.bytes().next() {
            _ if at < 2 => style::HEADING,
            Some(b'@') => style::MOVED,
            Some(b'+') => style::MADE,
            Some(b'-') => style::REMOVED,
            _ => Style::new(),
        };
        let (line, end) = line.strip_suffix('\n').map_or((line, ""), |line| (line, "\n"));
        write!(out, "{style}{line}{style:#}{end}")?;
        at += 1;
    }
    Ok(())
}

/// Returns how many lines begin with this character.
fn run_of(lines: &[&str], sign: char) -> usize {
    lines.iter().take_while(|line| line.starts_with(sign)).count()
}

/// Prints one side of a line that was replaced, its changed words underlined.
fn print_words(
    out: &mut dyn io::Write,
    old: &str,
    new: &str,
    side: ChangeTag,
    style: Style,
) -> io::Result<()> {
    let changed = style.underline();
    let sign = if side == ChangeTag::Delete { '-' } else { '+' };
    let words = TextDiff::from_words(old, new);
    if words.ratio() <= 0.5 {
        let line = if side == ChangeTag::Delete { old } else { new };
        let (line, end) = line.strip_suffix('\n').map_or((line, ""), |line| (line, "\n"));
        return write!(out, "{style}{sign}{line}{style:#}{end}");
    }
    write!(out, "{style}{sign}{style:#}")?;
    let mut end = "";
    for change in words.iter_all_changes() {
        let style = match change.tag() {
            ChangeTag::Equal => style,
            tag if tag == side => changed,
            _ => continue,
        };
        let word = change.value();
        let bare = word.trim_end_matches('\n');
        if bare.len() < word.len() {
            end = "\n";
        }
        write!(out, "{style}{bare}{style:#}")?;
    }
    write!(out, "{end}")
}
