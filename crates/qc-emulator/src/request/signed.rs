//! A request whose signature was good.

use std::time::Duration;

use qc_proto::UserId;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{request::fields, service::refusal::Refusal};

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
