//! The options of `qc mcp`.

use std::{net::SocketAddr, path::PathBuf};

use clap::ValueEnum;
use qc_files::ProjectId;

/// Which tools `qc mcp` offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Toolset {
    /// Read, create, change, rename and delete files
    Files,
    /// Read, create, change and delete projects
    Projects,
    /// Build projects
    Compile,
    /// Keep folders of this machine in step
    Folders,
}

// What `qc mcp` serves, and what it refuses.
#[derive(Debug, clap::Args)]
pub(crate) struct McpArgs {
    /// Serves over HTTP at this address of this machine instead of standard input and output; clients need the token in
    /// QC_MCP_TOKEN, or the one that is printed
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) http: Option<SocketAddr>,
    /// Offers only tools that change nothing
    #[arg(long)]
    pub(crate) read_only: bool,
    /// Refuses all other projects than these, by number
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(crate) projects: Vec<ProjectId>,
    /// Refuses to delete files and projects in the cloud
    #[arg(long)]
    pub(crate) no_delete: bool,
    /// Offers only these tools [default: all]
    #[arg(long, value_name = "SET", value_delimiter = ',')]
    pub(crate) toolsets: Vec<Toolset>,
    /// Seconds between two readings of the files that the client wants to hear of when they change
    #[arg(long, value_name = "SECONDS", default_value = "30")]
    pub(crate) poll: u64,
    /// A folder whose projects may be kept in step; may be given more than once [default: those that the client names, else the
    /// current one]
    #[arg(long, value_name = "DIR")]
    pub(crate) root: Vec<PathBuf>,
}
