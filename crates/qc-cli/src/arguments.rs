//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use qc_files::{FileName, UserId};

/// The end of the help.
pub(crate) const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  there are differences (status)
  2  usage: the command line or the folder is not right
  3  conflict: both sides changed the same files; nothing was overwritten
  4  credentials are missing or refused
  5  not found: no such project or file
  6  the network or the service failed, or the service refused
  7  some files could not be dealt with; the others were

Examples:
  qc clone 12345678             the project's files into a new folder
  qc status                     what differs, and on which side it was changed
  qc push                       what was changed here, to the cloud
  qc pull                       what was changed in the cloud, to here
  qc demo                       see it work, without an account";

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
        value_name = "URL",
        env = "QUANTCONNECT_BASE_URL",
        hide_env_values = true
    )]
    pub(crate) base_url: Option<String>,
    /// Prints data as JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Shows each request on stderr: its outcome, time and size, never a secret
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
    /// Says nothing about what was done, only what was asked for and what went wrong
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
}

/// What `qc` can do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// The whole story against a service of its own, without credentials: clone, edit, push, conflict, resolve
    Demo,
    /// Verifies credentials and keeps them where the official command line tool does
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
    /// Lists all projects
    Projects,
    /// Puts a project's files into a new folder
    Clone {
        /// The project's number, or its name as the service spells it
        project: String,
        /// The folder to make [default: the last part of the project's name]
        directory: Option<PathBuf>,
    },
    /// Shows what differs between the folder and the cloud, and on which side it was changed
    Status(Here),
    /// Shows what would become of the cloud's files if yours took their place, line by line
    Diff {
        #[command(flatten)]
        here: Here,
        /// Only these files
        names: Vec<FileName>,
    },
    /// Does here what was done in the cloud
    Pull {
        #[command(flatten)]
        go: Go,
        /// Settles the conflicts over these files: the cloud's content replaces yours
        #[arg(long, value_name = "NAME", num_args = 1..)]
        theirs: Vec<FileName>,
    },
    /// Does in the cloud what was done here
    Push {
        #[command(flatten)]
        go: Go,
        /// Settles the conflicts over these files: your content replaces the cloud's
        #[arg(long, value_name = "NAME", num_args = 1..)]
        ours: Vec<FileName>,
    },
    /// Lists the files of the project in the cloud
    Ls(There),
    /// Prints a file of the project in the cloud
    Cat {
        /// The file
        name: String,
        #[command(flatten)]
        there: There,
    },
    /// Writes a file of the project in the cloud, whether it is there or not
    Put {
        /// The file
        name: FileName,
        /// What to put there; `-` is standard input
        #[arg(default_value = "-")]
        from: PathBuf,
        #[command(flatten)]
        there: There,
    },
    /// Renames a file of the project in the cloud
    Mv {
        /// The file
        name: String,
        /// Its new name
        new_name: FileName,
        #[command(flatten)]
        there: There,
    },
    /// Deletes a file of the project in the cloud
    Rm {
        /// The file
        name: String,
        #[command(flatten)]
        there: There,
    },
    /// Applies a unified diff to files of the project in the cloud: all of it or nothing
    Patch {
        /// The diff, as `git diff` writes it; `-` is standard input
        #[arg(default_value = "-")]
        from: PathBuf,
        #[command(flatten)]
        there: There,
    },
    /// Prints a script that completes commands in a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Prints the manual page
    Man,
}

/// Which folder.
#[derive(Debug, clap::Args)]
pub(crate) struct Here {
    /// The folder, or one in it
    #[arg(short = 'C', long = "directory", value_name = "DIR", default_value = ".")]
    pub(crate) directory: PathBuf,
}

/// Which project.
#[derive(Debug, clap::Args)]
pub(crate) struct There {
    /// The project's number [default: the folder's]
    #[arg(long, value_name = "ID")]
    pub(crate) project: Option<String>,
    #[command(flatten)]
    pub(crate) here: Here,
}

/// How a pull or a push goes about it.
#[derive(Debug, clap::Args)]
pub(crate) struct Go {
    #[command(flatten)]
    pub(crate) here: Here,
    /// Shows what would be done, and does nothing
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
    /// Takes it for true when the cloud project, or the folder, has lost all its files
    #[arg(long)]
    pub(crate) accept_empty: bool,
}
