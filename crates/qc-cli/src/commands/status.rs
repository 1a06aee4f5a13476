//! `qc status`.

use std::path::PathBuf;

use qc_files::{Client, qc_proto::Tier};
use qc_sync::{Change, Folder, Status};
use serde_json::json;

use super::told;
use crate::{
    arguments::Here,
    exit::Exit,
    paths,
    printer::{Printer, shown},
    settings::{self, SettingsError},
    style,
};

/// Costs one request.
pub(crate) async fn run(
    client: &Client,
    printer: &Printer,
    here: &Here,
    only: &[PathBuf],
    tier: Option<Tier>,
) -> anyhow::Result<Exit> {
    let (_, status) = compare(client, printer, here, only, tier).await?;
    tell(printer, &status)?;
    let partly = told::tell_refused(printer, &status.refused);
    let in_conflict = !(status.plan.conflicts.is_empty() && status.unresolved.is_empty());
    Ok(match (in_conflict, status.plan.is_empty()) {
        (true, _) => Exit::Conflict,
        (false, false) => Exit::Differences,
        (false, true) => partly.unwrap_or(Exit::Done),
    })
}

/// The folder, and how it and its project stand to each other over the files at these paths.
pub(crate) async fn compare(
    client: &Client,
    printer: &Printer,
    here: &Here,
    only: &[PathBuf],
    tier: Option<Tier>,
) -> anyhow::Result<(Folder, Status)> {
    let (root, id) = settings::source_folder(&here.directory)?;
    let mut options = told::options(printer, "status");
    options.tier = tier;
    options.only = paths::selection(&root, &here.directory, only)?;
    let folder = Folder::open(root)?;
    let status = qc_sync::status(&folder, &client.project(id)?, &options).await?;
    let names = status.base.keys().chain(status.here.keys()).chain(status.cloud.keys());
    let unmatched: Vec<String> =
        options.only.unmatched(names).into_iter().map(str::to_owned).collect();
    let is_refused =
        |path: &String| status.refused.iter().any(|refused| refused.name.starts_with(path));
    if !unmatched.iter().all(is_refused) {
        return Err(SettingsError::NoSuchFile(unmatched).into());
    }
    Ok((folder, status))
}

fn tell(printer: &Printer, status: &Status) -> anyhow::Result<()> {
    let Status { plan, unresolved, refused, cautions, line_ends, set_aside, .. } = status;
    let data = json!({
        "push": told::changes(&plan.push),
        "pull": told::changes(&plan.pull),
        "conflicts": told::conflicts(&plan.conflicts),
        "unresolved": unresolved,
        "lineEnds": line_ends,
        "setAside": set_aside,
        "refused": told::refused(refused),
        "cautions": cautions.iter().map(told::caution).collect::<Vec<_>>(),
    });
    let heading = |title: &str| format!("{}{title}{:#}", style::HEADING, style::HEADING);
    let alarm = |line: &str| format!("{}{line}{:#}", style::ALARM, style::ALARM);
    printer.data(&data, |out| {
        if plan.is_empty() && unresolved.is_empty() {
            writeln!(out, "in step")?;
        }
        let sides: [(&str, &[Change]); 2] = [
            ("changed here (`qc push`):", &plan.push),
            ("changed in the cloud (`qc pull`):", &plan.pull),
        ];
        for (title, changes) in sides {
            if changes.is_empty() {
                continue;
            }
            writeln!(out, "{}", heading(title))?;
            for change in changes {
                write!(out, "  ")?;
                told::line(change).write(out)?;
            }
        }
        if !plan.conflicts.is_empty() {
            writeln!(out, "{}", heading("changed on both sides (`qc diff`, `qc pull --merge`):"))?;
        }
        for conflict in &plan.conflicts {
            writeln!(out, "  {}", alarm(&told::conflict_line(conflict)))?;
        }
        if !unresolved.is_empty() {
            writeln!(out, "{}", heading("with the markers of a merge (choose, then `qc push`):"))?;
        }
        for name in unresolved {
            writeln!(out, "  {}", alarm(&shown(name.as_str())))?;
        }
        if !line_ends.is_empty() {
            writeln!(
                out,
                "{}",
                heading("in step but for line ends (`qc push --ours PATH` sends yours):")
            )?;
        }
        for name in line_ends {
            writeln!(out, "  {}", shown(name.as_str()))?;
        }
        if !set_aside.is_empty() {
            writeln!(
                out,
                "{}",
                heading(
                    "left over from an interrupted deletion (the folder's next `qc push` ends it):"
                )
            )?;
        }
        for name in set_aside {
            writeln!(out, "  {}", shown(name.as_str()))?;
        }
        for caution in cautions {
            writeln!(out, "caution: {}", shown(&told::caution(caution)))?;
        }
        Ok(())
    })
}
