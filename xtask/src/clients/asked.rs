//! All requests of all scenes: who was asked, and how the emulator answered.

use anyhow::Result;

use super::checks::Checks;
use super::stage::Stage;

/// A host that no network has, to see that the door hears of it.
const NOWHERE: &str = "\
import requests
try:
    print(requests.get('https://nowhere.invalid/').status_code)
except requests.exceptions.ProxyError:
    print('refused')";

/// Looks at what the door and the emulator have heard.
pub(super) fn play(stage: &Stage, checks: &Checks) -> Result<()> {
    checks.same("no client tried another host", "", &stage.door.take())?;
    let tried = stage.python(&["-c", NOWHERE])?;
    checks.same("a client that tries one is refused", "refused\nexit 0", &tried.text())?;
    checks.same(
        "a client that tries one is heard",
        "CONNECT nowhere.invalid:443",
        &stage.door.take(),
    )?;
    let all = stage.asked_ever()?;
    let odd: Vec<_> = all.into_iter().filter(|request| !request.ends_with(" 200")).collect();
    checks.same("every request was answered with 200", "", &odd.join("\n"))
}
