//! The page on which a person changes a file as someone else would.

use maud::{Markup, html};
use qc_proto::{ProjectId, visible};

use super::{document, without_tokens};
use crate::emulator::Emulator;

/// The address of the page for this file, or for a new one where the name is empty.
pub(super) fn link(project: ProjectId, name: &str) -> String {
    let path = "/_emulator/editor?";
    let mut query = form_urlencoded::Serializer::for_suffix(path.to_owned(), path.len());
    query.append_pair("project", &project.to_string()).append_pair("name", name).finish()
}

/// The page that the query asks for. None if there is no such project.
pub(crate) fn page(emulator: &Emulator, query: &str) -> Option<String> {
    let (mut project, mut name) = (None, String::new());
    for (field, value) in form_urlencoded::parse(query.as_bytes()) {
        match &*field {
            "project" => project = value.parse().ok(),
            "name" => name = value.into_owned(),
            _ => {}
        }
    }
    let id: ProjectId = project?;
    let project = emulator.service.store.get(id)?;
    let content = project.content(&name);
    // A person would save the text without the token, and never know.
    let is_secret =
        content.is_some_and(|content| without_tokens(content, &emulator.service.users) != content);
    let text = content.filter(|_| !is_secret).unwrap_or_default();
    let body = html! {
        main.single {
            section {
                h1 { "Edit as someone else" }
                p.dim {
                    "In " strong { (visible::escape(&project.name)) } " (" (id) "), as if another person saved it there now: "
                    "no request, lock or quota is in the way. A client that has changed the file too gets a conflict."
                }
                @if is_secret {
                    p.note { "An API token is in this file, so that its text is not shown. What you write here replaces it." }
                }
                form method="post" action="/_emulator/edit" {
                    input type="hidden" name="project" value=(id);
                    (name_field(&name, content.is_some()))
                    label for="content" { "Text" }
                    // A browser leaves out a line feed that stands first.
                    textarea #content name="content" rows="18" autocapitalize="off" spellcheck="false" { "\n" (text) }
                    div.line {
                        button #save .main { "Save as someone else" }
                        a.button href="/" { "Cancel" }
                    }
                }
            }
        }
    };
    Some(document("Edit as someone else", &body))
}

fn name_field(name: &str, is_there: bool) -> Markup {
    html! {
        @if is_there {
            p { "File " code { (visible::escape(name)) } }
            input type="hidden" name="name" value=(name);
        } @else {
            label for="name" { "Name of the new file" }
            input #name name="name" value=(name) placeholder="signals/alpha.py" autocomplete="off" autocapitalize="off" spellcheck="false" required;
        }
    }
}
