//! How this machine reaches the service: what is used, and not where it is.

use std::env;

use qc_files::qc_transport::{http::Uri, is_loopback};

use super::{private::Private, report::Way};
use crate::{advice::PROXIES, arguments::Arguments, place::connect};

/// The variables that name a proxy for plain http.
const PLAIN_PROXIES: [&str; 4] = ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"];

/// Returns the way. A service of somebody's own and a proxy are private.
pub(super) fn way(arguments: &Arguments, private: &mut Private) -> anyhow::Result<Way> {
    let url = connect::service_url(arguments)?;
    let uri: Uri = url.parse()?;
    let host = uri.host().unwrap_or_default();
    let is_own = host != "quantconnect.com" && !host.ends_with(".quantconnect.com");
    let service = match (is_own, is_loopback(host)) {
        (false, _) => url.clone(),
        (true, true) => "one on this machine".to_owned(),
        (true, false) => "another than QuantConnect's".to_owned(),
    };
    if is_own {
        private.add(host, "(host)");
    }
    let is_plain = uri.scheme_str() == Some("http");
    let names = if is_plain { PLAIN_PROXIES } else { PROXIES };
    let set = |name: &str| env::var(name).ok();
    let proxy = names.into_iter().find_map(|name| Some((name, set(name)?)));
    let proxy = match proxy.filter(|(_, address)| !address.trim().is_empty()) {
        _ if is_loopback(host) => "none: the service is on this machine".to_owned(),
        None => "none".to_owned(),
        Some((name, address)) => {
            if let Some(host) = address.parse::<Uri>().ok().as_ref().and_then(Uri::host) {
                private.add(host, "(proxy)");
            }
            let has_exceptions =
                ["no_proxy", "NO_PROXY"].into_iter().any(|name| set(name).is_some());
            let exceptions =
                if has_exceptions { ", unless NO_PROXY names the service" } else { "" };
            format!("that of {name}{exceptions}")
        }
    };
    let certificates = if is_plain {
        "none: plain http"
    } else if let Some((variable, _)) = connect::bundle(&url) {
        variable
    } else if env::var_os("SSL_CERT_FILE").is_some() {
        "SSL_CERT_FILE"
    } else if env::var_os("SSL_CERT_DIR").is_some() {
        "SSL_CERT_DIR"
    } else {
        "those of the system"
    };
    Ok(Way {
        service,
        credentials: "none".to_owned(),
        proxy,
        certificates: certificates.to_owned(),
    })
}
