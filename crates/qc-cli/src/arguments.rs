//! The command line.

use std::path::PathBuf;

use clap::{
    Parser, Subcommand, ValueEnum,
    builder::{PossibleValuesParser, TypedValueParser},
};
use qc_files::{UserId, qc_proto::Tier};

use crate::commands::emulator;

/// The end of the help.
pub(crate) const EXIT_CODES: &str = "\
Exit codes:
  0    done
  1    there are differences (status, diff)
  2    usage: the command line or the folder is not right
  3    conflict: both sides changed the same files; nothing was overwritten
  4    credentials are missing or refused
  5    not found: no such project or file
  6    the network or the service failed, or the service refused
  7    some files could not be dealt with; the others were
  130  interrupted by Ctrl-C

Examples:
  qc login                      keep the credentials where the official tool does
  qc clone 12345678             the project's files into a new folder
  qc status                     what differs, and on which side it was changed
  qc push                       what was changed here, to the cloud
  qc pull --merge               what was changed in the cloud, to here, into your own edits
  qc watch                      push whenever you save
  qc demo                       see it work, without an account";

/// Where the help shows the options that every command takes.
const GLOBAL: &str = "Options of every command";

/// Keep a folder and a QuantConnect project in step, and lose nothing.
#[derive(Debug, Parser)]
#[command(name = "qc", version, after_help = EXIT_CODES, disable_help_subcommand = true)]
pub(crate) struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
    /// The service's address [default: the real one, or what QC_API says]
    #[arg(
        long,
        global = true,
        help_heading = GLOBAL,
        value_name = "URL",
        env = "QUANTCONNECT_BASE_URL",
        hide_env_values = true
    )]
    pub(crate) base_url: Option<String>,
    /// Prints data as JSON
    #[arg(long, global = true, help_heading = GLOBAL)]
    pub(crate) json: bool,
    /// Shows each request on stderr: its outcome, time and size, never a secret
    #[arg(short, long, global = true, help_heading = GLOBAL)]
    pub(crate) verbose: bool,
    /// Says nothing about what was done, only what was asked for and what went wrong
    #[arg(short, long, global = true, help_heading = GLOBAL)]
    pub(crate) quiet: bool,
    /// When to colour; NO_COLOR is heeded as well
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

/// What `qc` can do.
// The arguments of a command are put together when it is called: for all of them that is half of what a short command
// does. A doc comment of a struct that they are taken from would then stand in place of the command's.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(crate) enum Command {
    /// The whole story against a service of its own, without credentials: clone, edit, push, conflict, resolve
    Demo,
    /// Verifies credentials and keeps them where the official command line tool does
    #[command(after_help = "\
Examples:
  qc login                                              asks for both
  echo \"$TOKEN\" | qc login --user-id 123456 --api-token-stdin")]
    Login {
        /// The user's number [default: asked for]
        #[arg(long, value_name = "ID")]
        user_id: Option<UserId>,
        /// Reads the API token from standard input, for scripts
        #[arg(long)]
        api_token_stdin: bool,
    },
    /// Removes the credentials that `login` has kept
    Logout,
    /// Asks the service whether it accepts the credentials
    Whoami,
    /// Lists all projects: number, language, last change, name, and whether it is in the recycle bin
    Projects,
    /// Puts a project's files into a new folder
    #[command(after_help = "\
Examples:
  qc clone 12345678
  qc clone 'Research/Momentum' momentum")]
    Clone {
        /// The project's number, or its name as the service spells it
        project: String,
        /// The folder to make [default: the last part of the project's name]
        directory: Option<PathBuf>,
        #[command(flatten)]
        libraries: Libraries,
    },
    /// Shows what differs between the folder and the cloud, and on which side it was changed
    #[command(after_help = "\
Ends with 0 where nothing differs, with 1 where something does, and with 3 where both sides
changed a file.

Examples:
  qc status
  qc status signals main.py
  qc status --json | jq -r '.push[].name'")]
    Status {
        #[command(flatten)]
        here: Here,
        #[command(flatten)]
        quota: Quota,
        /// Only these files, and those in these folders
        paths: Vec<PathBuf>,
    },
    /// Shows line by line what each side has changed since both were last in step
    #[command(after_help = "\
