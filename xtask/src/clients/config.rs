//! The file `config.json` of a project folder, which both tools write.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

/// Its text.
pub(super) fn text(folder: &Path) -> Result<String> {
    let path = folder.join("config.json");
    fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
}

/// The keys in their order, a line each. A parser would sort them; both tools write one key a line,
/// and those of the outermost object less indented than others.
pub(super) fn keys(text: &str) -> String {
    let key = |line: &str| {
        let inside = line.trim_start();
        let (name, _) = inside.strip_prefix('"')?.split_once("\":")?;
        Some((line.len() - inside.len(), name.to_owned()))
    };
    let all: Vec<_> = text.lines().filter_map(key).collect();
    let outermost = all.iter().map(|(indent, _)| *indent).min();
    let names = all.iter().filter(|(indent, _)| Some(*indent) == outermost);
    names.map(|(_, name)| format!("{name}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::keys;

    #[test]
    fn keys_keep_their_order_and_those_inside_are_left_out() {
        let text =
            "{\n    \"b\": {\n        \"c\": 1\n    },\n    \"a\": \"x\",\n    \"d e\": []\n}\n";
        assert_eq!(keys(text), "b\na\nd e\n");
        assert_eq!(keys("{}"), "");
    }
}
