//! Credentials where people already have them: the environment, and the official command line tool's file.
//!
//! No error of this module shows a value, only where it was looked for.

use std::{
    env, fmt, fs, io,
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

impl std::error::Error for CredentialsError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Variable(_, why) => Some(why),
            Self::Unreadable(_, why) => Some(why),
            _ => None,
        }
    }
}

/// Takes credentials from the environment if they are there, else from the official command line tool's file.
///
/// # Errors
///
/// [`CredentialsError`] says where it looked and what to do.
pub fn discover() -> Result<Credentials, CredentialsError> {
    if let Some(credentials) = from_env()? {
        return Ok(credentials);
    }
    match lean_file() {
        Some(path) if path.exists() => from_file(&path),
        path => Err(CredentialsError::Missing(path)),
    }
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
/// [`CredentialsError::Unreadable`] or [`CredentialsError::Malformed`].
pub fn from_file(path: &Path) -> Result<Credentials, CredentialsError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "kebab-case")]
    struct LeanFile {
        user_id: String,
        api_token: String,
    }

    let malformed = |why: String| CredentialsError::Malformed(path.to_owned(), why);
    let text = fs::read(path).map_err(|why| CredentialsError::Unreadable(path.to_owned(), why))?;
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
    Ok(Credentials::new(user_id, token))
}
