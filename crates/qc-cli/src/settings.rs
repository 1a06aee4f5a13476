//! From the command line, the environment and the folder to a client and a project.

use std::{
    env, fmt, fs, io,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use qc_emulator::DataError;
use qc_files::{
    Client, Credentials, ErrorKind, Project, ProjectFiles, ProjectId, ProjectList, credentials,
    qc_proto::Tier,
};

use crate::{
    arguments::{Arguments, Quota, There},
    link::Link,
    printer::{Printer, shown},
    style,
    tracing::Telling,
    waiting::Waiting,
};

/// What is wrong with what was asked for.
#[derive(Debug)]
pub(crate) enum SettingsError {
    /// `QC_API` is none of the known words.
    Api(String),
    /// Neither the folder nor one around it belongs to a project.
    NoFolder(PathBuf),
    /// The folder's `config.json` is of no use.
    Link(PathBuf, String),
    /// No project has this number or name.
    NoSuchProject { asked: String },
    /// There is something already where a folder was to be made.
    Taken(PathBuf),
    /// A path leads out of the folder.
    Outside(PathBuf, PathBuf),
    /// No file here or in the cloud is at these paths.
    NoSuchFile(Vec<String>),
    /// What was to be sent cannot be read.
    Unreadable(PathBuf, io::Error),
    /// What was to be sent has the markers of a merge in it.
    Unresolved(PathBuf),
    /// What was to be written cannot be.
    Unwritable(PathBuf, io::Error),
    /// The data folder is of no use.
    Data(DataError),
    /// Others could reach the port, and nobody said that they may.
    Exposed(SocketAddr),
    /// A file of users is of no use.
    Users(PathBuf, String),
    /// The port is taken.
    Port(SocketAddr, io::Error),
    /// The files of the project are ciphertext in the cloud.
    Encrypted(String),
    /// The project's name makes no folder.
    NameAFolder(String),
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Api(value) => write!(f, "QC_API is `{value}`, and must be `beta` or `local`"),
            Self::NoFolder(path) => write!(
                f,
                "{} belongs to no project: go into a folder that `qc clone` made, or make one",
                path.display()
            ),
            Self::Link(path, why) => write!(f, "{} is not usable: {why}", path.display()),
            Self::NoSuchProject { asked } => {
                write!(f, "there is no project `{}`: `qc projects` lists them", shown(asked))
            }
            Self::Taken(path) => {
                write!(f, "{} is there already and not empty: name another folder", path.display())
            }
            Self::Outside(path, root) => {
                write!(f, "{} is not in {}, the project's folder", path.display(), root.display())
            }
            Self::NoSuchFile(paths) => write!(
                f,
                "there is no file {} here or in the cloud: `qc ls` lists the cloud's",
                paths.iter().map(|path| shown(path)).collect::<Vec<_>>().join(", ")
            ),
            Self::Unreadable(path, why) => write!(f, "cannot read {}: {why}", path.display()),
            Self::Unresolved(path) => write!(
                f,
                "{} still has the markers of a merge: choose between them and remove the markers; `qc undo` takes the \
                 merge back",
                path.display()
            ),
            Self::Unwritable(path, why) => write!(f, "cannot write {}: {why}", path.display()),
            Self::Data(why) => why.fmt(f),
            Self::Exposed(address) => write!(
                f,
                "{address} can be reached from other machines, and whoever reaches it reads every project and orders \
                 faults, without credentials: say --expose if that is meant"
            ),
            Self::Users(path, why) => write!(f, "{} is not usable: {why}", path.display()),
            Self::Port(address, why) => {
                write!(f, "cannot listen on {address}: {why}; name another --port (see --help)")
            }
            Self::Encrypted(project) => write!(
                f,
                "{} is encrypted, and its files in the cloud are no source: use the official command line tool, which has \
                 the key, or decrypt the project in the web IDE and clone it anew",
                shown(project)
            ),
            Self::NameAFolder(name) => write!(
                f,
                "`{}` makes no folder's name: name one, `qc clone PROJECT DIRECTORY`",
                shown(name)
            ),
        }
    }
}

impl std::error::Error for SettingsError {}

/// A client with the credentials that are found, for the address that is asked for.
pub(crate) fn client(arguments: &Arguments, printer: &Printer) -> anyhow::Result<Client> {
    let found = credentials::find()?;
    if let Some(file) = found.file.filter(|_| found.is_exposed) {
        let (file, quoted) = (file.display(), quoted(&file));
        let caution = format!(
            "other users of this machine have access to the credentials in {file}: run `chmod 600 {quoted}`"
        );
        printer.mark(style::CAUTION, "caution", shown(&caution));
    }
    client_with(arguments, printer, found.credentials)
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let path = path.display().to_string();
    let is_plain = |character: char| {
        character.is_alphanumeric() || matches!(character, '/' | '.' | '_' | '-' | '+' | '@')
    };
    if path.chars().all(is_plain) { path } else { format!("'{}'", path.replace('\'', r"'\''")) }
}

