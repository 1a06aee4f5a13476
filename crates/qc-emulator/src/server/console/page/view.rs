//! Which part of the page is asked for.

use crate::record::Record;

/// What the address of the page says.
#[derive(Clone, Debug)]
pub(crate) struct View {
    /// Only requests that have this in them.
    pub(super) text: String,
    /// Only requests that were refused or failed.
    pub(super) only_problems: bool,
    /// Which page of the requests, counted from 1.
    pub(super) page: usize,
    /// Which page of the projects, counted from 1.
    pub(super) projects: usize,
}

impl View {
    /// Reads the query of an address. What makes no sense counts as not said.
    pub(crate) fn read(query: &str) -> Self {
        let mut view = Self { text: String::new(), only_problems: false, page: 1, projects: 1 };
        let number = |text: &str| text.parse().unwrap_or(1);
        for (field, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*field {
                "text" => value.trim().clone_into(&mut view.text),
                "only" => view.only_problems = value == "problems",
                "page" => view.page = number(&value),
                "projects" => view.projects = number(&value),
                _ => {}
            }
        }
        view
    }

    /// The address that shows this.
    pub(super) fn link(&self) -> String {
        let mut query = form_urlencoded::Serializer::for_suffix("/?".to_owned(), 2);
        if !self.text.is_empty() {
            query.append_pair("text", &self.text);
        }
        if self.only_problems {
            query.append_pair("only", "problems");
        }
        query.append_pair("page", &self.page.to_string());
        query.append_pair("projects", &self.projects.to_string());
        query.finish()
    }

    /// Whether some requests are left out.
    pub(super) fn is_filtered(&self) -> bool {
        self.only_problems || !self.text.is_empty()
    }

    /// Whether a request is shown. The text may be in its method and endpoint, its refusal or what is kept of its bodies.
    pub(super) fn shows(&self, record: &Record) -> bool {
        if self.only_problems && record.refused.is_none() && record.status == Some(200) {
            return false;
        }
        if self.text.is_empty() {
            return true;
        }
        let text = self.text.to_lowercase();
        let bodies = [&record.request, &record.answer].into_iter().flatten();
        let call = format!("{} {}", record.method, record.path);
        std::iter::once(call.as_str())
            .chain(record.refused.as_deref())
            .chain(bodies.map(|body| body.text.as_str()))
            .any(|found| found.to_lowercase().contains(&text))
    }
}

/// The page that is there, how many there are, and what is on it.
pub(super) fn page_of<T>(items: Vec<T>, page: usize, on_a_page: usize) -> (usize, usize, Vec<T>) {
    let pages = items.len().div_ceil(on_a_page).max(1);
    let page = page.clamp(1, pages);
    let shown = items.into_iter().skip((page - 1) * on_a_page).take(on_a_page).collect();
    (page, pages, shown)
}
