//! The flow of the API's page, step by step.

use anyhow::Result;

use super::checks::Checks;
use super::files::listing;
use super::stage::Stage;

/// What the script prints when every step goes as the page says.
const FLOW: &str = "\
authenticate: 200 success=True
create: 200 success=True
read: 200 success=True
   main.py research.ipynb signals.py
   as it was sent: True
update: 200 success=True
read one: 200 success=True
   as it was sent: True
rename: 200 success=True
look: 200 success=True
   main.py research.ipynb signals2.py
delete: 200 success=True
look: 200 success=True
   main.py research.ipynb
delete again: 200 success=False File not found: signals2.py
exit 0";

/// Runs the flow, and looks at what it leaves.
pub(super) fn play(stage: &Stage, checks: &Checks) -> Result<()> {
    let id = stage.create_project("Document")?;
    let before = stage.files(&id)?;
    let flow = stage.script("document.py", &[&id])?;
    checks.same("authenticate, create, read, update, rename, delete", FLOW, &flow.text())?;
    let after = listing(&stage.files(&id)?);
    checks.same("the project is as before", &listing(&before), &after)
}
