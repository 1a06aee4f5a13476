//! The command line.

use std::{path::PathBuf, time::Duration};

use clap::{Parser, Subcommand, ValueEnum};

pub(crate) use crate::arguments::{
    account::AccountCommand,
    folder::FolderCommand,
    project::{NewArgs, ProjectCommand},
    shared::{BASE_URL, BuildArgs, ForceArgs, LibraryArgs, ProjectArgs, QuotaArgs, SyncArgs, tier},
};

mod account;
pub(crate) mod emulator;
mod folder;
pub(crate) mod foreign;
pub(crate) mod mcp;
mod project;
mod shared;

/// The end of the help.
pub(crate) const EXIT_CODES: &str = "\
Exit codes:
  0    done
  1    there are differences (status, diff)
  2    usage: the command line or the folder is not right, or in use by another qc
  3    conflict: both sides changed the same files; nothing was overwritten
  4    credentials are missing or refused
  5    not found: no such project or file
  6    the network or the service failed, or the service refused
  7    some files failed; the others were done
  8    the project does not build (compile, push --compile)
  130  interrupted by Ctrl-C

First steps:
  qc demo                       see it work, without an account
  qc login                      check and keep your credentials
  qc clone 12345678             download a project into a new folder
  qc status                     show what differs, and on which side it was changed
  qc push                       upload your changes
  qc pull --merge               download changes, and merge them with yours
  qc watch                      upload whenever you save";

/// Where the help shows the options that every command takes.
const GLOBAL: &str = "Options of every command";

/// Keep a folder and a QuantConnect project in step, and lose nothing.
#[derive(Debug, Parser)]
#[command(name = "qc", version, after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    /// What to do. None prints the help.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// Runs as if started in this folder
    #[arg(short = 'C', long = "directory", global = true, help_heading = GLOBAL, value_name = "DIR")]
    pub(crate) working_directory: Option<PathBuf>,
    /// The service's address [default: QuantConnect's, or what QC_API says]
    #[arg(
        long,
        global = true,
        help_heading = GLOBAL,
        value_name = "URL",
        env = BASE_URL,
        hide_env_values = true
    )]
    pub(crate) base_url: Option<String>,
    /// Allows plain http to another machine: anyone on the way can read the requests
    #[arg(long, global = true, help_heading = GLOBAL)]
    pub(crate) insecure_http: bool,
    /// Ends the command after this time, such as 30s or 5m [default: each call has 2 minutes]
    #[arg(long, global = true, help_heading = GLOBAL, value_name = "TIME", value_parser = timeout)]
    pub(crate) timeout: Option<Duration>,
    /// Prints data and errors as JSON
    #[arg(long, global = true, help_heading = GLOBAL)]
    pub(crate) json: bool,
    /// Shows each request on stderr: outcome, time and size; twice (-vv) with headers; never a secret
    #[arg(short, long, action = clap::ArgAction::Count, global = true, help_heading = GLOBAL)]
    pub(crate) verbose: u8,
    /// Prints only what was asked for and what went wrong
    #[arg(short, long, global = true, help_heading = GLOBAL)]
    pub(crate) quiet: bool,
    /// When to use colours; the variable NO_COLOR turns them off
    #[arg(long, global = true, help_heading = GLOBAL, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,
}

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

impl Arguments {
    /// Returns whether to write although someone else has the project open.
    pub(crate) fn forces(&self) -> bool {
        match &self.command {
            Some(Command::Folder(FolderCommand::Push { force, .. })) => *force,
            Some(Command::Cloud(command)) => command.forces(),
            _ => false,
        }
    }
}

fn timeout(text: &str) -> Result<Duration, String> {
    match emulator::positive(text)? {
        Duration::ZERO => Err("it must be more than nothing".to_owned()),
        timeout => Ok(timeout),
    }
}

/// What `qc` can do. The order is that of the help.
// The arguments of a command are put together when it is called: for all of them that is half of what a short command
// does. A doc comment of a struct that they are taken from would then stand in place of the command's.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(crate) enum Command {
    #[command(flatten)]
    Account(AccountCommand),
    #[command(flatten)]
    Folder(FolderCommand),
    #[command(flatten)]
    Cloud(CloudCommand),
    #[command(flatten)]
    Local(LocalCommand),
}

/// Commands on single files of a project in the cloud.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(crate) enum CloudCommand {
    /// Builds the project in the cloud, and shows each error with its file and line
    #[command(after_help = "\
Ends with 0 if it builds, and with 8 if it does not. What is built is what the cloud has: `qc push
--compile` sends your changes first.

