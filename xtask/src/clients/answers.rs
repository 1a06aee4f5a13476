//! All requests of all scenes: who was asked, and whether the emulator knew what it was asked for.

use std::collections::BTreeSet;

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

/// Everything that any client asked of the emulator.
const ASKED: &str = "\
GET authenticate 200
GET files/read 200
GET projects/read 200
POST authenticate 200
POST files/create 200
POST files/delete 200
POST files/patch 200
POST files/read 200
POST files/update 200
POST projects/collaboration/lock/acquire 200
POST projects/create 200
POST projects/read 200
POST projects/update 200";

/// Looks at what the door and the emulator have heard.
pub(super) fn play(stage: &Stage, checks: &Checks) -> Result<()> {
    checks.same("no client tried another host", "", &stage.door.take())?;
    let tried = stage.python(&["-c", NOWHERE])?;
    checks.same("one that does is refused", "refused\nexit 0", &tried.text())?;
    checks.same("and would have been heard", "CONNECT nowhere.invalid:443", &stage.door.take())?;
    let asked: BTreeSet<_> = stage.asked_ever()?.into_iter().collect();
    let asked: Vec<_> = asked.into_iter().collect();
    checks.same("the emulator was asked for these, and answered all", ASKED, &asked.join("\n"))
}