/// The same with these credentials.
pub(crate) fn client_with(
    arguments: &Arguments,
    printer: &Printer,
    credentials: Credentials,
) -> anyhow::Result<Client> {
    let mut builder = Client::builder(credentials)
        .user_agent(concat!("qc/", env!("CARGO_PKG_VERSION")))
        .runtime(Waiting::new(printer.clone(), arguments.verbose));
    // Without a source the service lets writes through that it would refuse while someone else edits.
    if !arguments.command.forces() {
        builder = builder.code_source("qc");
    }
    if arguments.verbose {
        builder = builder.transport(Telling::new(printer.clone()));
    }
    if let Some(base_url) = base_url(arguments)? {
        builder = builder.base_url(base_url);
    }
    Ok(builder.build()?)
}

/// As the official command line tool reads `QC_API`.
fn base_url(arguments: &Arguments) -> Result<Option<String>, SettingsError> {
    if let Some(base_url) = &arguments.base_url {
        return Ok(Some(base_url.clone()));
    }
    match env::var("QC_API").as_deref() {
        Ok("beta") => Ok(Some("https://beta.quantconnect.com/api/v2".to_owned())),
        Ok("local") => Ok(Some("http://localhost:5612/api/v2".to_owned())),
        Ok("") | Err(_) => Ok(None),
        Ok(other) => Err(SettingsError::Api(other.to_owned())),
    }
}

/// The tier that was said, or the one that `QC_TIER` says.
pub(crate) fn tier(quota: Quota) -> anyhow::Result<Option<Tier>> {
    match env::var("QC_TIER") {
        Ok(word) if quota.tier.is_none() && !word.is_empty() => {
            Ok(Some(word.parse().context("QC_TIER")?))
        }
        _ => Ok(quota.tier),
    }
}

/// The folder around `directory` that belongs to a project, and which.
pub(crate) fn folder(directory: &Path) -> Result<(PathBuf, ProjectId), SettingsError> {
    linked(directory).map(|(folder, link)| (folder, link.project))
}

/// As [`folder`], for who takes the project's files for source, or sends source.
pub(crate) fn source_folder(directory: &Path) -> Result<(PathBuf, ProjectId), SettingsError> {
    let (folder, link) = linked(directory)?;
    if link.is_encrypted {
        return Err(SettingsError::Encrypted(format!("project {}", link.project)));
    }
    Ok((folder, link.project))
}

fn linked(directory: &Path) -> Result<(PathBuf, Link), SettingsError> {
    let Ok(start) = fs::canonicalize(directory) else {
        return Err(SettingsError::NoFolder(directory.to_owned()));
    };
    for folder in start.ancestors() {
        if let Some(link) = Link::read(folder)? {
            return Ok((folder.to_owned(), link));
        }
    }
    Err(SettingsError::NoFolder(start))
}

/// The project that is named, or the folder's. A name costs one request.
pub(crate) async fn project(client: &Client, there: &There) -> anyhow::Result<ProjectFiles> {
    let id = match &there.project {
        Some(asked) => match asked.parse::<ProjectId>() {
            Ok(id) => id,
            Err(_) => find(client, asked).await?.project_id,
        },
        None => folder(&there.here.directory)?.1,
    };
    Ok(client.project(id)?)
}

/// As [`project`], for who sends source. The project itself too, where its name was looked up.
pub(crate) async fn source_project(
    client: &Client,
    there: &There,
) -> anyhow::Result<(ProjectFiles, Option<Project>)> {
    match &there.project {
        Some(asked) if asked.parse::<ProjectId>().is_err() => {
            let found = source(find(client, asked).await?)?;
            Ok((client.project(found.project_id)?, Some(found)))
        }
        Some(_) => Ok((project(client, there).await?, None)),
        None => Ok((client.project(source_folder(&there.here.directory)?.1)?, None)),
    }
}

/// The project, if its files in the cloud are source.
pub(crate) fn source(project: Project) -> Result<Project, SettingsError> {
    if project.is_encrypted() {
        return Err(SettingsError::Encrypted(project.name));
    }
    Ok(project)
}

/// The project of this number or name. Costs one request.
pub(crate) async fn find(client: &Client, asked: &str) -> anyhow::Result<Project> {
    let number = asked.parse::<ProjectId>().ok();
    let read = match number {
        Some(id) => client.execute(qc_files::qc_proto::ReadProjects::one(id)).await,
        None => client.projects().await,
    };
    let projects = match read {
        Err(error) if error.kind() == ErrorKind::ProjectNotFound => ProjectList::default(),
        read => read?,
    };
    // The service writes some names with a `/` in front.
    let bare = |name: &str| name.trim_start_matches('/').to_owned();
    let found = projects.projects.iter().find(|project| match number {
        Some(id) => project.project_id == id,
        None => project.name == asked,
    });
    let is_alike = |project: &&Project| number.is_none() && bare(&project.name) == bare(asked);
    let found = found.or_else(|| projects.projects.iter().find(is_alike)).cloned();
    Ok(found.ok_or_else(|| SettingsError::NoSuchProject { asked: asked.to_owned() })?)
}
