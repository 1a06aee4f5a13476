//! `compile/*`: builds. With the feature `python` they look for errors of syntax; they run nothing.

#[cfg(feature = "python")]
mod python;

use std::{collections::BTreeMap, time::Duration};

use qc_proto::{
    Compile, CompileState, CreateCompile, Endpoint as _, FileParameters, Language, ProjectId,
    ReadCompile, encode_success,
};
use serde::Serialize;

use crate::{
    record::Applied,
    request::read::SignedRequest,
    service::{Answered, Service, refusal::Refusal, stored_project::StoredProject},
};

/// The word of a log for the version of the engine, which is none here.
const LEAN_VERSION: &str = "emulator";

/// All builds, by their ids. They are gone when the program ends.
#[derive(Default)]
pub(crate) struct Compiles {
    known: BTreeMap<String, Job>,
    /// How long a build waits before it ends.
    pub(crate) duration: Duration,
    /// Whether the next build that is ordered fails.
    pub(crate) fails_next: bool,
}

/// What `compile/create` answers: it has no log.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct CreatedCompile {
    compile_id: String,
    state: CompileState,
    project_id: ProjectId,
    signature: String,
    /// The names of the files.
    signature_order: Vec<String>,
    /// The parameters that the files ask for. None are looked for here.
    parameters: Vec<FileParameters>,
}

struct Job {
    project: ProjectId,
    /// Of the service's clock, since the Unix epoch.
    ends: Duration,
    ended: Compile,
}

impl Compiles {
    pub(crate) fn clear(&mut self) {
        self.known.clear();
        self.fails_next = false;
    }
}

impl Service {
    /// Builds the files as they are now. What came of it shows when its time is over.
    pub(crate) fn create_compile(&mut self, request: &SignedRequest) -> Answered {
        let CreateCompile { project_id, .. } = request.fields()?;
        let project = self.store.project(request.user, project_id)?;
        let number = self.compiles.known.len() + 1;
        let compile_id = format!("{:032x}-{number:032x}", project_id.get());
        let mut errors = errors(project);
        if std::mem::take(&mut self.compiles.fails_next) {
            let file = project.names().next().unwrap_or_default();
            errors.push(error_line(file, 1, 1, "a build error was ordered as a fault"));
        }
        let mut ended = Compile::new(compile_id.clone(), CompileState::BuildSuccess);
        if errors.is_empty() {
            ended.logs = vec![format!(
                "Build Request Successful for Project ID: {project_id}, with CompileID: {compile_id}, Lean Version: \
                 {LEAN_VERSION}"
            )];
        } else {
            (ended.state, ended.logs) = (CompileState::BuildError, errors);
        }
        let created = CreatedCompile {
            compile_id: compile_id.clone(),
            state: CompileState::InQueue,
            project_id,
            signature: format!("{number:032x}"),
            signature_order: project.names().map(str::to_owned).collect(),
            parameters: Vec::new(),
        };
        let name = project.name.clone();
        let ends = request.wall.saturating_add(self.compiles.duration);
        self.compiles.known.insert(compile_id, Job { project: project_id, ends, ended });
        self.applied.push(Applied::new(CreateCompile::PATH, project_id, &name));
        Ok(encode_success(&created))
    }

    pub(crate) fn read_compile(&self, request: &SignedRequest) -> Answered {
        let read: ReadCompile = request.fields()?;
        self.store.project(request.user, read.project_id)?;
        let known = self.compiles.known.get(&read.compile_id);
        let job = known
            .filter(|job| job.project == read.project_id)
            .ok_or_else(|| Refusal::new(format!("Compile not found: {}", read.compile_id)))?;
        if request.wall < job.ends {
            return Ok(encode_success(&Compile::new(read.compile_id, CompileState::InQueue)));
        }
        Ok(encode_success(&job.ended))
    }
}

/// The lines of the log about what cannot be built. C# is taken as it is: no parser of it is here.
fn errors(project: &StoredProject) -> Vec<String> {
    if project.language == Language::CSharp {
        return Vec::new();
    }
    if project.content("main.py").is_none() {
        return vec![
            "Build Error File: Line:0 Column:0 - No python main.py module. Please create one"
                .to_owned(),
        ];
    }
    syntax_errors(project)
}

#[cfg(feature = "python")]
fn syntax_errors(project: &StoredProject) -> Vec<String> {
    let files = project.files.iter().filter(|(name, _)| name.ends_with(".py"));
    let errors = files.flat_map(|(name, file)| {
        let lines = move |error: python::SyntaxError| {
            error_line(name, error.line, error.column, &error.message)
        };
        python::errors(&file.content).into_iter().map(lines)
    });
    errors.collect()
}

#[cfg(not(feature = "python"))]
fn syntax_errors(_: &StoredProject) -> Vec<String> {
    Vec::new()
}

fn error_line(file: &str, line: usize, column: usize, message: &str) -> String {
    format!("Build Error: File: {file} Line:{line} Column:{column} - {message}")
}
