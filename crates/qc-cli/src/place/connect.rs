//! From the command line and the environment to a client.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use qc_files::{
    Builder, Client, Credentials, Invalid, credentials,
    credentials::{API_TOKEN, Found, USER_ID},
    qc_proto::{BaseUrl, Tier},
    qc_transport::{Roots, Settings, Transport, http::Uri, is_loopback},
};

use crate::{
    arguments::{Arguments, BASE_URL, QuotaArgs},
    error::CliError,
    output::{logging::LoggingTransport, pauses::PauseNotices, printer::Printer},
    text::escape,
};

/// Variables in which users of other programs have named a bundle of certificate authorities.
const BUNDLES: [&str; 2] = ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"];

/// Makes a client with the credentials that are found.
pub(crate) fn client(arguments: &Arguments, printer: &Printer) -> anyhow::Result<Client> {
    let found = find_credentials(arguments)?;
    if let Some(file) = found.file.filter(|_| found.is_exposed) {
        let (file, quoted) = (file.display(), quoted(&file));
        let caution = format!(
            "other users of this machine have access to the credentials in {file}: run `chmod 600 {quoted}`"
        );
        printer.caution("caution", escape(&caution));
    }
    client_with(arguments, printer, found.credentials)
}

/// Finds the credentials for the service that is asked: in the environment, else in the file of `qc login`.
pub(crate) fn find_credentials(arguments: &Arguments) -> Result<Found, CliError> {
    if credentials::from_env()?.is_none()
        && let Some(file) = own_file(arguments)?.filter(|file| file.exists())
    {
        return Ok(credentials::find_in(&file)?);
    }
    Ok(credentials::find()?)
}

/// Says where credentials come from.
pub(crate) fn source_of(found: &Found) -> String {
    match &found.file {
        Some(file) => file.display().to_string(),
        None => format!("{USER_ID} and {API_TOKEN}"),
    }
}

/// Returns the file that `qc login` writes: the official tool's for the real service, one of its own for any other.
pub(crate) fn credentials_file(arguments: &Arguments) -> anyhow::Result<PathBuf> {
    let file = match own_file(arguments)? {
        Some(file) => Some(file),
        None => credentials::lean_file(),
    };
    file.context("there is no home folder to keep credentials in")
}

fn own_file(arguments: &Arguments) -> Result<Option<PathBuf>, CliError> {
    let url = service_url(arguments)?;
    let uri: Option<Uri> = url.parse().ok();
    let host = uri.as_ref().and_then(|uri| uri.authority()).map_or("", |host| host.as_str());
    if host == "quantconnect.com" || host.ends_with(".quantconnect.com") {
        return Ok(None);
    }
    let clean = host.replace(|character: char| !character.is_ascii_alphanumeric(), "_");
    Ok(credentials::lean_file().map(|file| file.with_file_name(format!("credentials-{clean}"))))
}

/// A path as a shell takes it.
pub(crate) fn quoted(path: &Path) -> String {
    let path = path.display().to_string();
    let is_plain = |character: char| {
        character.is_alphanumeric() || matches!(character, '/' | '.' | '_' | '-' | '+' | '@')
    };
    if path.chars().all(is_plain) { path } else { format!("'{}'", path.replace('\'', r"'\''")) }
}

/// Makes a client with these credentials.
pub(crate) fn client_with(
    arguments: &Arguments,
    printer: &Printer,
    credentials: Credentials,
) -> anyhow::Result<Client> {
    Ok(builder(arguments, printer, credentials, |transport| transport)?.build()?)
}

/// As [`client_with`], with another transport around the usual one, and not yet built.
pub(crate) fn builder<T: Transport>(
    arguments: &Arguments,
    printer: &Printer,
    credentials: Credentials,
    wrap: impl FnOnce(LoggingTransport) -> T,
) -> anyhow::Result<Builder> {
    let url = service_url(arguments)?;
    if !arguments.insecure_http && is_plain_elsewhere(&url) {
        return Err(CliError::PlainHttp(url).into());
    }
    let mut builder = Client::builder(credentials)
        .user_agent(concat!("qc/", env!("CARGO_PKG_VERSION")))
        .base_url(&url)
        .runtime(PauseNotices::new(printer.clone(), arguments.verbose > 0));
    // Without a source the service lets writes through that it would refuse while someone else edits.
    if !arguments.forces() {
        builder = builder.code_source("qc");
    }
    let mut settings = Settings::new().allow_plain_http(arguments.insecure_http);
    if let Some((variable, path)) = bundle(&url) {
        let read = fs::read(&path);
        let read = read.map_err(|why| CliError::Bundle { variable, path: path.clone(), why })?;
        settings = settings.roots(Roots::Pem(read));
        if arguments.verbose > 0 {
            printer.note(format_args!("certificate authorities: {variable}, {}", path.display()));
        }
    }
    let transport = LoggingTransport::new(printer, settings, arguments.verbose);
    Ok(builder.transport(wrap(transport)))
}

/// The bundle that the environment names, where `SSL_CERT_FILE`, which goes before it, does not.
pub(crate) fn bundle(url: &str) -> Option<(&'static str, PathBuf)> {
    if env::var_os("SSL_CERT_FILE").is_some() || !url.starts_with("https") {
        return None;
    }
    BUNDLES.into_iter().find_map(|name| {
        let path = env::var_os(name).filter(|path| !path.is_empty())?;
        Some((name, PathBuf::from(path)))
    })
}

/// Returns whether anyone on the way could read the requests.
fn is_plain_elsewhere(url: &str) -> bool {
    url.parse::<Uri>()
        .is_ok_and(|uri| uri.scheme_str() == Some("http") && !uri.host().is_some_and(is_loopback))
}

/// Returns the service's address. `QC_API` is read as the official command line tool reads it.
pub(crate) fn service_url(arguments: &Arguments) -> Result<String, CliError> {
    if let Some(base_url) = &arguments.base_url {
        let url = BaseUrl::new(base_url).map_err(|invalid| {
            let by_variable = env::var(BASE_URL).is_ok_and(|set| set == *base_url);
            let given_by = if by_variable { BASE_URL } else { "--base-url" };
            Invalid::new(given_by, invalid.why().to_owned())
        })?;
        return Ok(url.to_string());
    }
    Ok(match env::var("QC_API").as_deref() {
        Ok("beta") => "https://beta.quantconnect.com/api/v2".to_owned(),
        Ok("local") => "http://localhost:5612/api/v2".to_owned(),
        Ok("") | Err(_) => BaseUrl::PRODUCTION.to_owned(),
        Ok(other) => return Err(CliError::Api(other.to_owned())),
    })
}

/// Returns the tier that was said, or the one that `QC_TIER` says.
pub(crate) fn tier(quota: QuotaArgs) -> anyhow::Result<Option<Tier>> {
    match env::var("QC_TIER") {
        Ok(word) if quota.tier.is_none() && !word.is_empty() => {
            let tier: Result<Tier, Invalid> = word.parse();
            Ok(Some(tier.map_err(|invalid| Invalid::new("QC_TIER", invalid.why().to_owned()))?))
        }
        _ => Ok(quota.tier),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_stays_on_this_machine() {
        for url in ["http://10.0.0.1/api", "http://example.org:80/", "http://[2001:db8::1]:80/x"] {
            assert!(is_plain_elsewhere(url), "{url}");
        }
        for url in [
            "https://example.org/",
            "http://localhost:5612/api/v2",
            "http://127.0.0.9:1/",
            "http://[::1]:5/",
        ] {
            assert!(!is_plain_elsewhere(url), "{url}");
        }
    }
}
