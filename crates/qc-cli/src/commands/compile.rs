//! `qc compile`, and the build after a push.

use std::{collections::BTreeSet, io, path::Path, time::Duration};

use qc_files::{
    Client, Compile, CompileState, Diagnostic, ProjectFiles, ProjectId, Runtime as _,
    qc_transport::TokioRuntime,
};
use qc_sync::{Folder, SyncError, SyncSession};
use serde::Serialize;

use crate::{
    arguments::ProjectArgs,
    commands::folder::sync,
    exit::Exit,
    output::{
        annotations::Annotations,
        printer::{Printer, Report},
        style,
    },
    place::{
        folder::ProjectFolder,
        project::{self, url},
    },
    text::{count, escape, span},
};

/// Builds the project as the cloud has it.
pub(crate) async fn run(
    client: &Client,
    printer: &Printer,
    arguments: &ProjectArgs,
    annotations: Option<Annotations>,
) -> anyhow::Result<Exit> {
    let files = project::named_or_of_folder(client, arguments).await?;
    let found = match &arguments.project {
        Some(_) => None,
        None => Some(ProjectFolder::find()?),
    };
    let folder = found.as_ref().map(ProjectFolder::open).transpose()?;
    let built = Build::run(printer, &files).await?;
    let differs = match &folder {
        Some(folder) => differing(printer, &files, folder).await?,
        None => Vec::new(),
    };
    let report = built.report(&differs);
    printer.show(&report)?;
    report.note(printer);
    report.annotate(printer, annotations, found.as_ref().map(|found| found.root.as_path()));
    Ok(report.exit())
}

/// A build that has ended, or that takes too long.
pub(crate) struct Build {
    project_id: ProjectId,
    compile: Compile,
    took: Duration,
}

impl Build {
    /// Builds the project and waits for the end.
    pub(crate) async fn run(
        printer: &Printer,
        files: &ProjectFiles,
    ) -> Result<Self, qc_files::Error> {
        printer.bar.set_message("building the project");
        let clock = TokioRuntime::new();
        let began = clock.now().mono;
        let compile = files.compile().await?;
        let took = clock.now().mono.saturating_sub(began);
        Ok(Self { project_id: files.id(), compile, took })
    }

    /// What to show of it. `differs` are the files that the folder and the cloud do not have alike.
    pub(crate) fn report<'a>(&'a self, differs: &'a [String]) -> CompileReport<'a> {
        CompileReport {
            project_id: self.project_id,
            url: url(self.project_id),
            compile_id: &self.compile.compile_id,
            state: &self.compile.state,
            logs: &self.compile.logs,
            diagnostics: self.compile.diagnostics().collect(),
            differs,
            took: self.took,
        }
    }
}

/// Returns the files that the folder and the cloud do not have alike now. Costs one request.
pub(crate) async fn differing(
    printer: &Printer,
    files: &ProjectFiles,
    folder: &Folder,
) -> Result<Vec<String>, SyncError> {
    let options = sync::options(printer, "compile");
    let plan = SyncSession::new(folder, files, &options).status().await?.plan;
    let changes = plan.push.iter().chain(&plan.pull).map(qc_sync::Change::name);
    let names = changes.chain(plan.conflicts.iter().map(|conflict| &conflict.name));
    Ok(names.map(ToString::to_string).collect::<BTreeSet<_>>().into_iter().collect())
}

/// What came of a build.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CompileReport<'a> {
    project_id: ProjectId,
    url: String,
    compile_id: &'a str,
    state: &'a CompileState,
    logs: &'a [String],
    diagnostics: Vec<Diagnostic>,
    /// The files of the folder that are not what was built, or may not be.
    differs: &'a [String],
    #[serde(skip)]
    took: Duration,
}

impl CompileReport<'_> {
    pub(crate) fn exit(&self) -> Exit {
        match self.state {
            CompileState::BuildSuccess => Exit::Done,
            CompileState::BuildError => Exit::BuildFailed,
            _ => Exit::Service,
        }
    }

    /// Tells a CI service where the project in this folder is wrong. On stderr, beside which stdout stays JSON: the service
    /// reads both.
    pub(crate) fn annotate(
        &self,
        printer: &Printer,
        annotations: Option<Annotations>,
        root: Option<&Path>,
    ) {
        let lines = annotations.map(|service| service.lines(&self.diagnostics, root));
        lines.into_iter().flatten().for_each(|line| printer.note(line));
    }

    /// Says what the result does not hold for.
    pub(crate) fn note(&self, printer: &Printer) {
        let names = || escape(&self.differs.join(", "));
        match self.differs.len() {
            0 => {}
            1 => printer.caution(
                "not the same",
                format_args!(
                    "{} differs from what the cloud has now: `qc status` shows how",
                    names()
                ),
            ),
            files => printer.caution(
                "not the same",
                format_args!(
                    "{files} files differ from what the cloud has now ({}): `qc status` shows how",
                    names()
                ),
            ),
        }
        if !self.state.is_end() {
            printer.caution(
                "not ended",
                format_args!(
                    "the build is still in state {} after {}: `qc compile` starts another one",
                    escape(&self.state.to_string()),
                    span(self.took)
                ),
            );
        }
    }
}

impl Report for CompileReport<'_> {
    fn print(&self, out: &mut dyn io::Write) -> io::Result<()> {
        if *self.state == CompileState::BuildSuccess {
            return writeln!(out, "built without an error in {}: {}", span(self.took), self.url);
        }
        let (alarm, caution) = (style::ALARM, style::CAUTION);
        for line in self.logs {
            // Editors and terminals open what stands in front: FILE:LINE:COLUMN.
            match Diagnostic::parse(line) {
                Some(Diagnostic {
                    file: Some(file),
                    line: Some(line),
                    column,
                    message,
                    is_warning,
                    ..
                }) => {
                    let column = column.map(|column| format!(":{column}")).unwrap_or_default();
                    let (style, word) =
                        if is_warning { (caution, "warning") } else { (alarm, "error") };
                    let (file, message) = (escape(&file), escape(&message));
                    writeln!(out, "{file}:{line}{column}: {style}{word}{style:#}: {message}")?;
                }
                _ => writeln!(out, "{}", escape(line))?,
            }
        }
        if *self.state == CompileState::BuildError {
            let errors = self.diagnostics.iter().filter(|found| !found.is_warning).count();
            return writeln!(
                out,
                "the build failed with {} in {}: {}",
                count(errors.max(1), "error"),
                span(self.took),
                self.url
            );
        }
        Ok(())
    }
}
