//! The faults that may still come, and the form that orders more.

use maud::{Markup, html};
use qc_proto::visible;

use crate::{Drift, emulator::Emulator, faults::fault_text::FAULT_FORMS};

pub(super) fn section(emulator: &Emulator) -> Markup {
    let rules = emulator.rules();
    html! {
        section #faults {
            h2 { "Faults" }
            div #ordered .live {
                @if rules.is_empty() {
                    p.dim { "None ordered: every request passes." }
                } @else {
                    ul.plain.box tabindex="0" aria-label="Faults that may still come" {
                        @for rule in &rules { li { code { (visible::escape(rule)) } } }
                    }
                    form method="post" action="/_emulator/faults" {
                        input type="hidden" name="replace" value="true";
                        button #clear { "Take all back" }
                    }
                }
            }
            (order())
        }
    }
}

fn order() -> Markup {
    html! {
        form method="post" action="/_emulator/faults" {
            label for="rule" { "Order a fault" }
            div.line {
                input #rule name="rule" list="forms" placeholder="drop-after*2"
                    aria-describedby="form" autocomplete="off" autocapitalize="off" spellcheck="false" required;
                button #add .main { "Order" }
            }
            p #form .dim { code { "[ENDPOINT:]FAULT" wbr; "[*TIMES|*always|@PERCENT%]" } }
            datalist #forms {
                @for (form, what) in FAULT_FORMS { option value=(form) { (what) } }
                @for drift in Drift::ALL { option value=(format!("drift={drift}")) {} }
            }
        }
        details #all-faults {
            summary { "All faults" }
            dl.box tabindex="0" aria-label="All faults" {
                @for (form, what) in FAULT_FORMS { dt { code { (form) } } dd { (what) } }
            }
        }
    }
}
