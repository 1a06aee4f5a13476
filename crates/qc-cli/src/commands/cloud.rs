//! Commands on single files of a project in the cloud: one call each.

use std::{
    io,
    path::{Path, PathBuf},
};

use qc_files::{
    Client, ErrorKind, FileList, FileName, Invalid, Project, RemoteName, qc_proto::ServerTime,
};
use qc_sync::{Folder, Selection, SyncSession, Thousands, is_unresolved, read_plain, with_control};
use serde::Serialize;

use crate::{
    advice::failed_call,
    arguments::{Arguments, CloudCommand, ProjectArgs},
    commands::{account, compile, folder::sync},
    error::CliError,
    exit::Exit,
    output::{
        printer::{Printer, Report},
        progress::Progress,
    },
    place::{connect, folder::ProjectFolder, project},
    text::escape,
};

pub(crate) async fn run(
    arguments: &Arguments,
    command: &CloudCommand,
    printer: &Printer,
) -> anyhow::Result<Exit> {
    let (CloudCommand::Compile { project, .. }
    | CloudCommand::Ls { project, .. }
    | CloudCommand::Cat { project, .. }
    | CloudCommand::Put { project, .. }
    | CloudCommand::Mv { project, .. }
    | CloudCommand::Rm { project, .. }
    | CloudCommand::Patch { project, .. }
    | CloudCommand::Open { project, .. }) = command;
    if project.project.is_none() {
        ProjectFolder::find()?;
    }
    let client = connect::client(arguments, printer)?;
    let _progress = Progress::begin(printer);
    match command {
        CloudCommand::Compile { project, build } => {
            compile::run(&client, printer, project, build.annotations).await
        }
        CloudCommand::Ls { folder, project } => {
            list(&client, printer, folder.as_deref(), project).await
        }
        CloudCommand::Cat { names, project } => print(&client, printer, names, project).await,
        CloudCommand::Put { name, from, allow_empty, project, .. } => {
            put(&client, printer, name, from.as_deref(), *allow_empty, project).await
        }
        CloudCommand::Mv { name, new_name, project, .. } => {
            rename(&client, printer, name, new_name, project).await
        }
        CloudCommand::Rm { names, project, .. } => remove(&client, printer, names, project).await,
        CloudCommand::Patch { from, project, .. } => patch(&client, printer, from, project).await,
        CloudCommand::Open { project, print } => {
            account::open(&client, printer, project, *print).await
        }
    }
}

/// A file in a list.
#[derive(Serialize)]
struct FileReport<'a> {
    name: &'a RemoteName,
    bytes: usize,
    modified: Option<&'a ServerTime>,
}

/// The files of a project.
#[derive(Serialize)]
#[serde(transparent)]
struct FilesReport<'a>(Vec<FileReport<'a>>);

impl Report for FilesReport<'_> {
    fn print(&self, out: &mut dyn io::Write) -> io::Result<()> {
        for FileReport { name, bytes, modified } in &self.0 {
            let modified = escape(modified.map_or("", |time| time.as_str()));
            writeln!(out, "{bytes:>8}  {modified:<19}  {}", escape(name.as_str()))?;
        }
        Ok(())
    }
}

async fn list(
    client: &Client,
    printer: &Printer,
    folder: Option<&Path>,
    arguments: &ProjectArgs,
) -> anyhow::Result<Exit> {
    let only = match folder {
        None => Selection::all(),
        Some(folder) if arguments.project.is_some() => {
            Selection::paths([folder.to_string_lossy().trim_matches('/')])
        }
        Some(folder) => ProjectFolder::find()?.files_at(&[folder.to_owned()])?,
    };
    let list: FileList = project::named_or_of_folder(client, arguments).await?.read_all().await?;
    for unreadable in &list.unreadable {
        printer.note(format_args!("{unreadable}"));
    }
    let is_listed = |name: &RemoteName| match name.clean() {
        Ok(name) => only.contains(&name),
        Err(_) => folder.is_none(),
    };
    let files = list.files.iter().filter(|file| is_listed(&file.name));
    let reports: Vec<FileReport<'_>> = files
        .map(|file| FileReport {
            name: &file.name,
            bytes: file.content.len(),
            modified: file.modified.as_ref(),
        })
        .collect();
    if let (Some(folder), true) = (folder, reports.is_empty()) {
        return Err(CliError::NoSuchFile(vec![folder.display().to_string()]).into());
    }
    printer.show(&FilesReport(reports))?;
    Ok(Exit::Done)
}

