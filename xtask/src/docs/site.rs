//! The pages as one site, made by mdBook.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::docs::links::{Page, SUMMARY, resolved};
use crate::process::{self, Missing, answers};
use crate::workspace::Workspace;

/// Builds the site in the target folder. The pages are laid out there as they are in the repository, so that links between
/// those in docs/ and those beside it work in both.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    if !answers(workspace.command("mdbook").arg("--version")) {
        let what = "mdbook is missing: install it with `cargo install mdbook --locked`";
        return Err(Missing(what.to_owned()).into());
    }
    let book = workspace.target().join("book");
    if book.exists() {
        fs::remove_dir_all(&book)?;
    }
    let pages = book.join("src");
    let summary = workspace.read(SUMMARY)?;
    for page in linked(SUMMARY, &summary) {
        copy(&workspace.path(&page), &pages.join(&page))?;
        // Pictures and sources that it refers to go along. Other pages are in the summary, too.
        for file in linked(&page, &workspace.read(&page)?) {
            if !file.ends_with(".md") && workspace.path(&file).is_file() {
                copy(&workspace.path(&file), &pages.join(&file))?;
            }
        }
    }
    fs::write(pages.join("SUMMARY.md"), from_the_root(&summary))?;
    copy(&workspace.path("book.toml"), &book.join("book.toml"))?;
    let mut mdbook = workspace.command("mdbook");
    mdbook.arg("build").arg(&book).env("MDBOOK_BOOK__SRC", "src");
    process::run(&mut mdbook)?;
    println!("the site is in {}", book.join("book").display());
    Ok(())
}

/// The files that a page refers to.
fn linked(path: &str, text: &str) -> Vec<String> {
    let links = Page::read(text).links;
    let files = links.iter().filter_map(|link| resolved(path, link.split('#').next()?));
    files.filter(|file| !file.is_empty()).collect()
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to.parent().unwrap_or(to))?;
    fs::copy(from, to).with_context(|| format!("cannot copy {}", from.display()))?;
    Ok(())
}

/// The summary as it has to be beside docs/.
fn from_the_root(summary: &str) -> String {
    summary.replace("](", "](docs/").replace("](docs/../", "](")
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_a_page_refers_to_is_found_from_the_root() {
        let found = super::linked("docs/a.md", "[x](b.rs#L1) ![y](../c/d.svg) [z](#here)");
        assert_eq!(found, ["docs/b.rs", "c/d.svg", "docs"]);
    }

    #[test]
    fn links_of_the_summary_start_at_the_root() {
        let summary = super::from_the_root("- [A](guide/a.md)\n- [B](../B.md)\n");
        assert_eq!(summary, "- [A](docs/guide/a.md)\n- [B](B.md)\n");
    }
}
