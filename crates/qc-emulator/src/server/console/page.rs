//! The page for people, as HTML that works without its script, and the smaller pages that its links and forms lead to.

pub(crate) mod edit;
mod faults;
mod json;
mod projects;
mod requests;
pub(crate) mod view;

use maud::{DOCTYPE, Markup, html};
use qc_proto::visible;

use self::view::View;
use crate::{
    emulator::{Emulator, redact::Secrets},
    service::users::Users,
};

pub(crate) const CSS: &str = include_str!("page.css");
pub(crate) const JS: &str = include_str!("page.js");

/// Everything at once. What has the class `live` is drawn anew by the script; what people type into is not.
pub(crate) fn page(emulator: &Emulator, view: &View) -> String {
    let body = html! {
        header {
            h1 { "QuantConnect emulator" }
            (start_over())
        }
        noscript { p.note { "Without scripts this page stands still: reload it to see what is new." } }
        p #offline .note role="status" hidden {}
        main {
            (faults::section(emulator))
            (projects::section(emulator, view))
            (requests::section(emulator, view))
        }
    };
    document("QuantConnect emulator", &body)
}

/// One message, and a way back.
pub(crate) fn notice(title: &str, text: &str) -> String {
    let body = html! {
        main.single {
            section {
                h1 { (title) }
                p { (visible::escape(text)) }
                p { a href="/" { "Back" } }
            }
        }
    };
    document(title, &body)
}

/// The question stands behind the button that asks it: unfolding it changes nothing.
fn start_over() -> Markup {
    html! {
        details #start-over {
            summary.button { "Start over…" }
            form.card method="post" action="/_emulator/reset" {
                p {
                    "All projects and files go back to how they were when the emulator started. Requests, faults and locks are forgotten."
                }
                button #reset .danger { "Start over and lose all changes" }
            }
        }
    }
}

fn document(title: &str, body: &Markup) -> String {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                title { (title) }
                link rel="stylesheet" href="/_emulator/page.css";
                script src="/_emulator/page.js" defer {}
            }
            body { (body) }
        }
    }
    .into_string()
}

/// Links to the pages of a list that is shown so many entries a page; nothing where one page is enough.
fn pager(what: &str, page: usize, pages: usize, link: impl Fn(usize) -> String) -> Markup {
    html! {
        @if pages > 1 {
            nav.pager aria-label=(what) {
                @if page > 1 { a href=(link(page - 1)) { "Previous" } } @else { span.dim { "Previous" } }
                span { "Page " (page) " of " (pages) }
                @if page < pages { a href=(link(page + 1)) { "Next" } } @else { span.dim { "Next" } }
            }
        }
    }
}

/// A text as it may be shown, without any user's token.
fn without_tokens(text: &str, users: &Users) -> String {
    users.tokens().collect::<Secrets<'_>>().redact(text.to_owned())
}

/// So many of something, in words.
fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