/// A file with its content.
#[derive(Serialize)]
struct ContentReport<'a> {
    name: &'a RemoteName,
    content: &'a str,
    modified: Option<&'a ServerTime>,
}

impl Report for ContentReport<'_> {
    fn print(&self, out: &mut dyn io::Write) -> io::Result<()> {
        out.write_all(self.content.as_bytes())
    }
}

/// Prints contents as they are, to the byte: they may go into a file.
async fn print(
    client: &Client,
    printer: &Printer,
    names: &[String],
    arguments: &ProjectArgs,
) -> anyhow::Result<Exit> {
    let project = project::named_or_of_folder(client, arguments).await?;
    for name in names {
        // Whatever the service has may be looked at.
        let name = RemoteName::from_service(named(arguments, name)?);
        let file = project.read(name).await?;
        if printer.wants_json() {
            let modified = file.modified.as_ref();
            printer.show(&ContentReport { name: &file.name, content: &file.content, modified })?;
        } else {
            printer.raw(file.content.as_bytes())?;
        }
    }
    Ok(Exit::Done)
}

/// Returns the project's name for what was typed: relative to where one is in the project's folder, unless a project is
/// named.
fn named(arguments: &ProjectArgs, typed: &str) -> anyhow::Result<String> {
    if arguments.project.is_some() {
        return Ok(typed.to_owned());
    }
    Ok(ProjectFolder::find()?.name(Path::new(typed))?)
}

/// Returns the folder whose history keeps what is replaced. None if a project is named.
fn open_folder(arguments: &ProjectArgs) -> anyhow::Result<Option<Folder>> {
    if arguments.project.is_some() {
        return Ok(None);
    }
    Ok(Some(ProjectFolder::find()?.open()?))
}

/// A file that was written.
#[derive(Serialize)]
struct PutReport<'a> {
    name: &'a FileName,
    created: bool,
}

impl Report for PutReport<'_> {
    fn print(&self, out: &mut dyn io::Write) -> io::Result<()> {
        writeln!(out, "{} {}", if self.created { "create" } else { "update" }, self.name)
    }
}

/// In a project's folder two requests, so that the history has what was there; else one or two.
async fn put(
    client: &Client,
    printer: &Printer,
    typed: &str,
    from: Option<&Path>,
    allow_empty: bool,
    arguments: &ProjectArgs,
) -> anyhow::Result<Exit> {
    let name = FileName::new(named(arguments, typed)?)?;
    let from = from.unwrap_or(Path::new(typed));
    let content = read(from)?;
    if from == Path::new("-") && content.is_empty() && !allow_empty {
        let why = "is needed where standard input is empty: the file would be emptied";
        return Err(Invalid::new("--allow-empty", why).into());
    }
    if is_unresolved(&content) {
        return Err(CliError::Unresolved(from.to_owned()).into());
    }
    let (project, known) = project::to_write(client, arguments).await?;
    let size = format!("{name} has {} characters", Thousands(content.chars().count()));
    if let Some(max) = known.and_then(|known| max_file_chars(&known))
        && content.chars().nth(max).is_some()
    {
        let max = Thousands(max);
        let line =
            format!("{size}, and the project takes {max} a file: the service will refuse that");
        printer.caution("caution", line);
    }
    let put = match open_folder(arguments)? {
        Some(folder) => {
            let options = sync::options(printer, "put");
            let session = SyncSession::new(&folder, &project, &options);
            session.put(&name, &content).await.map_err(Into::into)
        }
        None => project.write(&name, content).await.map_err(Into::into),
    };
    let created = put.map_err(|error: anyhow::Error| match failed_call(&error) {
        Some(call) if call.kind() == ErrorKind::TooLarge => error.context(size),
        _ => error,
    })?;
    printer.show_done(&PutReport { name: &name, created })?;
    Ok(Exit::Done)
}

