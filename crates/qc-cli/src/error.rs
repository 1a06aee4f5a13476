//! What is wrong with what a person asked for.

use std::{io, net::SocketAddr, path::PathBuf};

use inquire::InquireError;
use qc_emulator::DataError;
use qc_files::{
    Invalid,
    credentials::{API_TOKEN, CredentialsError, USER_ID},
};
use qc_sync::FolderError;

use crate::text::escape;

/// Where a user finds the two values that `qc login` asks for.
pub(crate) const ACCOUNT_PAGE: &str = "https://www.quantconnect.com/account";

/// What is wrong with the command line, with what it names, or with the folder.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    #[error("QC_API is `{}`, and must be `beta` or `local`", escape(.0))]
    Api(String),
    #[error(
        "{} belongs to no project: go to a project's folder, make one with `qc clone PROJECT`, or tie this one to a \
         project with `qc link PROJECT`",
        .0.display()
    )]
    NoFolder(PathBuf),
    #[error(
        "{} belongs to no project yet: `qc push --create` makes one of it, `qc link PROJECT` ties it to one that is there",
        .0.display()
    )]
    NotCreated(PathBuf),
    #[error(
        "cannot tell what {} is written in: it has neither main.py nor Main.cs, and no config.json that names an \
         `algorithm-language`, Python or CSharp",
        .0.display()
    )]
    NoLanguage(PathBuf),
    #[error(
        "{} is in no workspace, and --all is about all projects of one: a workspace is a folder with `lean.json`",
        .0.display()
    )]
    NoWorkspace(PathBuf),
    #[error("there is no project's folder in {}: `qc clone PROJECT` and `qc new NAME` make one", .0.display())]
    EmptyWorkspace(PathBuf),
    #[error(
        "{one} and {other} both belong to project {project}: tie one of them to another one, `qc link PROJECT --replace`, or \
         remove its cloud-id"
    )]
    SameProject { one: String, other: String, project: String },
    #[error("cannot go to {}: {why}", path.display())]
    NoDirectory { path: PathBuf, why: io::Error },
    #[error(transparent)]
    Folder(#[from] FolderError),
    #[error("{} belongs to project {project} already: `qc link PROJECT --replace` ties it to another one", path.display())]
    LinkedAlready { path: PathBuf, project: String },
    #[error("there is no project `{}`{}: `qc projects` lists them", escape(asked), did_you_mean(similar.as_deref()))]
    NoSuchProject { asked: String, similar: Option<String> },
    #[error(
        "name a project: its number, its name, or its address in the browser; `qc projects` lists them"
    )]
    NoProjectNamed,
    #[error(
        "{} is there already and not empty: name another folder, `qc clone PROJECT DIRECTORY`; or go there, and type \
         `qc pull` if it is the project's folder, else `qc link PROJECT`",
        .0.display()
    )]
    NotEmpty(PathBuf),
    #[error(
        "{} is there already and not empty: name another folder, `qc new NAME DIRECTORY`; or go there, and type \
         `qc push --create` to make a project of it",
        .0.display()
    )]
    NewNotEmpty(PathBuf),
    #[error("`{}` cannot be the name of a folder: name a folder, `qc new NAME DIRECTORY`", escape(.0))]
    NewNameAFolder(String),
    #[error("{} is not in {}, the project's folder", path.display(), root.display())]
    Outside { path: PathBuf, root: PathBuf },
    #[error(
        "there is no file {} here or in the cloud: `qc ls` lists the cloud's",
        .0.iter().map(|path| escape(path)).collect::<Vec<_>>().join(", ")
    )]
    NoSuchFile(Vec<String>),
    #[error("cannot read {}: {why}", path.display())]
    Unreadable { path: PathBuf, why: io::Error },
    #[error(
        "{} still has the markers of a merge: choose between them and remove the markers; `qc undo` takes the merge \
         back",
        .0.display()
    )]
    Unresolved(PathBuf),
    #[error("cannot read {}, the certificate authorities of {variable}: {why}", path.display())]
    Bundle { variable: &'static str, path: PathBuf, why: io::Error },
    #[error("cannot write {}: {why}", path.display())]
    Unwritable { path: PathBuf, why: io::Error },
    #[error(transparent)]
    Data(DataError),
    #[error(
        "{0} can be reached from other machines, and whoever reaches it reads and edits every project and orders faults, without \
         credentials: say --expose if that is meant"
    )]
    Exposed(SocketAddr),
    #[error(
        "{0} can be reached from other machines: an agent's tools are for this one; name 127.0.0.1 and a port"
    )]
    McpExposed(SocketAddr),
    #[error("{} is not usable: {why}", path.display())]
    Users { path: PathBuf, why: String },
    #[error("cannot listen on {address}: {why}; name another --port (see --help)")]
    Port { address: SocketAddr, why: io::Error },
    #[error(
        "{} is encrypted, and its files in the cloud are ciphertext: use the official command line tool, which has the \
         key, or decrypt the project in the web IDE and clone it anew",
        escape(.0)
    )]
    Encrypted(String),
    #[error("`{}` cannot be the name of a folder: name a folder, `qc clone PROJECT DIRECTORY`", escape(.0))]
    NameAFolder(String),
    #[error(
        "{0} is not encrypted, and the signature in each request would be readable on the way: use https, or say \
         --insecure-http if that is meant"
    )]
    PlainHttp(String),
    #[error(
        "no credentials: run `qc login`, or set {USER_ID} and {API_TOKEN}; {ACCOUNT_PAGE} shows your user id and token"
    )]
    NoCredentials,
    #[error(transparent)]
    Address(#[from] Invalid),
    #[error(transparent)]
    Credentials(CredentialsError),
    #[error(
        "cannot ask for the API token: this is no terminal; type `qc login --user-id ID --api-token-stdin < FILE`, \
         where FILE has the token"
    )]
    NoTerminal,
    #[error("--api-token-stdin needs --user-id: type `qc login --user-id ID --api-token-stdin`")]
    NoUserId,
    #[error(
        "the command took longer than --timeout {0}: what was done stays done; `qc status` shows how things stand"
    )]
    TimedOut(String),
    #[error(
        "project {project} is called `{}` already: choose another name, or rename that one first",
        escape(name)
    )]
    NameTaken { name: String, project: String },
    #[error("nothing was changed: {0}")]
    Declined(&'static str),
    #[error("nothing was changed: the question was not answered")]
    Unanswered,
    #[error("cannot ask: {0}")]
    Question(InquireError),
}

fn did_you_mean(name: Option<&str>) -> String {
    name.map(|name| format!(" (did you mean `{}`?)", escape(name))).unwrap_or_default()
}

impl From<CredentialsError> for CliError {
    fn from(error: CredentialsError) -> Self {
        match error {
            CredentialsError::Missing(_) => Self::NoCredentials,
            error => Self::Credentials(error),
        }
    }
}

impl From<InquireError> for CliError {
    fn from(error: InquireError) -> Self {
        match error {
            InquireError::OperationCanceled | InquireError::OperationInterrupted => {
                Self::Unanswered
            }
            error => Self::Question(error),
        }
    }
}