Examples:
  qc compile
  qc compile --project 'Research/Momentum'
  qc compile --json | jq -r '.diagnostics[] | .file + \":\" + (.line | tostring)'")]
    Compile {
        #[command(flatten)]
        project: ProjectArgs,
        #[command(flatten)]
        build: BuildArgs,
    },
    /// Lists the files of the project in the cloud: size in bytes, last change, name
    Ls {
        /// Only this folder, or this file
        folder: Option<PathBuf>,
        #[command(flatten)]
        project: ProjectArgs,
    },
    /// Prints files of the project in the cloud
    Cat {
        /// The files to print
        #[arg(required = true)]
        names: Vec<String>,
        #[command(flatten)]
        project: ProjectArgs,
    },
    /// Writes a file of the project in the cloud, and creates it if it is not there
    #[command(after_help = "\
Names are relative to where you are in the project's folder; with --project they are the
project's own.

Examples:
  qc put main.py                your main.py
  qc put main.py draft.py       your draft.py as main.py
  generate | qc put data/table.py - --project 12345678")]
    Put {
        /// The file in the cloud
        name: String,
        /// The file here that has the content [default: the file of the same name]; `-` is standard input
        from: Option<PathBuf>,
        /// Accepts an empty standard input: the file in the cloud becomes empty
        #[arg(long)]
        allow_empty: bool,
        #[command(flatten)]
        project: ProjectArgs,
        #[command(flatten)]
        force: ForceArgs,
    },
    /// Renames a file of the project in the cloud
    Mv {
        /// The file to rename
        name: String,
        /// Its new name
        new_name: String,
        #[command(flatten)]
        project: ProjectArgs,
        #[command(flatten)]
        force: ForceArgs,
    },
    /// Deletes files of the project in the cloud
    Rm {
        /// The files to delete
        #[arg(required = true)]
        names: Vec<String>,
        #[command(flatten)]
        project: ProjectArgs,
        #[command(flatten)]
        force: ForceArgs,
    },
    /// Applies a unified diff to files of the project in the cloud: all of it or nothing
    #[command(after_help = "\
Examples:
  git diff --relative | qc patch
  qc patch fix.diff --project 12345678")]
    Patch {
        /// The diff, as `git diff` writes it; `-` is standard input
        #[arg(default_value = "-")]
        from: PathBuf,
        #[command(flatten)]
        project: ProjectArgs,
        #[command(flatten)]
        force: ForceArgs,
    },
    /// Opens the project's page in the browser
    Open {
        #[command(flatten)]
        project: ProjectArgs,
        /// Prints the address instead
        #[arg(long)]
        print: bool,
    },
}

impl CloudCommand {
    fn forces(&self) -> bool {
        match self {
            Self::Put { force, .. }
            | Self::Mv { force, .. }
            | Self::Rm { force, .. }
            | Self::Patch { force, .. } => force.force,
            Self::Compile { .. } | Self::Ls { .. } | Self::Cat { .. } | Self::Open { .. } => false,
        }
    }
}

/// Commands that need neither an account nor a project.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(crate) enum LocalCommand {
    /// Shows a whole day's work against a service of its own, without an account: clone, edit, push, conflict
    Demo,
    /// Serves the same API on this machine, for tests of programs in any language
    #[command(after_help = emulator::more_help())]
    Emulator(Box<emulator::EmulatorArgs>),
    /// Prints a script that completes commands, options, projects and files in a shell
    #[command(after_help = "\
The names of projects and files come from the project's folder, or from the service; they are kept
for ten minutes in the user's cache folder. In PowerShell commands and options are completed only.

Examples:
  qc completions bash > ~/.local/share/bash-completion/completions/qc
  qc completions zsh > ~/.zfunc/_qc
  qc completions fish > ~/.config/fish/completions/qc.fish")]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Prints the manual page, or writes one page for each command into a folder
    #[command(after_help = "Examples:\n  qc man | man -l -\n  qc man ~/.local/share/man/man1")]
    Man {
        /// The folder for the pages [default: prints the page of `qc`]
        directory: Option<PathBuf>,
    },
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::Arguments;

    #[test]
    fn the_help_has_no_line_that_is_broken_again() {
        let mut command = Arguments::command();
        command.build();
        let mut seen = 0;
        for command in command.get_subcommands() {
            for line in
                command.get_after_help().map(ToString::to_string).unwrap_or_default().lines()
            {
                assert!(line.chars().count() <= 100, "qc {}: {line}", command.get_name());
                seen += 1;
            }
        }
        assert!(seen > 50, "{seen}");
    }
}
