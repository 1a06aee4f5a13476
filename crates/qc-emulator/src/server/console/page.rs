//! The page for people: projects, requests and switches for faults, as HTML that works without its script.

use maud::{DOCTYPE, Markup, html};

use crate::{
    Drift,
    emulator::Emulator,
    faults::fault_text::FAULT_FORMS,
    record::Record,
    service::stored_project::{StoredProject, time},
};

pub(crate) const CSS: &str = include_str!("page.css");
pub(crate) const JS: &str = include_str!("page.js");

/// So many of the last requests are shown.
const SHOWN_REQUESTS: usize = 200;
/// So much of a file is shown, in characters.
const SHOWN_CHARACTERS: usize = 4_000;

pub(crate) fn page(emulator: &Emulator) -> String {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                title { "QuantConnect emulator" }
                link rel="stylesheet" href="/_emulator/page.css";
                script src="/_emulator/page.js" defer {}
            }
            body {
                header {
                    h1 { "QuantConnect emulator" }
                    form method="post" action="/_emulator/reset" {
                        button #reset { "Start over" }
                    }
                }
                main #live {
                    (projects(emulator))
                    (requests(emulator))
                    (rules(emulator))
                }
                (order())
            }
        }
    }
    .into_string()
}

fn projects(emulator: &Emulator) -> Markup {
    html! {
        section #projects {
            h2 { "Projects" }
            @for (id, project) in emulator.service.store.projects() {
                details id=(format!("project-{id}")) open {
                    summary {
                        strong { (project.name) }
                        " " span.dim { (id) " of user " (project.owner) }
                        @if let Some(environment) = &project.edited_in {
                            " " span.mark { "open in " (environment) }
                        }
                    }
                    (files(project))
                }
            }
        }
    }
}

fn files(project: &StoredProject) -> Markup {
    html! {
        @for name in project.names() {
            @let content = project.content(name).unwrap_or_default();
            details.file id=(format!("file-{}-{name}", project.name)) {
                summary { code { (name) } " " span.dim { (content.len()) " bytes" } }
                pre { (content.chars().take(SHOWN_CHARACTERS).collect::<String>()) }
            }
        }
    }
}

fn requests(emulator: &Emulator) -> Markup {
    html! {
        section #requests {
            h2 { "Requests" }
            table {
                thead { tr { th { "#" } th { "time (UTC)" } th { "endpoint" } th { "answer" } } }
                tbody {
                    @for record in emulator.requests().iter().rev().take(SHOWN_REQUESTS) {
                        (request(record))
                    }
                }
            }
        }
    }
}

fn request(record: &Record) -> Markup {
    let outcome = match record.status {
        None => "none".to_owned(),
        Some(status) => match record.retry_after {
            Some(wait) => format!("{status}, wait {} s", wait.as_secs()),
            None => status.to_string(),
        },
    };
    let is_fine = record.status == Some(200);
    html! {
        tr {
            td { (record.number) }
            td { (time(record.at)) }
            td { code { (record.method.as_str()) " " (record.path) } }
            td.bad[!is_fine] { (outcome) }
        }
    }
}

fn rules(emulator: &Emulator) -> Markup {
    let rules = emulator.rules();
    html! {
        section #faults {
            h2 { "What is to go wrong" }
            @if rules.is_empty() {
                p.dim { "Nothing." }
            } @else {
                ul { @for rule in &rules { li { code { (rule) } } } }
                form method="post" action="/_emulator/faults" {
                    input type="hidden" name="replace" value="true";
                    button #clear { "Take all back" }
                }
            }
        }
    }
}

/// Beside what is drawn anew: nobody wants to lose what they are typing.
fn order() -> Markup {
    html! {
        section #order {
            h2 { "Let something go wrong" }
            form method="post" action="/_emulator/faults" {
                label for="rule" { code { "[ENDPOINT:]FAULT[*TIMES|*always|@PERCENT%]" } }
                input #rule name="rule" list="forms" placeholder="files/create:drop-after*2" autocomplete="off";
                datalist #forms {
                    @for (form, what) in FAULT_FORMS { option value=(form) { (what) } }
                    @for drift in Drift::ALL { option value=(format!("drift={drift}")) {} }
                }
                button #add { "Order" }
            }
            dl { @for (form, what) in FAULT_FORMS { dt { code { (form) } } dd { (what) } } }
        }
    }
}
