//! What every transport reports when the network fails, point by point: one table, run over all of them.

mod authority;
mod peer;
mod rows;
mod subjects;

use std::time::Duration;

use qc_proto::{Cause, Failure};

pub(crate) use self::{authority::CERTIFICATES, rows::Certificate};
use self::{
    rows::{Expected, ROWS, Row},
    subjects::{SUBJECTS, Subject},
};
use crate::page;

/// Ends an attempt that stalls on purpose.
const SHORT: Duration = Duration::from_millis(150);
/// Long enough for the slowest machine; reached only by a transport that hangs.
const PATIENCE: Duration = Duration::from_secs(20);

#[test]
fn every_transport_says_at_every_point_what_became_of_the_request() {
    let mut table = String::from("| the request ends |");
    for subject in SUBJECTS {
        table += &format!(" {} |", subject.name);
    }
    table += "\n| --- |";
    table += &" --- |".repeat(SUBJECTS.len());
    for row in ROWS {
        table += &format!("\n| {} |", row.what);
        for subject in SUBJECTS {
            table += &format!(" {} |", cell(row, subject));
        }
    }
    page::hold("faults.md", "delivery", &table);
}

/// Runs one row over one transport and says what it reported, which must be what the row expects.
fn cell(row: &Row, subject: &Subject) -> String {
    let mut timeout = if row.stalls() { SHORT } else { PATIENCE };
    loop {
        let result = (subject.run)(row, timeout);
        // On a busy machine the time may be up before the stall is reached: then it gets more.
        if let (Err(failure), Expected::Failure(_, phase, Cause::TimedOut)) =
            (&result, row.expected)
            && failure.cause() == Cause::TimedOut
            && (failure.phase() as u8) < phase as u8
            && timeout < PATIENCE
        {
            timeout *= 2;
            continue;
        }
        let place = format!("{}, over {}", row.what, subject.name);
        return match (result, row.expected) {
            (Ok(200), Expected::Answer) => "answered, over a new connection".to_owned(),
            (Err(failure), Expected::Failure(delivery, phase, cause)) => {
                let found = (failure.delivery(), failure.phase(), failure.cause());
                assert_eq!(found, (delivery, phase, cause), "{place}: {failure:?}");
                assert!(failure.to_string().contains(&phase.to_string()), "{place}: {failure}");
                shown(&failure)
            }
            (result, expected) => panic!("{place}: {result:?} instead of {expected:?}"),
        };
    }
}

fn shown(failure: &Failure) -> String {
    let how = if failure.cause() == Cause::TimedOut { "timed out" } else { "failed" };
    format!("`{:?}`: {how} while {}", failure.delivery(), failure.phase())
}