Ends with 0 where nothing differs, else with 1. What you changed goes from `base` to `here`,
what was changed in the cloud from `base` to `cloud`; a file that both changed is shown twice.

Examples:
  qc diff
  qc diff main.py")]
    Diff {
        #[command(flatten)]
        here: Here,
        /// Only these files, and those in these folders
        paths: Vec<PathBuf>,
    },
    /// Does here what was done in the cloud
    #[command(after_help = "\
A file that both sides changed is left alone, and the command ends with 3, unless you say what
shall become of it.

Examples:
  qc pull --dry-run
  qc pull --merge               both edits in one file; markers where they overlap
  qc pull --theirs main.py      the cloud's main.py replaces yours")]
    Pull {
        #[command(flatten)]
        go: Go,
        /// Brings together, line by line, what was done on both sides; where edits overlap, both stand there
        /// between markers, as git writes them
        #[arg(long, conflicts_with_all = ["force", "dry_run"])]
        merge: bool,
        /// The cloud's content replaces yours wherever it differs; files that only you have stay
        #[arg(long, conflicts_with_all = ["ours", "theirs"])]
        force: bool,
        #[command(flatten)]
        libraries: Libraries,
    },
    /// Does in the cloud what was done here
    #[command(after_help = "\
A file that both sides changed is left alone, and the command ends with 3, unless you say what
shall become of it.

Examples:
  qc push --dry-run
  qc push --ours main.py        your main.py replaces the cloud's
  qc push --force               everything of yours, though someone has the project open")]
    Push {
        #[command(flatten)]
        go: Go,
        /// Settles every conflict: your content replaces the cloud's; and writes although someone else has the
        /// project open
        #[arg(long, conflicts_with_all = ["ours", "theirs"])]
        force: bool,
        #[command(flatten)]
        quota: Quota,
    },
    /// Pushes whenever you save, until Ctrl-C; goes on when the network is back
    #[command(after_help = "\
Examples:
  qc watch
  qc watch --json               one line of JSON for each push")]
    Watch {
        #[command(flatten)]
        here: Here,
        /// Seconds between two readings of the cloud while nothing is saved
        #[arg(long, value_name = "SECONDS", default_value = "60")]
        poll: u64,
        #[command(flatten)]
        quota: Quota,
    },
    /// Takes back what the last command did to this folder, an undo included; works without the network
    #[command(after_help = "\
A file that was changed since is left alone. What was done in the cloud stays.

Examples:
  qc undo                       once more takes the undo back
  qc undo 12                    operation 12 of `qc history`")]
    Undo {
        #[command(flatten)]
        here: Here,
        /// The operation [default: the last one that changed files here]
        operation: Option<u64>,
    },
    /// Brings files back to an earlier text, deleted ones too; works without the network
    #[command(after_help = "\
Without --from a file that you changed or deleted becomes what both sides last had; one that you
did not becomes what it was before the last command replaced it.

Examples:
  qc restore main.py
  qc restore signals --from 12  as before operation 12 of `qc history`
  qc restore main.py --from cloud")]
    Restore {
        #[command(flatten)]
        here: Here,
        /// These files, and those in these folders
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// `base` is what both sides last had, `cloud` what the cloud has now, a number an operation
        #[arg(long, value_name = "base|cloud|ID")]
        from: Option<String>,
    },
    /// Lists what commands replaced and deleted, here and in the cloud; works without the network
    #[command(after_help = "\
Kept for 90 days, and as long as it takes no more than 100 MB, unless you say otherwise.

Examples:
  qc history
  qc history main.py
  qc history --keep-days 365 --keep-mb 500")]
    History {
        #[command(flatten)]
        here: Here,
        /// Only these files, and those in these folders
        paths: Vec<PathBuf>,
        /// Keeps operations for this many days from now on
        #[arg(long, value_name = "DAYS")]
        keep_days: Option<u64>,
        /// Keeps no more than this many megabytes from now on
        #[arg(long, value_name = "MB")]
        keep_mb: Option<u64>,
    },
    /// Lists the files of the project in the cloud: size in bytes, last change, name
    Ls(There),
    /// Prints a file of the project in the cloud
    Cat {
        /// The file
        name: String,
        #[command(flatten)]
        there: There,
    },
    /// Writes a file of the project in the cloud, whether it is there or not
    #[command(after_help = "\
