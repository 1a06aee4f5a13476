//! Projects and their files.

use maud::{Markup, html};
use qc_proto::{ProjectId, visible};

use super::{
    count,
    edit::link,
    pager,
    view::{View, page_of},
    without_tokens,
};
use crate::{
    emulator::Emulator,
    service::{
        stored_project::{StoredFile, StoredProject},
        users::Users,
    },
};

/// What a build does here.
const BUILDS: &str = if cfg!(feature = "python") {
    "A build looks for errors of syntax in Python. C# builds, unless the fault compile=error says otherwise."
} else {
    "A build takes all files as they are, unless the fault compile=error says otherwise."
};
const ON_A_PAGE: usize = 10;
/// More projects than these are folded until someone asks for them.
const UNFOLDED: usize = 2;
/// So much of a file is shown, in characters.
const SHOWN_CHARACTERS: usize = 4_000;

pub(super) fn section(emulator: &Emulator, view: &View) -> Markup {
    let projects: Vec<_> = emulator.service.store.projects().collect();
    let unfolded = projects.len() <= UNFOLDED;
    let (page, pages, shown) = page_of(projects, view.projects, ON_A_PAGE);
    let link = |projects| View { projects, ..view.clone() }.link();
    html! {
        section #projects {
            h2 { "Projects" }
            p.dim { (BUILDS) }
            div #cloud .live {
                @if shown.is_empty() { p.dim { "There are none." } }
                @for (id, project) in shown {
                    details id=(format!("project-{id}")) open[unfolded] {
                        summary {
                            strong { (visible::escape(&project.name)) }
                            " " span.dim { (id) " of user " (project.owner) ", " (count(project.files.len(), "file")) }
                            @if let Some(environment) = &project.edited_in {
                                " " span.tag.warn { "open in " (visible::escape(environment)) }
                            }
                        }
                        (files(id, project, &emulator.service.users))
                    }
                }
            }
            (pager("Pages of projects", page, pages, link))
        }
    }
}

fn files(id: ProjectId, project: &StoredProject, users: &Users) -> Markup {
    html! {
        ul.plain.files {
            @for (name, file) in &project.files {
                li {
                    details id=(format!("file-{}", file.id)) {
                        summary {
                            code { (visible::escape(name)) }
                            " " span.dim { (count(file.content.len(), "byte")) }
                        }
                        (content(name, file, users))
                        a.button href=(link(id, name)) { "Edit as someone else" }
                    }
                }
            }
        }
        p.files-end { a href=(link(id, "")) { "Add a file as someone else" } }
    }
}

fn content(name: &str, file: &StoredFile, users: &Users) -> Markup {
    let cut = file.content.char_indices().nth(SHOWN_CHARACTERS).map(|(at, _)| at);
    // Before it is cut: half a token is one too.
    let text = without_tokens(&file.content, users);
    let shown: String = text.chars().take(SHOWN_CHARACTERS).collect();
    html! {
        pre.box tabindex="0" role="group" aria-label=(visible::escape(name)) { (visible::escape_lines(&shown)) }
        @if cut.is_some() { p.dim { "Only its beginning is shown." } }
    }
}
