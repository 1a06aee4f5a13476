//! Reads a Cargo.toml into flat entries: as much TOML as manifests use, and no dependency.

/// The tables that hold dependencies.
pub(crate) const KINDS: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];

/// A manifest as a list of dotted paths and their values.
pub(crate) struct Manifest {
    entries: Vec<(Vec<String>, String)>,
}

/// A dependency that a manifest names, for any target.
#[derive(Debug, PartialEq)]
pub(crate) struct Dependency {
    /// One of [`KINDS`].
    pub(crate) kind: &'static str,
    /// The name it has in this manifest.
    pub(crate) name: String,
    /// The package's own name, where the manifest renames it.
    pub(crate) package: Option<String>,
    /// Whether a version stands here rather than in the root manifest.
    pub(crate) has_version: bool,
}

impl Manifest {
    /// Takes a manifest apart. Cargo has accepted the text, so nothing here can fail.
    pub(crate) fn parse(text: &str) -> Self {
        let mut entries = Vec::new();
        let mut table = Vec::new();
        for line in logical_lines(text) {
            let line = line.trim();
            if line.starts_with('[') {
                table = dotted(line.trim_matches(['[', ']']));
                // An empty table counts too: `[workspace]` alone makes a crate its own workspace.
                entries.push((table.clone(), String::new()));
            } else {
                flatten(&table, line, &mut entries);
            }
        }
        Self { entries }
    }

    /// The value at a path, without its quotes.
    pub(crate) fn get(&self, path: &[&str]) -> Option<&str> {
        let (_, value) = self.entries.iter().find(|(at, _)| at == path)?;
        Some(value.trim_matches(['"', '\'']))
    }

    /// Whether a table is there, be it empty.
    pub(crate) fn has_table(&self, path: &[&str]) -> bool {
        let begins =
            |at: &[String]| at.len() >= path.len() && at.iter().zip(path).all(|(a, b)| a == b);
        self.entries.iter().any(|(at, _)| begins(at))
    }

    /// Every dependency of every kind, optional ones and those of other platforms included.
    pub(crate) fn dependencies(&self) -> Vec<Dependency> {
        let mut found: Vec<Dependency> = Vec::new();
        for (path, value) in &self.entries {
            let path = match path.as_slice() {
                [target, _, rest @ ..] if target == "target" => rest,
                path => path,
            };
            let [table, name, key @ ..] = path else {
                continue;
            };
            let Some(kind) = KINDS.into_iter().find(|kind| kind == table) else {
                continue;
            };
            let known = found.iter().position(|one| one.kind == kind && one.name == *name);
            let index = known.unwrap_or_else(|| {
                found.push(Dependency {
                    kind,
                    name: name.clone(),
                    package: None,
                    has_version: false,
                });
                found.len() - 1
            });
            match key.first().map(String::as_str) {
                // `name = "1.0"`; a table's own header has no value.
                None if !value.is_empty() => found[index].has_version = true,
                Some("version") => found[index].has_version = true,
                Some("package") => found[index].package = Some(value.trim_matches('"').to_owned()),
                _ => {}
            }
        }
        found
    }
}

/// Adds `key = value` below a table; an inline table becomes one entry for each of its keys.
fn flatten(table: &[String], pair: &str, entries: &mut Vec<(Vec<String>, String)>) {
    let [key, value] = split(pair, '=', 2)[..] else {
        return;
    };
    let mut path = table.to_vec();
    path.extend(dotted(key));
    let value = value.trim();
    match value.strip_prefix('{').and_then(|inner| inner.strip_suffix('}')) {
        Some(inner) => {
            for pair in split(inner, ',', usize::MAX) {
                flatten(&path, pair, entries);
            }
        }
        None => entries.push((path, value.to_owned())),
    }
}

/// The parts of a dotted key, without their quotes.
fn dotted(key: &str) -> Vec<String> {
    let parts = split(key, '.', usize::MAX).into_iter();
    parts.map(|part| part.trim().trim_matches(['"', '\'']).to_owned()).collect()
}

/// Says for each character whether it stands outside strings and brackets.
#[derive(Default)]
struct Nesting {
    quote: Option<char>,
    escaped: bool,
    depth: usize,
}

impl Nesting {
    /// Takes the next character in.
    fn pass(&mut self, c: char) {
        match self.quote {
            Some(_) if self.escaped => self.escaped = false,
            Some('"') if c == '\\' => self.escaped = true,
            Some(quote) if c == quote => self.quote = None,
            Some(_) => {}
            None if c == '"' || c == '\'' => self.quote = Some(c),
            None if c == '[' || c == '{' => self.depth += 1,
            None if c == ']' || c == '}' => self.depth = self.depth.saturating_sub(1),
            None => {}
        }
    }

    /// Whether no string and no bracket is open.
    fn outside(&self) -> bool {
        self.quote.is_none() && self.depth == 0
    }
}

/// Splits at a separator that stands outside strings and brackets, into `most` parts at most.
fn split(text: &str, separator: char, most: usize) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut nesting = Nesting::default();
    let mut start = 0;
    for (index, c) in text.char_indices() {
        if c == separator && nesting.outside() && parts.len() + 1 < most {
            parts.push(&text[start..index]);
            start = index + c.len_utf8();
        }
        nesting.pass(c);
    }
    parts.push(&text[start..]);
    parts
}

/// The lines without their comments; a list that runs over several lines becomes one.
fn logical_lines(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut nesting = Nesting::default();
    let mut comment = false;
    for c in text.chars() {
        if c == '\n' {
            comment = false;
            if nesting.outside() {
                lines.push(String::new());
                continue;
            }
        }
        comment |= c == '#' && nesting.quote.is_none();
        if !comment {
            nesting.pass(c);
            if let Some(line) = lines.last_mut() {
                line.push(c);
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::Manifest;

    const SAMPLE: &str = r##"
[package]
name = "sample" # it's a comment
description = "with # and = and [brackets] inside"

[features]
default = [
    "a", # one
    "b",
]

[dependencies]
plain = "1.0"
inherited = { workspace = true, optional = true, features = ["x", "y"] }
dotted.workspace = true
renamed = { package = "qc-files", version = "1" }

[target.'cfg(any(unix, target_os = "wasi"))'.build-dependencies.long]
path = "../long"
version = "0.3"

[lints]
workspace = true
"##;

    #[test]
    fn values_are_found_by_their_path() {
        let manifest = Manifest::parse(SAMPLE);
        assert_eq!(manifest.get(&["package", "name"]), Some("sample"));
        let text = "with # and = and [brackets] inside";
        assert_eq!(manifest.get(&["package", "description"]), Some(text));
        assert_eq!(manifest.get(&["lints", "workspace"]), Some("true"));
        assert!(manifest.get(&["features", "default"]).unwrap().contains("\"b\""));
        assert_eq!(manifest.get(&["lints", "rust"]), None);
        assert!(manifest.has_table(&["features"]) && !manifest.has_table(&["workspace"]));
        assert!(Manifest::parse("[workspace]").has_table(&["workspace"]));
    }

    #[test]
    fn every_way_to_write_a_dependency_is_read() {
        let found = Manifest::parse(SAMPLE).dependencies();
        let facts: Vec<_> = found
            .iter()
            .map(|one| (one.kind, one.name.as_str(), one.package.as_deref(), one.has_version))
            .collect();
        assert_eq!(
            facts,
            [
                ("dependencies", "plain", None, true),
                ("dependencies", "inherited", None, false),
                ("dependencies", "dotted", None, false),
                ("dependencies", "renamed", Some("qc-files"), true),
                ("build-dependencies", "long", None, true),
            ]
        );
    }
}
