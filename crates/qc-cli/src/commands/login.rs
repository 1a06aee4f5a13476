//! `qc login` and `qc logout`: the official command line tool's own file, readable by its owner only.

use std::{
    fs, io,
    io::{IsTerminal as _, Read as _, Write as _},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use qc_files::{ApiToken, Credentials, UserId, credentials};
use serde_json::json;

use crate::{arguments::Arguments, exit::Exit, printer::Printer, settings};

/// The service is asked before anything is written.
pub(crate) async fn login(
    arguments: &Arguments,
    printer: &Printer,
    user_id: Option<UserId>,
    from_stdin: bool,
) -> anyhow::Result<Exit> {
    let user_id = match user_id {
        Some(user_id) => user_id,
        None if from_stdin => {
            bail!(qc_files::Invalid::new("--user-id", "goes with --api-token-stdin"))
        }
        None => ask(printer, "User id: ")?.parse()?,
    };
    let token = if from_stdin {
        let mut token = String::new();
        io::stdin().lock().read_to_string(&mut token).context("cannot read standard input")?;
        token
    } else if io::stdin().is_terminal() {
        rpassword::prompt_password("API token (not shown): ").context("cannot ask for the token")?
    } else {
        bail!(qc_files::Invalid::new(
            "--api-token-stdin",
            "must be given where there is no terminal to ask on"
        ))
    };
    let token = ApiToken::new(token.trim()).map_err(qc_files::Error::from)?;
    let credentials = Credentials::new(user_id, token);
    settings::client_with(arguments, printer, credentials.clone())?.authenticate().await?;
    let path = file()?;
    keep(&path, &credentials).with_context(|| format!("cannot write {}", path.display()))?;
    printer.report(&json!({ "userId": user_id.to_string(), "file": path }), |out| {
        writeln!(out, "user {user_id} is logged in; the credentials are in {}", path.display())
    })?;
    Ok(Exit::Done)
}

pub(crate) fn logout(printer: &Printer) -> anyhow::Result<Exit> {
    let path = file()?;
    let was_there = match fs::remove_file(&path) {
        Ok(()) => true,
        Err(why) if why.kind() == io::ErrorKind::NotFound => false,
        Err(why) => return Err(why).with_context(|| format!("cannot remove {}", path.display())),
    };
    printer.report(&json!({ "removed": was_there }), |out| {
        if was_there {
            writeln!(out, "removed {}", path.display())
        } else {
            writeln!(out, "there were no credentials in {}", path.display())
        }
    })?;
    Ok(Exit::Done)
}

fn file() -> anyhow::Result<PathBuf> {
    credentials::lean_file().context("there is no home folder to keep credentials in")
}

fn ask(printer: &Printer, question: &str) -> anyhow::Result<String> {
    printer.ask(question);
    let mut answer = String::new();
    io::stdin().read_line(&mut answer).context("cannot read the answer")?;
    Ok(answer.trim().to_owned())
}

/// Makes the folder, if it is not there, for its owner only.
fn make(folder: &Path) -> io::Result<()> {
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
    let folder = path.parent().unwrap_or(Path::new("."));
    make(folder)?;
    let text = json!({
        "user-id": credentials.user_id().to_string(),
        "api-token": credentials.token().expose_secret(),
    });
    // A temporary file is its owner's only from the start.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(serde_json::to_string_pretty(&text)?.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}