Names are relative to where you are in the project's folder; with --project they are the
project's own.

Examples:
  qc put main.py                your main.py
  qc put main.py draft.py       your draft.py as main.py
  generate | qc put data/table.py - --project 12345678")]
    Put {
        /// The file
        name: String,
        /// What to put there [default: the file of that name here]; `-` is standard input
        from: Option<PathBuf>,
        /// Takes an empty standard input for the content
        #[arg(long)]
        allow_empty: bool,
        #[command(flatten)]
        there: There,
        #[command(flatten)]
        force: Force,
    },
    /// Renames a file of the project in the cloud
    Mv {
        /// The file
        name: String,
        /// Its new name
        new_name: String,
        #[command(flatten)]
        there: There,
        #[command(flatten)]
        force: Force,
    },
    /// Deletes a file of the project in the cloud
    Rm {
        /// The file
        name: String,
        #[command(flatten)]
        there: There,
        #[command(flatten)]
        force: Force,
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
        there: There,
        #[command(flatten)]
        force: Force,
    },
    /// Serves the same API on this machine, for tests of programs in any language
    #[command(after_help = emulator::more_help())]
    Emulator(emulator::Settings),
    /// Prints a script that completes commands in a shell
    #[command(after_help = "\
Examples:
  qc completions bash > ~/.local/share/bash-completion/completions/qc
  qc completions zsh > ~/.zfunc/_qc
  qc completions fish > ~/.config/fish/completions/qc.fish")]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Prints the manual page
    #[command(after_help = "Example:\n  qc man | man -l -")]
    Man,
}

impl Command {
    /// Whether to write although someone else has the project open.
    pub(crate) fn forces(&self) -> bool {
        match self {
            Self::Push { force, .. } => *force,
            Self::Put { force, .. }
            | Self::Mv { force, .. }
            | Self::Rm { force, .. }
            | Self::Patch { force, .. } => force.force,
            _ => false,
        }
    }
}

// Which folder.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Here {
    /// The folder, or one in it
    #[arg(short = 'C', long = "directory", value_name = "DIR", default_value = ".")]
    pub(crate) directory: PathBuf,
}

// Whether to bring libraries.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct Libraries {
    /// Brings the files of the libraries that the project uses too, into the folder Library, to read: they are never
    /// pushed
    #[arg(long)]
    pub(crate) with_libraries: bool,
}

// How much the service takes.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct Quota {
    /// Your organization's tier, to be told of files that are over its quotas [default: what QC_TIER says, or the
    /// smallest that the project fits into]
    #[arg(long, value_name = "TIER", value_parser = tier())]
    pub(crate) tier: Option<Tier>,
}

/// A tier by its word.
pub(crate) fn tier() -> impl TypedValueParser<Value = Tier> {
    PossibleValuesParser::new(Tier::ALL.map(Tier::word)).try_map(|word| word.parse::<Tier>())
}

// Which project.
#[derive(Debug, clap::Args)]
pub(crate) struct There {
    /// The project's number or name [default: the folder's]
    #[arg(long, value_name = "PROJECT")]
    pub(crate) project: Option<String>,
    #[command(flatten)]
    pub(crate) here: Here,
}

// Whether to write although someone else has the project open.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct Force {
    /// Writes although someone else has the project open
    #[arg(long)]
    pub(crate) force: bool,
}

// How a pull or a push goes about it.
#[derive(Debug, clap::Args)]
pub(crate) struct Go {
    #[command(flatten)]
    pub(crate) here: Here,
    /// Shows what would be done, and does nothing
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
    /// Settles the conflicts over these files, or in these folders: your content is to replace the cloud's
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub(crate) ours: Vec<PathBuf>,
    /// These files, and those in these folders, become what the cloud has, your edits and deletions included
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub(crate) theirs: Vec<PathBuf>,
    /// Takes it for true when the cloud project, or the folder, has lost all its files
    #[arg(long)]
    pub(crate) accept_empty: bool,
    /// Deletes more than half of the files, and more than ten, if that is what was done
    #[arg(long)]
    pub(crate) delete_many: bool,
}
