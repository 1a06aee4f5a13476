//! The log of requests: filtered, a page of it at a time, and each with its bodies.

use std::time::Duration;

use maud::{Markup, html};
use qc_proto::visible;

use super::{
    count,
    json::indented,
    pager,
    view::{View, page_of},
};
use crate::{
    emulator::Emulator,
    record::{Body, Record},
    service::stored_project::time,
};

const ON_A_PAGE: usize = 25;
const NOT_KEPT: &str = "Its body is not kept: only those of the last requests are.";

pub(super) fn section(emulator: &Emulator, view: &View) -> Markup {
    let all = emulator.requests().iter().rev();
    let found: Vec<&Record> = all.filter(|record| view.shows(record)).collect();
    let (matching, known) = (found.len(), emulator.requests().len());
    let (page, pages, shown) = page_of(found, view.page, ON_A_PAGE);
    let link = |page| View { page, ..view.clone() }.link();
    html! {
        section #requests {
            h2 { "Requests" }
            (filter(view))
            div #log-head .live {
                p.dim {
                    @if view.is_filtered() { (matching) " of " }
                    (known) " kept, the newest first; times are UTC."
                    @if emulator.held_back() > 0 { " " (emulator.held_back()) " held back to arrive late." }
                }
            }
            ol #log .plain.live {
                @for record in &shown { li id=(format!("at-{}", record.number)) { (request(record)) } }
                @if shown.is_empty() {
                    li #none .dim {
                        @if known == 0 { "No client has asked anything yet." } @else { "None is like that." }
                    }
                }
            }
            div #log-pages .live { (pager("Pages of requests", page, pages, link)) }
        }
    }
}

fn filter(view: &View) -> Markup {
    html! {
        form.filter role="search" {
            label for="text" { "Endpoint or text" }
            div.line {
                input #text type="search" name="text" value=(view.text) autocomplete="off" autocapitalize="off" spellcheck="false";
                button #filter { "Filter" }
            }
            label.check {
                input #only type="checkbox" name="only" value="problems" checked[view.only_problems];
                " Refused or failed only"
            }
            input type="hidden" name="projects" value=(view.projects);
            @if view.is_filtered() { a #all href="/" { "Show all" } }
        }
    }
}

fn request(record: &Record) -> Markup {
    let at = time(record.at);
    let second = at.split(' ').next_back().unwrap_or(&at);
    html! {
        details id=(format!("request-{}", record.number)) {
            summary {
                time datetime=(format!("{}Z", at.replace(' ', "T"))) { (second) }
                code { (record.method) " " (visible::escape(&record.path)) }
                span.answer { (outcome(record)) }
                span.took { (took(record.duration)) }
                @if let Some(message) = &record.refused { span.why { (visible::escape(message)) } }
            }
            p.dim { "Number " (record.number) ", " (at) " UTC" }
            (body("Request", record.request.as_ref(), NOT_KEPT))
            (body("Answer", record.answer.as_ref(), if record.status.is_none() { "None came." } else { NOT_KEPT }))
        }
    }
}

/// A word beside each status that is no success, so that its colour is not needed.
fn outcome(record: &Record) -> Markup {
    html! {
        @match (record.status, &record.refused) {
            (None, _) => span.tag.bad { "no answer" },
            (Some(status), Some(_)) => { span.tag.warn { "refused" } " " (status) },
            (Some(200), None) => "200",
            (Some(status), None) => { span.tag.bad { "failed" } " " (status) },
        }
        @if let Some(wait) = record.retry_after { " wait " (wait.as_secs()) " s" }
    }
}

fn took(duration: Option<Duration>) -> String {
    match duration.map(|duration| duration.as_millis()) {
        None => "–".to_owned(),
        Some(0) => "<1 ms".to_owned(),
        Some(milliseconds) => format!("{milliseconds} ms"),
    }
}

fn body(what: &str, body: Option<&Body>, missing: &str) -> Markup {
    html! {
        h3 { (what) }
        @match body {
            None => p.dim { (missing) },
            Some(body) if body.length == 0 => p.dim { "Without a body." },
            Some(body) => {
                p.dim {
                    @if body.text.len() < body.length { "The beginning of " }
                    (count(body.length, "byte"))
                }
                pre.box tabindex="0" role="group" aria-label=(what) { (visible::escape_lines(&indented(&body.text))) }
            }
        }
    }
}