/// What the service says the project takes. A KB is 1,000 characters.
fn max_file_chars(project: &Project) -> Option<usize> {
    usize::try_from(project.max_file_size?).ok()?.checked_mul(1000)
}

/// A file that was renamed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RenameReport<'a> {
    name: &'a str,
    new_name: &'a FileName,
}

impl Report for RenameReport<'_> {
    fn print(&self, out: &mut dyn io::Write) -> io::Result<()> {
        writeln!(out, "rename {} to {}", escape(self.name), escape(self.new_name.as_str()))
    }
}

async fn rename(
    client: &Client,
    printer: &Printer,
    typed: &str,
    new: &str,
    arguments: &ProjectArgs,
) -> anyhow::Result<Exit> {
    let (name, new_name) = (named(arguments, typed)?, FileName::new(named(arguments, new)?)?);
    let project = project::named_or_of_folder(client, arguments).await?;
    let old_name = RemoteName::from_service(name.as_str());
    with_control(&project, async || project.rename(old_name.clone(), &new_name).await).await?;
    printer.show_done(&RenameReport { name: &name, new_name: &new_name })?;
    print_cloud_only(printer, arguments);
    Ok(Exit::Done)
}

/// A file that was deleted.
#[derive(Serialize)]
struct RemoveReport<'a> {
    name: &'a str,
}

impl Report for RemoveReport<'_> {
    fn print(&self, out: &mut dyn io::Write) -> io::Result<()> {
        writeln!(out, "delete {}", escape(self.name))
    }
}

/// In a project's folder three requests a file, so that the history has what was there; else one.
async fn remove(
    client: &Client,
    printer: &Printer,
    typed: &[String],
    arguments: &ProjectArgs,
) -> anyhow::Result<Exit> {
    let project = project::named_or_of_folder(client, arguments).await?;
    let folder = open_folder(arguments)?;
    for typed in typed {
        let name = named(arguments, typed)?;
        match (&folder, FileName::new(name.as_str())) {
            (Some(folder), Ok(name)) => {
                let options = sync::options(printer, "rm");
                SyncSession::new(folder, &project, &options).delete(&name).await?;
            }
            _ => project.delete(RemoteName::from_service(name.as_str())).await?,
        }
        printer.show_done(&RemoveReport { name: &name })?;
    }
    print_cloud_only(printer, arguments);
    Ok(Exit::Done)
}

/// Says that the folder has the file still.
fn print_cloud_only(printer: &Printer, arguments: &ProjectArgs) {
    if arguments.project.is_none() && !printer.is_quiet() && !printer.wants_json() {
        printer.note(
            "done in the cloud only: `qc pull` does the same here, `qc status` shows it first",
        );
    }
}

/// A patch that was applied.
#[derive(Serialize)]
struct PatchReport {
    patched: bool,
}

impl Report for PatchReport {
    fn print(&self, out: &mut dyn io::Write) -> io::Result<()> {
        writeln!(out, "patched")
    }
}

async fn patch(
    client: &Client,
    printer: &Printer,
    from: &Path,
    arguments: &ProjectArgs,
) -> anyhow::Result<Exit> {
    let patch = read(from)?;
    let (project, _) = project::to_write(client, arguments).await?;
    with_control(&project, async || project.patch(patch.as_str()).await).await?;
    printer.show_done(&PatchReport { patched: true })?;
    Ok(Exit::Done)
}

/// A file's text, or standard input's.
fn read(from: &Path) -> Result<String, CliError> {
    let read = || {
        if from == Path::new("-") {
            return io::read_to_string(io::stdin().lock());
        }
        String::from_utf8(read_plain(from)?)
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8"))
    };
    read().map_err(|why| CliError::Unreadable { path: PathBuf::from(from), why })
}
