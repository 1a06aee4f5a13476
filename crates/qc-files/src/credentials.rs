//! Credentials where people already have them: the environment, and the official command line tool's file.
//!
//! No error of this module shows a value, only where it was looked for.

use std::{
    env, fmt,
    fs::{File, Metadata},
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use qc_proto::{ApiToken, Credentials, Invalid, UserId};
use serde::Deserialize;

/// The environment variable with the user id.
pub const USER_ID: &str = "QUANTCONNECT_USER_ID";
/// The environment variable with the API token.
pub const API_TOKEN: &str = "QUANTCONNECT_API_TOKEN";

/// Why there are no credentials.
#[derive(Debug)]
#[non_exhaustive]
pub enum CredentialsError {
    /// Neither the environment nor the file has any; the file that was looked for, if there is a home.
    Missing(Option<PathBuf>),
    /// One of the two variables is set, and this one is not.
    HalfSet(&'static str),
    /// A variable's value is not usable.
    Variable(&'static str, Invalid),
    /// There is something else than a file, such as a folder or a pipe.
    NotAFile(PathBuf),
    /// The file could not be read.
    Unreadable(PathBuf, io::Error),
    /// The file does not hold what it should; where and why.
    Malformed(PathBuf, String),
}

impl fmt::Display for CredentialsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(path) => {
                write!(f, "no credentials: set {USER_ID} and {API_TOKEN}")?;
                path.as_ref().map_or(Ok(()), |path| {
                    write!(f, ", or log in so that {} exists", path.display())
                })
            }
            Self::HalfSet(name) => {
                write!(f, "{name} is not set: {USER_ID} and {API_TOKEN} go together")
            }
            Self::Variable(name, why) => {
                write!(f, "the environment variable {name} is not usable: {why}")
            }
            Self::NotAFile(path) => write!(f, "{} is not a regular file", path.display()),
            Self::Unreadable(path, why) => write!(f, "cannot read {}: {why}", path.display()),
            Self::Malformed(path, why) => {
                write!(
                    f,
                    "{} is not usable: {why}; log in again, or set {USER_ID} and {API_TOKEN}",
                    path.display()
                )
            }
        }
    }
}

// No `source`: the text has the cause in it.
impl std::error::Error for CredentialsError {}

/// Credentials, and where they were found.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Found {
    /// The credentials.
    pub credentials: Credentials,
    /// The file that they are from; none where they are from the environment.
    pub file: Option<PathBuf>,
    /// Whether the file's mode lets other users than its owner read or write it. False on systems without modes.
    pub is_exposed: bool,
}

/// Takes credentials from the environment if they are there, else from the official command line tool's file.
///
/// # Errors
///
/// [`CredentialsError`] says where it looked and what to do.
pub fn discover() -> Result<Credentials, CredentialsError> {
    find().map(|found| found.credentials)
}

/// Takes credentials as [`discover`] does, and says where they were found.
///
/// # Errors
///
/// As [`discover`].
pub fn find() -> Result<Found, CredentialsError> {
    if let Some(credentials) = from_env()? {
        return Ok(Found { credentials, file: None, is_exposed: false });
    }
    match lean_file() {
        Some(path) if path.exists() => find_in(&path),
        path => Err(CredentialsError::Missing(path)),
    }
}

/// Takes credentials as [`from_file`] does, and says where they were found.
///
/// # Errors
///
/// As [`from_file`].
pub fn find_in(path: &Path) -> Result<Found, CredentialsError> {
    let (credentials, metadata) = read(path)?;
    Ok(Found { credentials, file: Some(path.to_owned()), is_exposed: is_exposed(&metadata) })
}

#[cfg(unix)]
fn is_exposed(metadata: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;

    metadata.mode() & 0o077 != 0
}

#[cfg(not(unix))]
fn is_exposed(_: &Metadata) -> bool {
    false
}

/// Takes `QUANTCONNECT_USER_ID` and `QUANTCONNECT_API_TOKEN`; none if neither is set, or both are empty.
///
/// # Errors
///
/// [`CredentialsError::HalfSet`] or [`CredentialsError::Variable`].
pub fn from_env() -> Result<Option<Credentials>, CredentialsError> {
    let set = |name| env::var(name).ok().filter(|value| !value.trim().is_empty());
    match (set(USER_ID), set(API_TOKEN)) {
        (None, None) => Ok(None),
        (None, Some(_)) => Err(CredentialsError::HalfSet(USER_ID)),
        (Some(_), None) => Err(CredentialsError::HalfSet(API_TOKEN)),
        (Some(user_id), Some(token)) => {
            let user_id = user_id
                .parse::<UserId>()
                .map_err(|why| CredentialsError::Variable(USER_ID, why))?;
            let token =
                ApiToken::new(token).map_err(|why| CredentialsError::Variable(API_TOKEN, why))?;
            Ok(Some(Credentials::new(user_id, token)))
        }
    }
}

/// `~/.lean/credentials`, where the official command line tool keeps them; none without a home folder.
#[must_use]
pub fn lean_file() -> Option<PathBuf> {
    Some(env::home_dir()?.join(".lean").join("credentials"))
}

/// Reads a file as the official command line tool writes it: JSON with `user-id` and `api-token`.
///
/// # Errors
///
/// [`CredentialsError::NotAFile`], [`CredentialsError::Unreadable`] or [`CredentialsError::Malformed`].
pub fn from_file(path: &Path) -> Result<Credentials, CredentialsError> {
    read(path).map(|(credentials, _)| credentials)
}

/// The metadata is that of the very file that was read, whatever happens to its name meanwhile.
fn read(path: &Path) -> Result<(Credentials, Metadata), CredentialsError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "kebab-case")]
    struct LeanFile {
        user_id: String,
        api_token: String,
    }

    let malformed = |why: String| CredentialsError::Malformed(path.to_owned(), why);
    let unreadable = |why| CredentialsError::Unreadable(path.to_owned(), why);
    let mut file = open(path).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(CredentialsError::NotAFile(path.to_owned()));
    }
    let mut text = Vec::new();
    file.read_to_end(&mut text).map_err(unreadable)?;
    // serde_json's message can quote a value, which may be the token: only the place is told.
    let file: LeanFile = serde_json::from_slice(&text).map_err(|error| {
        malformed(format!(
            "it must be JSON with the texts `user-id` and `api-token` (line {}, column {})",
            error.line(),
            error.column()
        ))
    })?;
    let user_id =
        file.user_id.parse().map_err(|why: Invalid| malformed(format!("user-id: {why}")))?;
    let token = ApiToken::new(file.api_token).map_err(|why| malformed(why.to_string()))?;
    Ok((Credentials::new(user_id, token), metadata))
}

/// Does not wait for someone to write where the name leads to a pipe.
#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;

    let flags = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
    File::options().read(true).custom_flags(flags).open(path)
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    File::open(path)
}
