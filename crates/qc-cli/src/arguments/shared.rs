//! Options that several commands have in common.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use qc_files::qc_proto::Tier;

use crate::output::annotations::Annotations;

/// The variable that names the service's address.
pub(crate) const BASE_URL: &str = "QUANTCONNECT_BASE_URL";

// Whether to bring libraries.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct LibraryArgs {
    /// Downloads the files of the project's libraries into the folder Library, to read; they are never uploaded
    #[arg(long)]
    pub(crate) with_libraries: bool,
}

// How much the service takes.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct QuotaArgs {
    /// Your organization's tier: warns of files that are over its quotas [default: what QC_TIER says, or the smallest
    /// tier that the project fits into]
    #[arg(long, value_name = "TIER", value_parser = tier())]
    pub(crate) tier: Option<Tier>,
}

/// A tier by its word.
pub(crate) fn tier() -> impl TypedValueParser<Value = Tier> {
    PossibleValuesParser::new(Tier::ALL.iter().map(|tier| tier.word()))
        .try_map(|word| word.parse::<Tier>())
}

// Who else hears of a build.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct BuildArgs {
    /// Tells this CI service of errors too: it shows them at their lines
    #[arg(long, value_name = "SERVICE")]
    pub(crate) annotations: Option<Annotations>,
}

// Which project.
#[derive(Debug, clap::Args)]
pub(crate) struct ProjectArgs {
    /// The project's number, name, or address in the browser [default: the folder's]
    #[arg(long, value_name = "PROJECT")]
    pub(crate) project: Option<String>,
}

// Whether to write although someone else has the project open.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct ForceArgs {
    /// Writes even if someone else has the project open
    #[arg(long)]
    pub(crate) force: bool,
}

// How a pull or a push goes about it.
#[derive(Debug, clap::Args)]
pub(crate) struct SyncArgs {
    /// Only these files, and the files in these folders
    pub(crate) paths: Vec<PathBuf>,
    /// Shows what would be done, and does nothing
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
    /// In conflicts over these files, or files in these folders, your content replaces the cloud's
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub(crate) ours: Vec<PathBuf>,
    /// The cloud's content replaces yours in these files and folders, your edits and deletions included
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub(crate) theirs: Vec<PathBuf>,
    /// Goes on even if all files of the project in the cloud, or of the folder, are gone
    #[arg(long)]
    pub(crate) accept_empty: bool,
    /// Goes on even if more than ten files, and more than half of all, would be deleted
    #[arg(long)]
    pub(crate) delete_many: bool,
}
