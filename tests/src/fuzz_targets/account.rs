//! The one account that all targets use.

use qc_proto::{ApiToken, Credentials, Invalid, UserId};

/// Long and odd enough that no input holds it by chance.
pub(crate) const TOKEN: &str = "d41d8cd98f00b204e9800998ecf8427e";

pub(crate) fn credentials() -> Result<Credentials, Invalid> {
    Ok(Credentials::new(UserId::new(12345), ApiToken::new(TOKEN)?))
}
