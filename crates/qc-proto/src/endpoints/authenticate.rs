//! `authenticate`

use serde::{Deserialize, Serialize};

use crate::{
    endpoints::endpoint::{Endpoint, NotFitting, Replay},
    model::file::Done,
};

/// Asks whether the credentials are good.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Authenticate {}

impl Endpoint for Authenticate {
    const PATH: &'static str = "authenticate";
    const REPLAY: Replay = Replay::Safe;
    type Answer = Done;
    type Output = ();

    fn output(&self, _: Done) -> Result<(), NotFitting> {
        Ok(())
    }
}
