//! The arguments of commands about the user and all projects.

use std::path::PathBuf;

use clap::Subcommand;
use qc_files::UserId;

use crate::arguments::{
    mcp,
    project::{NewArgs, ProjectCommand},
    shared::LibraryArgs,
};

/// Commands about the user and all projects.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(crate) enum AccountCommand {
    /// Checks credentials and keeps them where the official command line tool does
    #[command(after_help = "\
https://www.quantconnect.com/account shows your user id and your API token.

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
        /// Replaces the credentials of another user without a question
        #[arg(short, long)]
        yes: bool,
    },
    /// Removes the credentials that `login` has kept
    Logout,
    /// Shows whose credentials are used, where they come from, and whether the service accepts them
    Whoami,
    /// Asks the service a few questions, and prints a report to paste into an issue: nothing private is in it
    #[command(after_help = "\
Changes nothing, and costs six requests. The report says in which forms of JSON the fields of the
service's answers came, what this client cannot read, and how the way to the service is. It holds no
token, user id, name, organization, or content. Files are read of one project.

Ends with 0 if every question was answered and every answer could be read.

Examples:
  qc doctor
  qc doctor --project 12345678
  qc doctor --json")]
    Doctor {
        /// The project whose files are read: its number, name, or address in the browser [default: the folder's, else
        /// the one that was changed last]
        #[arg(long, value_name = "PROJECT")]
        project: Option<String>,
    },
    /// Lists your projects: number, language, last change and name
    #[command(after_help = "\
Examples:
  qc projects
  qc projects momentum          those with this text in their name
  qc projects --json | jq -r '.[].name'")]
    Projects {
        /// Only projects with this text in their name
        filter: Option<String>,
        /// Only projects of this organization, by its id
        #[arg(long, value_name = "ID")]
        organization: Option<String>,
        /// Lists what is in the recycle bin too
        #[arg(short, long)]
        all: bool,
    },
    /// Makes a project in the cloud, and its folder here
    #[command(after_help = "\
If you have a project of that name, the service adds a number to the name, and qc says which.

Examples:
  qc new Momentum
  qc new 'Research/Momentum' momentum
  qc new Pairs --language csharp")]
    New(NewArgs),
    /// Shows, renames or deletes a project as a whole
    Project {
        #[command(subcommand)]
        command: ProjectCommand,
    },
    /// Downloads a project into a new folder
    #[command(after_help = "\
Examples:
  qc clone                      choose from a list
  qc clone 12345678
  qc clone https://www.quantconnect.com/project/12345678
  qc clone 'Research/Momentum' momentum
  qc clone 12345678 .           into this folder, which must be empty")]
    Clone {
        /// The project's number, name, or address in the browser [default: chosen from a list]
        project: Option<String>,
        /// The folder to make [default: the last part of the project's name]
        directory: Option<PathBuf>,
        #[command(flatten)]
        libraries: LibraryArgs,
    },
    /// Ties this folder to a project, without changing a file
    #[command(after_help = "\
Files that differ are conflicts until you choose a side: `qc status` lists them.

Examples:
  qc link 12345678
  qc link 'Research/Momentum' --replace")]
    Link {
        /// The project's number, name, or address in the browser [default: chosen from a list]
        project: Option<String>,
        /// Ties a folder that belongs to another project; what both sides had in common is forgotten
        #[arg(long)]
        replace: bool,
    },
    /// Serves projects and folders to AI agents, over the Model Context Protocol
    #[command(after_help = "\
An agent's program starts it and speaks to it over standard input and output. docs/guide/agents.md
has the configuration for Claude Code, Cursor and VS Code.

Examples:
  claude mcp add quantconnect -- qc mcp
  qc mcp --read-only
  qc mcp --projects 12345678 --no-delete
  qc mcp --http 127.0.0.1:8765")]
    Mcp(mcp::McpArgs),
}
