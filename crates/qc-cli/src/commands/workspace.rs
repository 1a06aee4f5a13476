//! `--all`: every project of a workspace, several at a time over one client.

mod libraries;
mod one;
mod table;

use std::{cell::Cell, collections::BTreeMap, env, sync::atomic::Ordering};

use anyhow::Context as _;
use futures_util::{StreamExt as _, stream};
use qc_files::{
    Client, Project, ProjectId, Runtime as _, qc_proto::Tier, qc_transport::TokioRuntime,
};
use qc_sync::Workspace;

use crate::{
    arguments::{FolderCommand, SyncArgs},
    commands::{
        folder::pull,
        workspace::table::{Line, State, Table},
    },
    error::CliError,
    exit::Exit,
    output::printer::Printer,
    place::{
        connect,
        workspace::{Member, libraries_first, members},
    },
};

/// Projects that are under way at a time. They share pace and retries.
const AT_ONCE: usize = 4;

/// What is done with each project.
pub(crate) enum Action<'a> {
    Status { tier: Option<Tier> },
    Push { sync: &'a SyncArgs, force: bool, create: bool, tier: Option<Tier> },
    Pull { sync: &'a SyncArgs, how: pull::How },
}

impl<'a> Action<'a> {
    /// What a command says. None if it is about one project.
    pub(crate) fn of(command: &'a FolderCommand) -> anyhow::Result<Option<Self>> {
        Ok(match command {
            FolderCommand::Status { all: true, quota, .. } => {
                Some(Self::Status { tier: connect::tier(*quota)? })
            }
            FolderCommand::Push { all: true, sync, force, create, quota, .. } => {
                let tier = connect::tier(*quota)?;
                Some(Self::Push { sync, force: *force, create: *create, tier })
            }
            FolderCommand::Pull { all: true, sync, merge, force, libraries } => {
                let how = pull::How { merge: *merge, force: *force, libraries: *libraries };
                Some(Self::Pull { sync, how })
            }
            _ => None,
        })
    }
}

/// What the work on each project has in common.
struct Work<'a> {
    client: &'a Client,
    /// Says nothing: what it would say is in a line of the table.
    printer: Printer,
    action: &'a Action<'a>,
    workspace: Workspace,
    members: Vec<Member>,
    /// The projects of the user as they were when the command began.
    known: BTreeMap<ProjectId, Project>,
    /// Whether what failed will fail for all.
    stopped: Cell<bool>,
}

/// Costs one request for the list of projects, which has their settings, and for each project what it costs alone without
/// reading its settings.
pub(crate) async fn run(
    client: &Client,
    printer: &Printer,
    action: &Action<'_>,
) -> anyhow::Result<Exit> {
    let clock = TokioRuntime::new();
    let began = clock.now().mono;
    let here = env::current_dir().context("cannot find the current folder")?;
    let workspace = Workspace::around(&here).ok_or(CliError::NoWorkspace(here))?;
    let members = members(&workspace)?;
    if members.is_empty() {
        return Err(CliError::EmptyWorkspace(workspace.root().to_owned()).into());
    }
    let known = match members.iter().any(|member| member.project.is_some()) {
        true => client.projects().await?.projects,
        false => Vec::new(),
    };
    let known = known.into_iter().map(|project| (project.project_id, project)).collect();
    let (printer, shown) = (printer.silent(), printer);
    let stopped = Cell::new(false);
    let work = Work { client, printer, action, workspace, members, known, stopped };
    let groups = match action {
        Action::Push { .. } => libraries_first(&work.members),
        _ => vec![work.members.iter().collect()],
    };
    let mut lines = Vec::new();
    for group in groups {
        let group = stream::iter(group).map(|member| work.one(member));
        let mut group = group.buffer_unordered(AT_ONCE);
        while let Some(line) = group.next().await {
            lines.push(line);
            let message = format!("{} of {} projects", lines.len(), work.members.len());
            shown.bar.set_message(message);
        }
    }
    if let Action::Pull { .. } = action {
        lines.extend(work.clone_libraries().await);
    }
    lines.sort_by(|one, other| one.folder.cmp(&other.folder));
    let took = clock.now().mono.saturating_sub(began);
    let table = Table { lines, took, requests: shown.requests.load(Ordering::Relaxed) };
    match action {
        Action::Status { .. } => shown.show(&table)?,
        _ => shown.show_done(&table)?,
    }
    let needs_look = |line: &Line| matches!(line.state, State::Conflict | State::Failed);
    if let Some(line) =
        table.lines.iter().find(|line| needs_look(line) && line.project_id.is_some())
        && !shown.wants_json()
    {
        let folder = work.workspace.root().join(&line.folder);
        shown.note(format_args!("`qc -C {} status` shows its files", connect::quoted(&folder)));
    }
    Ok(table.exit())
}
