//! Reading a request in any of the forms that the service accepts.

use std::{borrow::Cow, time::Duration};

use qc_proto::{AuthHeaders, AuthRefusal, TIMESTAMP, UserId, bytes::Bytes, http};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::{
    request::{fields, form},
    service::refusal::Refusal,
};

/// A request that has arrived, with its endpoint and signature read.
pub(crate) struct RawRequest<'a> {
    pub(crate) request: &'a http::Request<Bytes>,
    /// Such as `files/read`.
    pub(crate) endpoint: String,
    pub(crate) auth: Result<AuthHeaders, AuthRefusal>,
    query: Value,
}

impl<'a> RawRequest<'a> {
    pub(crate) fn read(request: &'a http::Request<Bytes>) -> Self {
        let query = form::parse(request.uri().query().unwrap_or_default().as_bytes());
        let auth = auth(request.headers(), &query);
        Self { request, endpoint: endpoint(request.uri().path()), auth, query }
    }

    /// The credentials that came with it, as they stand in its header.
    pub(crate) fn authorization(&self) -> Option<&str> {
        let value = self.request.headers().get(http::header::AUTHORIZATION)?.to_str().ok()?;
        value.split_whitespace().last()
    }

    /// What was sent, for people to read: the body, or else the query without its signature.
    pub(crate) fn sent(&self) -> Cow<'_, [u8]> {
        match &self.query {
            Value::Object(query) if self.request.body().is_empty() && !query.is_empty() => {
                let mut query = query.clone();
                query.remove("authorization");
                Value::Object(query).to_string().into_bytes().into()
            }
            _ => Cow::Borrowed(self.request.body()),
        }
    }

    /// Returns the fields, out of the body or the query.
    pub(crate) fn input(&self) -> Result<Value, Refusal> {
        let Self { request, query, .. } = self;
        let body = request.body();
        if *request.method() == http::Method::GET || body.trim_ascii().is_empty() {
            return Ok(query.clone());
        }
        let content_type = request
            .headers()
            .get(http::header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let media_type = content_type.split(';').next().unwrap_or_default().trim();
        if media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Ok(form::parse(body));
        }
        match serde_json::from_slice(body) {
            Ok(Value::Object(fields)) => Ok(Value::Object(fields)),
            // PHP writes an empty map as an empty list, and takes one for it.
            Ok(Value::Array(list)) if list.is_empty() => Ok(Value::Object(Map::new())),
            Ok(_) => Err(Refusal::not_valid("the body is no JSON object")),
            Err(_) if content_type.is_empty() => Ok(form::parse(body)),
            Err(error) => Err(Refusal::not_valid(error)),
        }
    }
}

/// The signature, out of the headers or, in a link, out of the query.
fn auth(headers: &http::HeaderMap, query: &Value) -> Result<AuthHeaders, AuthRefusal> {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let linked = |name| query.get(name).and_then(Value::as_str);
    let authorization = header(http::header::AUTHORIZATION).or_else(|| linked("authorization"));
    AuthHeaders::read(authorization, header(TIMESTAMP).or_else(|| linked("timestamp")))
}

/// What follows `api/v2`, or the whole path without it. Repeated slashes collapse.
fn endpoint(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let base = parts.windows(2).position(|pair| pair == ["api", "v2"]);
    parts[base.map_or(0, |at| at + 2)..].join("/")
}

/// Whether an answer may come compressed: `gzip` is named, and not with the weight 0.
pub(crate) fn accepts_gzip(headers: &http::HeaderMap) -> bool {
    let values = headers.get_all(http::header::ACCEPT_ENCODING).iter();
    values.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).any(
        |coding| {
            let (name, weight) = coding.split_once(';').unwrap_or((coding, "q=1"));
            let weight = weight.trim().strip_prefix("q=").map(str::parse::<f32>);
            name.trim().eq_ignore_ascii_case("gzip") && weight != Some(Ok(0.0))
        },
    )
}

/// What an endpoint gets to see of a request.
pub(crate) struct SignedRequest {
    /// The user who signed it.
    pub(crate) user: UserId,
    /// The service's clock, since the Unix epoch.
    pub(crate) wall: Duration,
    /// The fields, whatever form they came in.
    pub(crate) input: Value,
}

impl SignedRequest {
    /// Returns the fields, as the request type reads them.
    pub(crate) fn fields<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        T::deserialize(&self.input).map_err(Refusal::not_valid)
    }

    /// Returns the environment that makes the change. None if the request names none.
    pub(crate) fn code_source(&self) -> Option<String> {
        let source = fields::text(self.input.get("codeSourceId")?).ok()?;
        source.filter(|source| !source.is_empty())
    }

    pub(crate) fn has(&self, field: &str) -> bool {
        self.input.get(field).is_some_and(|value| !value.is_null())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slashes_collapse_and_the_base_may_be_missing() {
        for path in [
            "/api/v2/files/read",
            "/api/v2//files/read",
            "//api//v2///files/read/",
            "/files/read",
            "/behind/a/proxy/api/v2/files/read",
        ] {
            assert_eq!(endpoint(path), "files/read", "{path}");
        }
        assert_eq!(endpoint("/api/v2/"), "");
    }
}
