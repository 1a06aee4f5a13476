//! The commands on a project as a whole.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use qc_files::Language;

// The project to make.
#[derive(Debug, Args)]
pub(crate) struct NewArgs {
    /// The project's name, with `/` between folders
    pub(crate) name: String,
    /// The folder to make [default: the last part of the name]
    pub(crate) directory: Option<PathBuf>,
    /// What it is written in
    #[arg(long, value_name = "LANGUAGE", default_value = "python")]
    pub(crate) language: LanguageWord,
    /// The organization that it belongs to, by its id [default: your preferred one]
    #[arg(long, value_name = "ID")]
    pub(crate) organization: Option<String>,
}

/// A language by its word.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum LanguageWord {
    Python,
    Csharp,
}

impl From<LanguageWord> for Language {
    fn from(word: LanguageWord) -> Self {
        match word {
            LanguageWord::Python => Self::Python,
            LanguageWord::Csharp => Self::CSharp,
        }
    }
}

// Commands on a project as a whole.
#[derive(Debug, Subcommand)]
pub(crate) enum ProjectCommand {
    /// Shows what the service knows of a project: owner, settings, libraries, dates
    #[command(after_help = "\
Examples:
  qc project show
  qc project show 'Research/Momentum' --json | jq .parameters")]
    Show {
        /// The project's number, name, or address in the browser [default: the folder's]
        project: Option<String>,
    },
    /// Renames a project in the cloud; its folder here stays where it is
    #[command(
        allow_missing_positional = true,
        after_help = "\
Examples:
  qc project rename 'Research/Momentum 2'
  qc project rename Momentum 'Research/Momentum'"
    )]
    Rename {
        /// The project's number, name, or address in the browser [default: the folder's]
        project: Option<String>,
        /// The new name, with `/` between folders
        new_name: String,
    },
    /// Moves a project to the recycle bin; its folder here stays where it is
    #[command(after_help = "\
Asks you to type the project's name. Without a terminal it needs --yes.

Examples:
  qc project delete
  qc project delete 12345678 --yes")]
    Delete {
        /// The project's number, name, or address in the browser [default: the folder's]
        project: Option<String>,
        /// Deletes it without a question
        #[arg(short, long)]
        yes: bool,
    },
}
