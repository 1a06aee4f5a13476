//! Credentials: what the tool makes of the emulator's answer, and `qc` of the tool's file.

use anyhow::Result;

use super::checks::Checks;
use super::stage::{API_TOKEN, Stage, USER_ID};

/// What the tool says when the service takes other credentials only.
const REFUSED: &str = "\
Error: Credentials are invalid. Please ensure your computer clock is correct, or try using another \
terminal, or enter API token manually instead of copy-pasting.
Visit https://www.lean.io/docs/v2/lean-cli for more information
exit 1";

/// Logs in with a wrong token, then with the right one.
pub(super) fn play(stage: &Stage, checks: &Checks) -> Result<()> {
    let folder = stage.workspace("login")?;
    let credentials = stage.in_home(".lean/credentials");
    stage.asked()?;

    let wrong = stage.lean(&folder, &["login", "--user-id", USER_ID, "--api-token", "wrong"])?;
    checks.same("a wrong token is refused", REFUSED, &wrong.text())?;
    checks.same("a wrong token is not kept", "false", &credentials.exists().to_string())?;

    let right = stage.lean(&folder, &["login", "--user-id", USER_ID, "--api-token", API_TOKEN])?;
    checks.same("the right token is taken", "Successfully logged in\nexit 0", &right.text())?;
    let asked = "GET authenticate 200\nGET authenticate 200";
    checks.same("each login is one request", asked, &stage.asked()?)?;

    let accepted = format!("userId: {USER_ID}\nexit 0");
    let whoami = stage.qc(&folder, &["whoami"])?;
    checks.same("qc takes the credentials that lean keeps", &accepted, &whoami)
}
