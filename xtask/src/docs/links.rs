//! Links between the pages of the repository lead to something.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::Result;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::workspace::Workspace;

/// The list of the site's pages.
pub(super) const SUMMARY: &str = "docs/SUMMARY.md";

/// What a page refers to, and what others may refer to in it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) links: Vec<String>,
    anchors: BTreeSet<String>,
}

/// Looks at every page that git knows.
pub(super) fn problems(workspace: &Workspace) -> Result<Vec<String>> {
    let files: BTreeSet<String> = workspace.files()?.into_iter().collect();
    let mut pages = BTreeMap::new();
    for path in files.iter().filter(|path| path.ends_with(".md")) {
        pages.insert(path.as_str(), Page::read(&workspace.read(path)?));
    }
    let mut problems = Vec::new();
    for (path, page) in &pages {
        let broken = page.links.iter().filter_map(|link| problem(path, link, &files, &pages));
        problems.extend(broken.map(|why| format!("{path}: {why}")));
    }
    problems.extend(unlisted(&pages));
    Ok(problems)
}

/// The pages of docs/ that are not on the site, and the links of those that are to what is not.
fn unlisted(pages: &BTreeMap<&str, Page>) -> Vec<String> {
    let listed = pages.get(SUMMARY).into_iter().flat_map(|page| &page.links);
    let listed: BTreeSet<_> = listed.filter_map(|link| resolved(SUMMARY, link)).collect();
    let mut problems = Vec::new();
    for path in &listed {
        for link in pages.get(path.as_str()).into_iter().flat_map(|page| &page.links) {
            let target = resolved(path, link.split('#').next().unwrap_or(link));
            // What is no page goes along with those that refer to it.
            let is_there = |target: &String| !target.ends_with(".md") || listed.contains(target);
            let is_inside = !link.starts_with('#') && !is_elsewhere(link);
            if is_inside && !target.as_ref().is_some_and(is_there) {
                problems.push(format!("{path}: `{link}` is not on the site, see {SUMMARY}"));
            }
        }
    }
    let ours = pages.keys().filter(|path| path.starts_with("docs/") && **path != SUMMARY);
    let missing = ours.filter(|path| !listed.contains(**path));
    problems.extend(missing.map(|path| format!("{path} is not in {SUMMARY}")));
    problems
}

/// Why a link leads nowhere. Links to other sites are not followed.
fn problem(
    page: &str,
    link: &str,
    files: &BTreeSet<String>,
    pages: &BTreeMap<&str, Page>,
) -> Option<String> {
    if is_elsewhere(link) {
        return None;
    }
    let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
    let target = if path.is_empty() { Some(page.to_owned()) } else { resolved(page, path) };
    let Some(target) = target else {
        return Some(format!("`{link}` leads out of the repository"));
    };
    let is_there = files.contains(&target)
        || files.iter().any(|file| {
            file.strip_prefix(target.trim_end_matches('/'))
                .is_some_and(|rest| rest.starts_with('/'))
        });
    if !is_there {
        return Some(format!("there is no `{link}`"));
    }
    let has_anchor = pages.get(target.as_str()).is_some_and(|page| page.anchors.contains(anchor));
    (!anchor.is_empty() && !has_anchor).then(|| format!("{target} has no heading for `#{anchor}`"))
}

fn is_elsewhere(link: &str) -> bool {
    link.contains("://") || link.starts_with("mailto:")
}

/// The path of a link, from the root of the repository.
pub(super) fn resolved(page: &str, link: &str) -> Option<String> {
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            "." | "" => {}
            ".." => drop(parts.pop()?),
            _ => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

impl Page {
    pub(super) fn read(text: &str) -> Self {
        let mut page = Self::default();
        let mut counts = HashMap::new();
        let mut heading: Option<String> = None;
        for event in Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES) {
            match event {
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    page.links.push(dest_url.into_string());
                }
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::End(TagEnd::Heading(_)) => {
                    let slug = slug(&heading.take().unwrap_or_default());
                    let count = counts.entry(slug.clone()).or_insert(0);
                    page.anchors.insert(if *count == 0 { slug } else { format!("{slug}-{count}") });
                    *count += 1;
                }
                Event::Text(text) | Event::Code(text) => {
                    if let Some(heading) = &mut heading {
                        heading.push_str(&text);
                    }
                }
                _ => {}
            }
        }
        page
    }
}

/// The anchor of a heading, as the forge and mdBook make it.
fn slug(heading: &str) -> String {
    let kept = heading.trim().chars().filter_map(|character| match character {
        ' ' => Some('-'),
        '-' | '_' => Some(character),
        _ => character.is_alphanumeric().then_some(character),
    });
    kept.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# One `two`, three\n\n[a](b.md#c) ![i](i.svg) `[no](no.md)`\n\n\
                        | [t](t.md) |\n| --- |\n\n[r]\n\n# One two three\n\n[r]: r.md\n";

    #[test]
    fn links_and_headings_are_found_and_code_is_not() {
        let page = Page::read(TEXT);
        assert_eq!(page.links, ["b.md#c", "i.svg", "t.md", "r.md"]);
        assert_eq!(Vec::from_iter(page.anchors), ["one-two-three", "one-two-three-1"]);
    }

    #[test]
    fn a_link_leads_to_a_file_a_folder_or_a_heading() {
        let files = ["docs/a.md", "docs/guide/b.md", "LICENSE"].map(str::to_owned).into();
        let pages =
            [("docs/a.md", Page::read("# The first\n")), ("docs/guide/b.md", Page::default())];
        let pages = pages.into();
        let why = |page, link| problem(page, link, &files, &pages);
        for fine in ["guide/b.md", "#the-first", "../LICENSE", "guide", "guide/", "https://a.b/c"] {
            assert_eq!(why("docs/a.md", fine), None, "{fine}");
        }
        for bad in ["b.md", "#first", "../../x", "guide/b.md#none", "gui", "../LICENSE#mit"] {
            assert!(why("docs/a.md", bad).is_some(), "{bad}");
        }
        assert_eq!(why("docs/guide/b.md", "../a.md#the-first"), None);
    }

    #[test]
    fn a_page_that_is_not_listed_is_named() {
        let summary = Page::read("- [A](a.md)\n- [Root](../README.md)\n");
        let pages = ["README.md", "docs/b.md"].map(|path| (path, Page::default()));
        let mut pages: BTreeMap<_, _> = pages.into();
        pages.insert(SUMMARY, summary);
        pages.insert(
            "docs/a.md",
            Page::read("[r](../README.md#x) [b](b.md) [#](#y) [c](../C.md) [d](../D.rs)"),
        );
        let expected = [
            "docs/a.md: `b.md` is not on the site, see docs/SUMMARY.md",
            "docs/a.md: `../C.md` is not on the site, see docs/SUMMARY.md",
            "docs/b.md is not in docs/SUMMARY.md",
        ];
        assert_eq!(unlisted(&pages), expected);
    }
}
