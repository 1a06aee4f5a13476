//! `qc login` and `qc logout`: the official command line tool's own file, readable by its owner only.

use std::{
    fs, io,
    io::{IsTerminal as _, Read as _, Write as _},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use qc_files::{ApiToken, Credentials, ErrorKind, Invalid, UserId, credentials};
use serde::Serialize;

use crate::{
    advice::describe_call,
    arguments::Arguments,
    error::{ACCOUNT_PAGE, CliError},
    exit::Exit,
    output::printer::{Printer, Report},
    place::connect,
    text::escape,
};

/// So often a person is asked again after the service refused what was typed.
const TRIES: usize = 3;

/// Where the credentials are kept.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LoginReport {
    user_id: String,
    file: PathBuf,
}

impl Report for LoginReport {
    fn print(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let Self { user_id, file } = self;
        writeln!(out, "user {user_id} is logged in; the credentials are in {}", file.display())
    }
}

/// The service is asked before anything is written.
pub(crate) async fn login(
    arguments: &Arguments,
    printer: &Printer,
    user_id: Option<UserId>,
    from_stdin: bool,
    yes: bool,
) -> anyhow::Result<Exit> {
    let is_interactive = !from_stdin && io::stdin().is_terminal();
    if !from_stdin && !is_interactive {
        bail!(CliError::NoTerminal)
    }
    if is_interactive {
        printer.note(format_args!("{ACCOUNT_PAGE} shows your user id and your API token"));
    }
    let mut tries = TRIES;
    let credentials = loop {
        let entered =
            if from_stdin { from_standard_input(user_id)? } else { ask_credentials(user_id)? };
        tries -= 1;
        let checked = match entered {
            Ok(credentials) => {
                let client = connect::client_with(arguments, printer, credentials.clone())?;
                client.authenticate().await.map(|()| credentials)
            }
            Err(invalid) => Err(invalid.into()),
        };
        match checked {
            Ok(credentials) => break credentials,
            Err(error) if is_interactive && tries > 0 && is_typo(error.kind()) => {
                printer.caution("again", escape(&describe_call(&error)));
            }
            Err(error) => return Err(error.into()),
        }
    };
    let file = connect::credentials_file(arguments)?;
    confirm_replacing(&file, credentials.user_id(), yes, is_interactive)?;
    keep(&file, &credentials).with_context(|| format!("cannot write {}", file.display()))?;
    printer.show_done(&LoginReport { user_id: credentials.user_id().to_string(), file })?;
    if credentials::from_env()
        .is_ok_and(|known| known.is_some_and(|known| known.user_id() != credentials.user_id()))
    {
        printer.caution(
            "caution",
            format_args!(
                "{} and {} are set to another user, and go before what was kept",
                credentials::USER_ID,
                credentials::API_TOKEN
            ),
        );
    }
    Ok(Exit::Done)
}

fn is_typo(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::Credentials | ErrorKind::Invalid)
}

type Entered = Result<Credentials, Invalid>;

fn from_standard_input(user_id: Option<UserId>) -> anyhow::Result<Entered> {
    let Some(user_id) = user_id else { bail!(CliError::NoUserId) };
    let mut token = String::new();
    io::stdin().lock().read_to_string(&mut token).context("cannot read standard input")?;
    Ok(ApiToken::new(token.trim()).map(|token| Credentials::new(user_id, token)))
}

fn ask_credentials(user_id: Option<UserId>) -> anyhow::Result<Entered> {
    let user_id = match user_id {
        Some(user_id) => user_id,
        None => inquire::CustomType::<UserId>::new("User id:")
            .with_error_message("a user id is a number, such as 123456")
            .prompt()
            .map_err(CliError::from)?,
    };
    let token = inquire::Password::new("API token (not shown):").without_confirmation().prompt();
    let token = token.map_err(CliError::from)?;
    Ok(ApiToken::new(token.trim()).map(|token| Credentials::new(user_id, token)))
}

/// Never replaces the credentials of another user unasked.
fn confirm_replacing(
    file: &Path,
    user_id: UserId,
    yes: bool,
    is_interactive: bool,
) -> anyhow::Result<()> {
    let Ok(known) = credentials::from_file(file) else { return Ok(()) };
    if yes || known.user_id() == user_id {
        return Ok(());
    }
    let question = format!(
        "{} has the credentials of user {}: replace them?",
        file.display(),
        known.user_id()
    );
    if !is_interactive {
        bail!(Invalid::new(
            "--yes",
            format!("is needed to replace the credentials of user {}", known.user_id())
        ))
    }
    let asked = inquire::Confirm::new(&question).with_default(false).prompt();
    if asked.map_err(CliError::from)? {
        return Ok(());
    }
    Err(CliError::Declined("the credentials of the other user are kept").into())
}

/// What a logout did.
#[derive(Serialize)]
struct LogoutReport {
    removed: bool,
    #[serde(skip)]
    file: PathBuf,
}

impl Report for LogoutReport {
    fn print(&self, out: &mut dyn io::Write) -> io::Result<()> {
        if self.removed {
            writeln!(out, "removed {}", self.file.display())
        } else {
            writeln!(out, "there were no credentials in {}", self.file.display())
        }
    }
}

pub(crate) fn logout(arguments: &Arguments, printer: &Printer) -> anyhow::Result<Exit> {
    let file = connect::credentials_file(arguments)?;
    let removed = match fs::remove_file(&file) {
        Ok(()) => true,
        Err(why) if why.kind() == io::ErrorKind::NotFound => false,
        Err(why) => return Err(why).with_context(|| format!("cannot remove {}", file.display())),
    };
    printer.show_done(&LogoutReport { removed, file })?;
    Ok(Exit::Done)
}

/// Makes the folder, if it is not there, for its owner only.
fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;

        builder.mode(0o700);
    }
    builder.recursive(true).create(folder)
}

/// Whole or not at all, and never readable by others, not even for a moment.
fn keep(path: &Path, credentials: &Credentials) -> io::Result<()> {
    /// As the official tool writes it.
    #[derive(Serialize)]
    #[serde(rename_all = "kebab-case")]
    struct File<'a> {
        user_id: String,
        api_token: &'a str,
    }

    let text = File {
        user_id: credentials.user_id().to_string(),
        api_token: credentials.token().expose_secret(),
    };
    let folder = path.parent().unwrap_or(Path::new("."));
    make_folder(folder)?;
    // A temporary file is its owner's only from the start.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(serde_json::to_string_pretty(&text)?.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}
