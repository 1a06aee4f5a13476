//! What was done with all projects of a workspace: a line for each.

use std::{io, time::Duration};

use anstyle::Style;
use qc_files::ProjectId;
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::{
    exit::Exit,
    output::{printer::Report, style},
    text::{count, escape, span},
};

/// How things stand with a project. The order is that of the last line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum State {
    /// Nothing differs, as far as the command looks.
    InStep,
    /// Something was pushed or pulled.
    Changed,
    /// Something differs.
    Differs,
    /// Both sides changed the same.
    Conflict,
    /// It was left alone for what it is.
    LeftAlone,
    /// Not all that was to be done was done.
    Failed,
    /// It was not begun, because it would have failed as another one did.
    NotTried,
}

impl State {
    const ALL: [(Self, &'static str, Style); 7] = [
        (Self::InStep, "in step", Style::new()),
        (Self::Changed, "changed", style::MADE),
        (Self::Differs, "different", style::CHANGED),
        (Self::Conflict, "in conflict", style::ALARM),
        (Self::LeftAlone, "left alone", style::MOVED),
        (Self::Failed, "failed", style::ALARM),
        (Self::NotTried, "not tried", style::CAUTION),
    ];

    fn style(self) -> Style {
        Self::ALL
            .iter()
            .find(|(state, ..)| *state == self)
            .map_or(Style::new(), |(.., style)| *style)
    }
}

/// One project.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Line {
    /// Its folder below the workspace.
    pub(super) folder: String,
    pub(super) project_id: Option<ProjectId>,
    pub(super) state: State,
    /// What happened, in words.
    pub(super) words: String,
    #[serde(serialize_with = "number")]
    pub(super) exit: Exit,
    /// What the command on this project alone prints as JSON. None if it was not carried out.
    pub(super) report: Option<Value>,
}

fn number<S: Serializer>(exit: &Exit, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u8(*exit as u8)
}

/// All projects.
#[derive(Serialize)]
#[serde(transparent)]
pub(super) struct Table {
    pub(super) lines: Vec<Line>,
    #[serde(skip)]
    pub(super) took: Duration,
    #[serde(skip)]
    pub(super) requests: usize,
}

impl Table {
    /// Returns the worst that happened.
    pub(super) fn exit(&self) -> Exit {
        self.lines.iter().fold(Exit::Done, |worst, line| worst.worse(line.exit))
    }
}

impl Report for Table {
    fn print(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let folders: Vec<String> = self.lines.iter().map(|line| escape(&line.folder)).collect();
        let width = folders.iter().map(|folder| console::measure_text_width(folder)).max();
        let width = width.unwrap_or_default();
        for (line, folder) in self.lines.iter().zip(&folders) {
            let gap = " ".repeat(width - console::measure_text_width(folder) + 2);
            let style = line.state.style();
            writeln!(out, "{folder}{gap}{style}{}{style:#}", escape(&line.words))?;
        }
        let counted = State::ALL.iter().filter_map(|(state, word, _)| {
            let number = self.lines.iter().filter(|line| line.state == *state).count();
            (number > 0).then(|| format!("{number} {word}"))
        });
        writeln!(
            out,
            "{}, {}; {} in {}",
            count(self.lines.len(), "project"),
            counted.collect::<Vec<_>>().join(", "),
            count(self.requests, "request"),
            span(self.took)
        )
    }
}
