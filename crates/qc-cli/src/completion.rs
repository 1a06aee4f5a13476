//! Completes a command line where a shell asks for it.

mod cache;
mod names;

use std::{env, ffi::OsStr, path::PathBuf, sync::Arc};

use clap::{ArgMatches, CommandFactory as _, Parser as _};
use clap_complete::{
    CompleteEnv,
    engine::{ArgValueCompleter, CompletionCandidate, PathCompleter, ValueCompleter as _},
    env::{Bash, Elvish, Fish, Shells, Zsh},
};

use crate::{arguments::Arguments, text::escape};

/// The variable in which the script of a shell names the shell.
pub(crate) const VARIABLE: &str = "COMPLETE";

/// The shells whose scripts ask `qc`. The script for PowerShell would run what is in `$(…)` on the line that is completed.
pub(crate) const SHELLS: Shells<'static> = Shells(&[&Bash, &Elvish, &Fish, &Zsh]);

/// What is on the line so far, as far as names depend on it.
struct Line {
    shell: String,
    arguments: Arguments,
    project: Option<String>,
}

/// Prints what completes the line, if a shell asks for that. Returns whether one did.
pub(crate) fn answers() -> bool {
    let Ok(shell) = env::var(VARIABLE) else { return false };
    if SHELLS.completer(&shell).is_none() {
        return false;
    }
    let Some(line) = Line::read(shell) else { return true };
    let line = Arc::new(line);
    // A line that cannot be completed is no error: somebody is still typing it.
    let _ = CompleteEnv::with_factory(|| command(&line))
        .var(VARIABLE)
        .shells(SHELLS)
        .try_complete(env::args_os(), env::current_dir().ok().as_deref());
    true
}

impl Line {
    fn read(shell: String) -> Option<Self> {
        let words = env::args_os().skip_while(|word| word != "--").skip(1);
        let read = Arguments::command().ignore_errors(true).try_get_matches_from(words);
        let matches = read.unwrap_or_default();
        let mut arguments = Arguments::try_parse_from(["qc", "--quiet"]).ok()?;
        arguments.base_url = option(&matches, "base_url").or(arguments.base_url);
        arguments.insecure_http = option(&matches, "insecure_http").unwrap_or_default();
        if let Some(directory) = option::<PathBuf>(&matches, "working_directory") {
            env::set_current_dir(directory).ok()?;
        }
        let project = matches.subcommand().and_then(|(_, command)| option(command, "project"));
        Some(Self { shell, arguments, project })
    }

    /// A name as the shell has it on a line. None if it may have effects there that nobody sees.
    fn word(&self, name: &str) -> Option<String> {
        if escape(name) != name {
            return None;
        }
        // The others quote what they insert.
        if self.shell != "bash" {
            return Some(name.to_owned());
        }
        let is_plain =
            |character: char| character.is_alphanumeric() || "/_-.+,@%".contains(character);
        let mut word = String::new();
        for character in name.chars() {
            if !is_plain(character) {
                word.push('\\');
            }
            word.push(character);
        }
        Some(word)
    }

    fn projects(&self, typed: &str) -> Vec<CompletionCandidate> {
        let by_number = typed.starts_with(|first: char| first.is_ascii_digit());
        let mut found = Vec::new();
        for (number, name) in names::projects(self) {
            let (value, help) = if by_number { (&number, &name) } else { (&name, &number) };
            if let (true, Some(word)) = (value.starts_with(typed), self.word(value)) {
                found.push(CompletionCandidate::new(word).help(Some(escape(help).into())));
            }
        }
        found
    }

    /// Completes up to the next folder, as shells do.
    fn paths(&self, typed: &str, names: Vec<String>) -> Vec<CompletionCandidate> {
        let next = |name: &String| {
            let rest = name.strip_prefix(typed)?;
            let end = rest.find('/').map_or(name.len(), |at| typed.len() + at + 1);
            self.word(&name[..end])
        };
        let mut words: Vec<String> = names.iter().filter_map(next).collect();
        words.sort_unstable();
        words.dedup();
        words.into_iter().map(CompletionCandidate::new).collect()
    }

    fn cloud_files(&self, typed: &str) -> Vec<CompletionCandidate> {
        self.paths(typed, names::cloud_files(self))
    }

    /// Files that are here, and those that were when both sides were last in step.
    fn folder_files(&self, typed: &str) -> Vec<CompletionCandidate> {
        let here = PathCompleter::any().complete(OsStr::new(typed)).into_iter();
        let here =
            here.filter(|candidate| !candidate.is_hide_set() && candidate.get_value() != ".");
        let here = here.map(|candidate| candidate.get_value().to_string_lossy().into_owned());
        self.paths(typed, here.chain(names::in_step()).collect())
    }
}

fn option<T: Clone + Send + Sync + 'static>(matches: &ArgMatches, id: &str) -> Option<T> {
    matches.try_get_one::<T>(id).ok().flatten().cloned()
}

/// The whole command line, with what its arguments name.
fn command(line: &Arc<Line>) -> clap::Command {
    let mut command = Arguments::command();
    command.build();
    complete_subcommands(command, line)
}

fn complete_subcommands(command: clap::Command, line: &Arc<Line>) -> clap::Command {
    command.mut_subcommands(|subcommand| {
        let name = subcommand.get_name().to_owned();
        complete_subcommands(subcommand, line).mut_args(|argument| {
            let complete = match (name.as_str(), argument.get_id().as_str()) {
                (_, "project") => Line::projects,
                ("ls", "folder") | ("cat" | "rm", "names") | ("mv", _) => Line::cloud_files,
                ("put", "name") | (_, "paths" | "ours" | "theirs") => Line::folder_files,
                _ => return argument,
            };
            // Global options have their own.
            if argument.is_global_set() || !argument.get_action().takes_values() {
                return argument;
            }
            let line = Arc::clone(line);
            argument.add(ArgValueCompleter::new(move |typed: &OsStr| {
                // As typed, with what a shell needs in front of spaces.
                typed
                    .to_str()
                    .map_or_else(Vec::new, |typed| complete(&line, &typed.replace('\\', "")))
            }))
        })
    })
}
