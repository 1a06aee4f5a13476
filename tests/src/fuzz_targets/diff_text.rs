//! Unified diffs of a text that is known, right or damaged.

use arbitrary::Arbitrary;

/// Edits of one file.
#[derive(Arbitrary, Clone, Debug)]
pub(crate) struct Edit {
    /// Which of the files.
    pub(crate) file: u8,
    with_git_lines: bool,
    hunks: Vec<Hunk>,
    damage: Vec<Damage>,
}

#[derive(Arbitrary, Clone, Debug)]
struct Hunk {
    skipped: u8,
    before: u8,
    removed: u8,
    added: Vec<Line>,
    after: u8,
}

#[derive(Arbitrary, Clone, Debug)]
enum Line {
    Blank,
    Text(String),
    Known(u8),
    Unended,
}

/// One line in place of another, or a cut.
#[derive(Arbitrary, Clone, Debug)]
enum Damage {
    Line { at: u8, known: u8 },
    Range { at: u8, old: (u64, u64), new: (u64, u64) },
    Insert { at: u8, text: String },
    Cut { at: u16 },
}

const KNOWN: [&str; 14] = [
    "--- a/main.py",
    "+++ b/main.py",
    "@@ -0,0 +1 @@",
    "@@ -1 +0,0 @@",
    "@@ -18446744073709551615 +18446744073709551615 @@",
    "\\ No newline at end of file",
    "diff --git a/main.py b/main.py",
    "index 0000000..1111111 100644",
    "new file mode 100644",
    "rename from main.py",
    "--- /dev/null",
    "+++ \"b/ma\\151n.py\"",
    "",
    "-",
];

impl Edit {
    /// The file's section of a patch.
    pub(crate) fn section(&self, name: &str, content: &str) -> String {
        let mut lines = Vec::new();
        if self.with_git_lines {
            lines.push(format!("diff --git a/{name} b/{name}\n"));
            lines.push("index 9f0bf1d..4164ce4 100644\n".to_owned());
        }
        lines.push(format!("--- a/{name}\n"));
        lines.push(format!("+++ b/{name}\n"));
        let old: Vec<&str> = content.split_inclusive('\n').collect();
        let (mut at, mut shift) = (0, 0_isize);
        for hunk in self.hunks.iter().take(4) {
            hunk.write(&old, &mut at, &mut shift, &mut lines);
        }
        for damage in self.damage.iter().take(3) {
            damage.apply(&mut lines);
        }
        lines.concat()
    }
}

impl Edit {
    /// The content that an undamaged section leads to.
    pub(crate) fn edited(&self, content: &str) -> Option<String> {
        if !self.damage.is_empty() {
            return None;
        }
        let old: Vec<&str> = content.split_inclusive('\n').collect();
        let (mut at, mut new) = (0, String::new());
        for hunk in self.hunks.iter().take(4) {
            let Place { cut, mend, end, .. } = hunk.place(&old, at);
            new.extend(old[at..cut].iter().copied());
            new.extend(hunk.added.iter().map(Line::text));
            new.extend(old[mend..end].iter().copied());
            at = end;
        }
        new.extend(old[at..].iter().copied());
        Some(new)
    }
}

/// Where a hunk begins, removes lines, and ends, in lines of the old text.
struct Place {
    start: usize,
    cut: usize,
    mend: usize,
    end: usize,
}

impl Hunk {
    fn place(&self, old: &[&str], at: usize) -> Place {
        let rest = |at: usize, count: u8| usize::from(count % 8).min(old.len() - at);
        let start = at + rest(at, self.skipped);
        let cut = start + rest(start, self.before);
        let mend = cut + rest(cut, self.removed);
        Place { start, cut, mend, end: mend + rest(mend, self.after) }
    }

    fn write(&self, old: &[&str], at: &mut usize, shift: &mut isize, lines: &mut Vec<String>) {
        let Place { start, cut, mend, end } = self.place(old, *at);
        let count = (end - start, end - start + self.added.len() + cut - mend);
        let new_start = start.saturating_add_signed(*shift);
        // A range without lines is named by the line above it.
        let range = |start: usize, count: usize| match count {
            0 => format!("{start},0"),
            count => format!("{},{count}", start + 1),
        };
        lines.push(format!("@@ -{} +{} @@\n", range(start, count.0), range(new_start, count.1)));
        lines.extend(old[start..cut].iter().map(|line| marked(' ', line)));
        lines.extend(old[cut..mend].iter().map(|line| marked('-', line)));
        lines.extend(self.added.iter().map(|line| marked('+', &line.text())));
        lines.extend(old[mend..end].iter().map(|line| marked(' ', line)));
        *at = end;
        *shift += self.added.len() as isize - (mend - cut) as isize;
    }
}

fn marked(mark: char, line: &str) -> String {
    match line.strip_suffix('\n') {
        Some(_) => format!("{mark}{line}"),
        None => format!("{mark}{line}\n\\ No newline at end of file\n"),
    }
}

impl Line {
    fn text(&self) -> String {
        match self {
            Self::Blank => "\n".to_owned(),
            Self::Text(text) => format!("{}\n", text.replace('\n', " ")),
            Self::Known(index) => format!("{}\n", KNOWN[usize::from(*index) % KNOWN.len()]),
            Self::Unended => "end".to_owned(),
        }
    }
}

impl Damage {
    fn apply(&self, lines: &mut Vec<String>) {
        let count = lines.len().max(1);
        let place = |at: &u8| usize::from(*at) % count;
        match self {
            Self::Line { at, known } => {
                let text = format!("{}\n", KNOWN[usize::from(*known) % KNOWN.len()]);
                lines.splice(place(at)..(place(at) + 1).min(lines.len()), [text]);
            }
            Self::Range { at, old, new } => {
                let text = format!("@@ -{},{} +{},{} @@\n", old.0, old.1, new.0, new.1);
                lines.splice(place(at)..(place(at) + 1).min(lines.len()), [text]);
            }
            Self::Insert { at, text } => lines.insert(place(at).min(lines.len()), text.clone()),
            Self::Cut { at } => {
                let mut text = lines.concat();
                let at = usize::from(*at).min(text.len());
                text.truncate(text.floor_char_boundary(at));
                *lines = vec![text];
            }
        }
    }
}
