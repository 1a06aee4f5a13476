//! What the emulator shows of itself, beside the service: `/healthz`, a page for people at `/`, and JSON for programs
//! below `/_emulator/`.
//!
//! No answer of these shows a token or a signature, and none counts as a request to the service.

pub(crate) mod edit;
mod guard;
mod page;
pub(crate) mod state;

use std::time::Duration;

use qc_proto::{
    bytes::Bytes,
    http::{HeaderValue, Method, Request, Response, StatusCode, header},
};
use serde::{Deserialize, Serialize};

use self::{
    page::view::View,
    state::{Requests, State},
};
use crate::{emulator::Emulator, faults::script::Rule};

const JSON: &str = "application/json";
const TEXT: &str = "text/plain; charset=utf-8";
const HTML: &str = "text/html; charset=utf-8";

/// Nothing comes from elsewhere, and nothing of it goes elsewhere.
const CONTENT_SECURITY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
     form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// What was asked of the faults: by a program as JSON, by the page as a form.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct Faults {
    /// Rules to add, as [`Rule`] reads them.
    #[serde(default)]
    rules: Vec<String>,
    /// Takes back all others first.
    #[serde(default)]
    replace: bool,
}

/// The faults that may still come.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct Rules {
    rules: Vec<String>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct WasReset {
    reset: bool,
}

/// The answer to a request that is about the emulator; none where it is one to the service.
pub(crate) fn answer(
    emulator: &mut Emulator,
    wall: Duration,
    request: &Request<Bytes>,
) -> Option<Response<Bytes>> {
    let (method, path) = (request.method(), request.uri().path());
    let query = request.uri().query().unwrap_or_default();
    if path == "/healthz" {
        let answer = match *method {
            Method::GET | Method::HEAD => plain(StatusCode::OK, "ok\n"),
            _ => not_allowed("GET"),
        };
        return Some(answer);
    }
    if path != "/" && !path.starts_with("/_emulator/") {
        return None;
    }
    if let Err(why) = guard::check(request) {
        return Some(plain(StatusCode::FORBIDDEN, why));
    }
    Some(match (method, path) {
        (&Method::GET, "/") => {
            respond(StatusCode::OK, HTML, page::page(emulator, &View::read(query)))
        }
        (&Method::GET, "/_emulator/page.css") => {
            respond(StatusCode::OK, "text/css; charset=utf-8", page::CSS)
        }
        (&Method::GET, "/_emulator/page.js") => {
            respond(StatusCode::OK, "text/javascript; charset=utf-8", page::JS)
        }
        (&Method::GET, "/_emulator/editor") => match page::edit::page(emulator, query) {
            Some(page) => respond(StatusCode::OK, HTML, page),
            None => {
                let notice = page::notice("Nothing to edit", "There is no such project.");
                respond(StatusCode::NOT_FOUND, HTML, notice)
            }
        },
        (&Method::GET, "/_emulator/requests") => data(&Requests::read(emulator)),
        (&Method::GET, "/_emulator/state") => data(&State::read(emulator)),
        (&Method::POST, "/_emulator/edit") => edit::edit(emulator, wall, request),
        (&Method::POST, "/_emulator/faults") => faults(emulator, request),
        (&Method::POST, "/_emulator/reset") => {
            emulator.reset();
            done(request, &WasReset { reset: true })
        }
        (_, "/" | "/_emulator/editor" | "/_emulator/requests" | "/_emulator/state") => {
            not_allowed("GET")
        }
        (_, "/_emulator/edit" | "/_emulator/faults" | "/_emulator/reset") => not_allowed("POST"),
        _ => plain(StatusCode::NOT_FOUND, "there is no such page\n"),
    })
}

fn faults(emulator: &mut Emulator, request: &Request<Bytes>) -> Response<Bytes> {
    let order = if is_form(request) {
        form(request.body())
    } else {
        serde_json::from_slice(request.body()).map_err(|why| why.to_string())
    };
    let rules = order.and_then(|order| {
        let rules: Result<Vec<Rule>, _> = order.rules.iter().map(|rule| rule.parse()).collect();
        Ok((rules.map_err(|why: crate::FaultTextError| why.to_string())?, order.replace))
    });
    match rules {
        Ok((rules, replace)) => {
            if replace {
                emulator.clear_faults();
            }
            rules.into_iter().for_each(|rule| emulator.add_rule(rule));
            done(request, &Rules { rules: emulator.rules() })
        }
        // Nothing was changed: all rules were read before the first was added.
        Err(why) => failed(request, StatusCode::BAD_REQUEST, &why),
    }
}

fn form(body: &[u8]) -> Result<Faults, String> {
    let mut faults = Faults::default();
    for (field, value) in form_urlencoded::parse(body) {
        match &*field {
            "rule" if value.trim().is_empty() => {}
            "rule" => faults.rules.push(value.into_owned()),
            "replace" => faults.replace = value == "true",
            other => return Err(format!("there is no field `{other}`")),
        }
    }
    Ok(faults)
}

fn is_form(request: &Request<Bytes>) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded"))
}

/// A browser goes back to the page, a program gets data.
fn done(request: &Request<Bytes>, value: &impl Serialize) -> Response<Bytes> {
    if !is_form(request) {
        return data(value);
    }
    let mut response = respond(StatusCode::SEE_OTHER, TEXT, "");
    response.headers_mut().insert(header::LOCATION, HeaderValue::from_static("/"));
    response
}

/// A browser gets a page with a way back, a program gets text.
fn failed(request: &Request<Bytes>, status: StatusCode, why: &str) -> Response<Bytes> {
    if is_form(request) {
        respond(status, HTML, page::notice("That did not work", why))
    } else {
        plain(status, format!("{why}\n"))
    }
}

fn data(value: &impl Serialize) -> Response<Bytes> {
    // Nothing in these types can fail to be written.
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    respond(StatusCode::OK, JSON, text)
}

fn plain(status: StatusCode, text: impl Into<Bytes>) -> Response<Bytes> {
    respond(status, TEXT, text)
}

fn not_allowed(allowed: &'static str) -> Response<Bytes> {
    let mut response = plain(StatusCode::METHOD_NOT_ALLOWED, format!("{allowed} only\n"));
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allowed));
    response
}

fn respond(status: StatusCode, kind: &'static str, body: impl Into<Bytes>) -> Response<Bytes> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
