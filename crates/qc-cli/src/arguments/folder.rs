//! The commands on a project's folder.

use std::path::PathBuf;

use clap::Subcommand;

use crate::arguments::shared::{BuildArgs, LibraryArgs, QuotaArgs, SyncArgs};

/// Commands on a project's folder.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(crate) enum FolderCommand {
    /// Shows what differs between the folder and the cloud, and on which side it was changed
    #[command(after_help = "\
Ends with 0 if nothing differs, with 1 if something does, and with 3 if both sides changed a file.
Without a network it shows what you changed since both sides were last in step.

Examples:
  qc status
  qc status signals main.py
  qc status --short
  qc status --all
  qc status --json | jq -r '.push[].name'")]
    Status {
        #[command(flatten)]
        quota: QuotaArgs,
        /// Prints one line for each file, as git does: the first letter is your change, the second is the cloud's
        #[arg(short, long)]
        short: bool,
        /// Lists what is left out, and why
        #[arg(long)]
        ignored: bool,
        /// Shows all projects of the workspace, the folder with `lean.json`: a line for each
        #[arg(long, conflicts_with_all = ["short", "ignored", "paths"])]
        all: bool,
        /// Only these files, and the files in these folders
        paths: Vec<PathBuf>,
    },
    /// Shows line by line what each side has changed since both were last in step
    #[command(after_help = "\
`base` is what both sides last had, `here` is your folder, and `cloud` is the project. A file that
both sides changed is shown twice: from `base` to `here`, and from `base` to `cloud`.

Ends with 0 if nothing differs, else with 1. On a terminal the output goes through $PAGER. Without
a network it shows your changes.

Examples:
  qc diff
  qc diff main.py
  qc diff --stat")]
    Diff {
        /// Prints how many lines were added and removed in each file
        #[arg(long, conflicts_with = "name_only")]
        stat: bool,
        /// Prints only the names of the files
        #[arg(long)]
        name_only: bool,
        /// Only these files, and the files in these folders
        paths: Vec<PathBuf>,
    },
    /// Downloads changes from the cloud into this folder
    #[command(after_help = "\
A file that both sides changed is left alone until you choose, and the command ends with 3.

Examples:
  qc pull --dry-run
  qc pull signals               only what is in this folder
  qc pull --merge               both edits in one file; markers where they overlap
  qc pull --all                 all projects of the workspace
  qc pull --theirs main.py      the cloud's main.py replaces yours")]
    Pull {
        #[command(flatten)]
        sync: SyncArgs,
        /// Merges both sides' edits of a file line by line; where they overlap, both stand between markers, as git
        /// writes them
        #[arg(long, conflicts_with_all = ["force", "dry_run"])]
        merge: bool,
        /// Takes the cloud's content wherever it differs; files that only you have stay
        #[arg(long, conflicts_with_all = ["ours", "theirs"])]
        force: bool,
        /// Downloads all projects of the workspace, the folder with `lean.json`, and the libraries that they use
        #[arg(long, conflicts_with_all = ["paths", "dry_run", "ours", "theirs", "with_libraries"])]
        all: bool,
        #[command(flatten)]
        libraries: LibraryArgs,
    },
    /// Uploads changes from this folder to the cloud
    #[command(after_help = "\
A file that both sides changed is left alone until you choose, and the command ends with 3.

Examples:
  qc push --dry-run
  qc push main.py               only this file
  qc push --create              makes a project of a folder that belongs to none
  qc push --all --create        all projects of the workspace, those that are not in the cloud too
  qc push --compile             and say whether the project builds
  qc push --ours main.py        your main.py replaces the cloud's
  qc push --force               all your changes, even if someone has the project open")]
    Push {
        #[command(flatten)]
        sync: SyncArgs,
        /// Your content replaces the cloud's in every conflict; writes even if someone else has the project open
        #[arg(long, conflicts_with_all = ["ours", "theirs"])]
        force: bool,
        /// Makes a project of this folder, if it belongs to none yet
        #[arg(long, conflicts_with = "dry_run")]
        create: bool,
        /// Uploads all projects of the workspace, the folder with `lean.json`: libraries before what uses them
        #[arg(long, conflicts_with_all = ["paths", "dry_run", "ours", "theirs", "compile"])]
        all: bool,
        /// Builds the project afterwards, and waits for the result: ends with 8 if it does not build
        #[arg(long, conflicts_with = "dry_run")]
        compile: bool,
        #[command(flatten)]
        build: BuildArgs,
        #[command(flatten)]
        quota: QuotaArgs,
    },
    /// Uploads whenever you save, until Ctrl-C; goes on when the network is back
    #[command(after_help = "\
Examples:
  qc watch
  qc watch --pull               downloads what others change, too
  qc watch --compile            says after each save whether the project builds
  qc watch --json               one line of JSON for each push")]
    Watch {
        /// Seconds between two readings of the cloud while nothing is saved
        #[arg(long, value_name = "SECONDS", default_value = "60")]
        poll: u64,
        /// Downloads what others changed, where it does not conflict
        #[arg(long)]
        pull: bool,
        /// Builds the project after each push, and says whether that went well
        #[arg(long)]
        compile: bool,
        #[command(flatten)]
        quota: QuotaArgs,
    },
    /// Undoes what the last command did to this folder, even an undo; works without the network
    #[command(after_help = "\
A file that was changed after the operation is left alone. Changes in the cloud are not undone.

Examples:
  qc undo                       typed again, it undoes the undo
  qc undo 12                    operation 12 of `qc history`")]
    Undo {
        /// The operation [default: the last one that changed files here]
        operation: Option<u64>,
    },
    /// Gives files an earlier text back, deleted files too; works without the network
    #[command(after_help = "\
Without --from, a file that you changed or deleted gets the text that both sides last had. A file
that you did not change gets the text that it had before the last command replaced it.

Examples:
  qc restore main.py
  qc restore signals --from 12  as before operation 12 of `qc history`
  qc restore main.py --from cloud")]
    Restore {
        /// These files, and the files in these folders
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// `base`: what both sides last had; `cloud`: what the cloud has now; a number: what was there before that
        /// operation of `qc history`
        #[arg(long, value_name = "base|cloud|ID")]
        from: Option<String>,
    },
    /// Lists what commands replaced and deleted, here and in the cloud; works without the network
    #[command(after_help = "\
Operations are kept for 90 days and up to 100 MB, unless you set other limits.

Examples:
  qc history
  qc history main.py
  qc history --keep-days 365 --keep-mb 500")]
    History {
        /// Only these files, and the files in these folders
        paths: Vec<PathBuf>,
        /// Keeps operations for this many days from now on
        #[arg(long, value_name = "DAYS")]
        keep_days: Option<u64>,
        /// Keeps no more than this many megabytes from now on
        #[arg(long, value_name = "MB")]
        keep_mb: Option<u64>,
    },
}
