//! A clone beside a copy of the same files, both until the disk has them.

use anyhow::Result;

use super::commands::{Row, cloned, timed, write_bytes};
use super::lab::Lab;
use super::page::Page;
use super::rounds::ROUNDS;
use crate::fresh;

pub(super) fn tell(lab: &Lab, page: &mut Page) -> Result<()> {
    page.heading("A clone of 250 files of 2 KB, and a copy");
    let served = lab.another(&[])?;
    let source = cloned(lab, &served, "source", 0)?;
    (0..250).try_for_each(|number| write_bytes(&source, number, 2000))?;
    served.qc(lab.workspace, &["push", "--quiet"]).current_dir(&source).status()?;
    // What is copied is the files alone.
    let files = lab.workspace.target().join("bench").join("files");
    fresh::make_empty(&files)?;
    for number in 0..250 {
        write_bytes(&files, number, 2000)?;
    }
    let places = lab.workspace.target().join("bench").join("places");
    fresh::make_empty(&places)?;
    let copy = |round: usize, what: &str| {
        let mut command = lab.workspace.command("sh");
        let place = places.join(format!("{what}{round}"));
        command.args(["-c", "cp -r \"$0\" \"$1\" && sync -f \"$1\""]).args([&files, &place]);
        Ok(command)
    };
    let rows = [
        Row::new("`cp -r`, then `sync -f`", |round| copy(round, "copy")),
        Row::new("`qc clone` (2 requests)", |round| {
            let mut command = served.qc(lab.workspace, &["clone", "--quiet", &served.project]);
            command.arg(places.join(format!("clone{round}")));
            Ok(command)
        })
        .beside(0, "the copy"),
        Row::new("the copy once more: the control", |round| copy(round, "again"))
            .beside(0, "the first"),
    ];
    timed(lab, page, ROUNDS, &rows)?;
    Ok(())
}
