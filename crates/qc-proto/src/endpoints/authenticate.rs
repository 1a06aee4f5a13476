//! `authenticate`

use serde::{Deserialize, Serialize};

use crate::{
    endpoints::endpoint::{Endpoint, Replay, UnexpectedAnswer},
    model::file::Empty,
};

/// Asks whether the credentials are good.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Authenticate {}

impl Endpoint for Authenticate {
    const PATH: &'static str = "authenticate";
    const REPLAY: Replay = Replay::Safe;
    type Answer = Empty;
    type Output = ();

    fn output(&self, _: Empty) -> Result<(), UnexpectedAnswer> {
        Ok(())
    }
}
