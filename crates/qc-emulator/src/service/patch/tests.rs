//! Patches that apply, those that are refused, and any others against a plain model.

use super::*;
use diffy::{DiffOptions, Patch};
use proptest::prelude::*;

/// A file's name, its old content, its new content and what `git diff` printed.
type Case = (&'static str, &'static str, &'static str, &'static str);

/// Two hunks, text behind the second `@@`, no newline at the end on either side.
const PYTHON: Case = (
    "main.py",
    r#"class Alpha:
    def initialize(self):
        self.a = 1
        self.b = 2
        self.c = 3
        self.d = 4
        self.e = 5

    def on_data(self, data):
        pass
        self.log("one")
        self.log("two")
        self.log("three")
        return None"#,
    r#"class Alpha:
    def initialize(self):
        self.a = 10
        self.b = 2
        self.c = 3
        self.d = 4
        self.e = 5

    def on_data(self, data):
        pass
        self.log("one")
        self.log("two")
        self.log("3")
        return None"#,
    r#"diff --git a/main.py b/main.py
index 9f0bf1d..4164ce4 100644
--- a/main.py
+++ b/main.py
@@ -1,6 +1,6 @@
 class Alpha:
     def initialize(self):
-        self.a = 1
+        self.a = 10
         self.b = 2
         self.c = 3
         self.d = 4
@@ -10,5 +10,5 @@ class Alpha:
         pass
         self.log("one")
         self.log("two")
-        self.log("three")
+        self.log("3")
         return None
\ No newline at end of file
"#,
);

/// Windows line endings; git leaves them out of the text behind `@@` only.
const CRLF: Case = (
    "Main.cs",
    "using System;\r\n\r\nclass A\r\n{\r\n    int x = 1;\r\n}\r\n",
    "using System;\r\n\r\nclass A\r\n{\r\n    int x = 2;\r\n}\r\n",
    concat!(
        "diff --git a/Main.cs b/Main.cs\n",
        "index bb2372c..24916d2 100644\n",
        "--- a/Main.cs\n",
        "+++ b/Main.cs\n",
        "@@ -2,5 +2,5 @@ using System;\n",
        " \r\n",
        " class A\r\n",
        " {\r\n",
        "-    int x = 1;\r\n",
        "+    int x = 2;\r\n",
        " }\r\n",
    ),
);

/// The final newline is added.
const TAIL: Case = (
    "tail.py",
    "one\ntwo",
    "one\ntwo\n",
    r"diff --git a/tail.py b/tail.py
index 9ed40b4..814f4a4 100644
--- a/tail.py
+++ b/tail.py
@@ -1,2 +1,2 @@
 one
-two
\ No newline at end of file
+two
",
);

/// A name git quotes, with the tab it writes after a name with blanks.
const QUOTED: Case = (
    "indicators/mö \"q\" 1.py",
    "x\n",
    "y\n",
    concat!(
        r#"diff --git "a/indicators/m\303\266 \"q\" 1.py" "b/indicators/m\303\266 \"q\" 1.py""#,
        "\nindex 587be6b..975fbec 100644\n",
        r#"--- "a/indicators/m\303\266 \"q\" 1.py""#,
        "\t\n",
        r#"+++ "b/indicators/m\303\266 \"q\" 1.py""#,
        "\t\n@@ -1 +1 @@\n-x\n+y\n",
    ),
);

/// An empty file gets its first line.
const FILLED: Case = (
    "empty.py",
    "",
    "hello\n",
    r"diff --git a/empty.py b/empty.py
index e69de29..ce01362 100644
--- a/empty.py
+++ b/empty.py
@@ -0,0 +1 @@
+hello
",
);

/// A file loses all its lines, and becomes executable.
const EMPTIED: Case = (
    "gone.py",
    "l1\nl2\nl3\n",
    "",
    r"diff --git a/gone.py b/gone.py
old mode 100644
new mode 100755
index f0f2307..e69de29
--- a/gone.py
+++ b/gone.py
@@ -1,3 +0,0 @@
-l1
-l2
-l3
",
);

const FROM_GIT: [Case; 6] = [PYTHON, CRLF, TAIL, QUOTED, FILLED, EMPTIED];

fn apply_to(files: &[(&str, &str)], patch: &str) -> Result<Vec<(String, String)>, PatchError> {
    let content_of = |name: &str| files.iter().find(|file| file.0 == name).map(|file| file.1);
    Ok(apply(patch, content_of)?.into_iter().collect())
}

/// A patch of `main.py` with the given hunks.
fn edit(hunks: &str) -> String {
    format!("--- a/main.py\n+++ b/main.py\n{hunks}")
}

#[test]
fn output_of_git_applies() {
    for (name, old, new, patch) in FROM_GIT {
        let expected = vec![(name.to_owned(), new.to_owned())];
        assert_eq!(apply_to(&[(name, old)], patch), Ok(expected), "{name}");
    }
}

#[test]
fn output_of_git_over_many_files_applies() {
    let files = FROM_GIT.map(|(name, old, ..)| (name, old));
    let patch: String = FROM_GIT.map(|(.., patch)| patch).concat();
    let mut expected = FROM_GIT.map(|(name, _, new, _)| (name.to_owned(), new.to_owned()));
    expected.sort();
    assert_eq!(apply_to(&files, &patch), Ok(expected.to_vec()));
}

#[test]
fn nothing_applies_when_one_file_does_not() {
    let files = FROM_GIT.map(|(name, old, ..)| (name, if name == TAIL.0 { "" } else { old }));
    let patch: String = FROM_GIT.map(|(.., patch)| patch).concat();
    let refusal = apply_to(&files, &patch);
    assert!(matches!(
        refusal,
        Err(PatchError::ContextMismatch { name, .. }) if name == TAIL.0
    ));
}

#[test]
fn blank_context_lines_may_lack_their_blank() {
    let patch = edit("@@ -1,3 +1,3 @@ any text\n # x\n\n-a = 1\n+a = 2\n");
    let new = apply_to(&[("main.py", "# x\n\na = 1\n")], &patch);
    assert_eq!(new, Ok(vec![("main.py".to_owned(), "# x\n\na = 2\n".to_owned())]));
    let crlf = apply_to(&[("main.py", "# x\n\r\na = 1\n")], &patch);
    assert_eq!(crlf, Err(mismatch(5, 2)));
}

#[test]
fn lines_that_look_like_headers_are_text_within_a_hunk() {
    let old = "-- a/x\n++ b/x\n@@ -1 +1 @@\n";
    let patch = edit("@@ -1,3 +1,2 @@\n--- a/x\n-++ b/x\n+++ b/y\n @@ -1 +1 @@\n");
    let new = apply_to(&[("main.py", old)], &patch);
    assert_eq!(new, Ok(vec![("main.py".to_owned(), "++ b/y\n@@ -1 +1 @@\n".to_owned())]));
}

#[test]
fn the_marker_needs_no_newline_of_its_own() {
    let patch = edit("@@ -1 +1 @@\n-a\n+b\n\\ No newline at end of file");
    let new = apply_to(&[("main.py", "a\n")], &patch);
    assert_eq!(new, Ok(vec![("main.py".to_owned(), "b".to_owned())]));
}

fn mismatch(line: usize, at: usize) -> PatchError {
    let name = "main.py".to_owned();
    PatchError::ContextMismatch { name, line, at }
}

fn out_of_place(line: usize) -> PatchError {
    let name = "main.py".to_owned();
    PatchError::HunkOutOfPlace { name, line }
}

#[test]
fn hunks_that_do_not_fit_are_refused() {
    let old = "a\nb\nc\nd\ne\nf\n";
    let cases = [
        // The right text at another line: neither moved up nor down.
        ("@@ -2,2 +2,2 @@\n a\n-b\n+B\n", mismatch(4, 2)),
        ("@@ -1,2 +1,2 @@\n b\n-c\n+C\n", mismatch(4, 1)),
        // White space, line endings, the end of the file.
        ("@@ -1,2 +1,2 @@\n a \n-b\n+B\n", mismatch(4, 1)),
        ("@@ -1,2 +1,2 @@\n a\n-b\r\n+B\r\n", mismatch(5, 2)),
        ("@@ -6 +6 @@\n-f\n\\ No newline at end of file\n+F\n", mismatch(4, 6)),
        ("@@ -6,2 +6,2 @@\n f\n-g\n+G\n", mismatch(5, 7)),
        ("@@ -9 +9 @@\n-x\n+y\n", mismatch(3, 7)),
        ("@@ -18446744073709551614 +1 @@\n-x\n+y\n", mismatch(3, 7)),
        // A line without a newline that is not the last one.
        ("@@ -1 +1 @@\n-a\n+A\n\\ No newline at end of file\n", mismatch(6, 2)),
        ("@@ -1,2 +1,2 @@\n-a\n+A\n\\ No newline at end of file\n b\n", mismatch(6, 3)),
        (
            "@@ -1 +1 @@\n-a\n+A\n\\ No newline at end of file\n@@ -3 +3 @@\n-c\n+C\n",
            mismatch(6, 2),
        ),
        // Line numbers that contradict each other.
        ("@@ -2 +3 @@\n-b\n+B\n", out_of_place(3)),
        ("@@ -0 +1 @@\n-a\n+A\n", out_of_place(3)),
        ("@@ -1,0 +2 @@\n+x\n@@ -1 +3 @@\n-b\n+B\n", out_of_place(5)),
        ("@@ -1 +1,2 @@\n-a\n+A\n+A\n@@ -3 +3 @@\n-c\n+C\n", out_of_place(7)),
    ];
    for (hunks, error) in cases {
        assert_eq!(apply_to(&[("main.py", old)], &edit(hunks)), Err(error), "{hunks}");
    }
}

#[test]
fn insertion_after_an_unterminated_line_is_refused() {
    let patch = edit("@@ -1,0 +2 @@\n+b\n");
    let refusal = apply_to(&[("main.py", "a")], &patch);
    assert_eq!(refusal, Err(mismatch(3, 2)));
}

#[test]
fn what_is_no_diff_is_refused_with_its_line() {
    let sound = edit("@@ -1 +1 @@\n-a\n+A\n");
    let cases = [
        (String::new(), 1),
        ("\n".to_owned(), 1),
        ("hello\n".to_owned(), 1),
        (format!("\n{sound}"), 1),
        (format!("From: me\n\n{sound}"), 1),
        (format!("{sound}\n"), 6),
        (format!("{sound}-- \n2.47.3\n"), 6),
        (format!("{sound}+B\n"), 6),
        (format!("{sound}@@ junk\n"), 1),
        (sound.trim_end().to_owned(), 5),
        ("diff --git a/main.py b/main.py\nindex 1..2\n".to_owned(), 3),
        (format!("diff --git a/main.py b/main.py\ndiff --git a/main.py b/main.py\n{sound}"), 2),
        (format!("diff --git a/x.py b/x.py\n{sound}"), 2),
        (edit(""), 1),
        (edit("@@ -1,2 +1 @@\n-a\n+A\n"), 1),
        (edit("@@ -1 +1,2 @@\n-a\n+A\n"), 1),
        (edit("@@ -1 +1\n-a\n+A\n"), 1),
        (edit("@@ -x +1 @@\n-a\n+A\n"), 1),
        (edit("@@ -1,18446744073709551615 +1 @@\n-a\n+A\n"), 1),
        (edit("@@ -1 +1 @@\n\\ No newline at end of file\n"), 1),
        (edit("@@ -1 +1 @@\n-a\n+\n\\ No newline at end of file\n"), 1),
        (edit("@@ -3 +3 @@\n-c\n+C\n@@ -1 +1 @@\n-a\n+A\n"), 1),
        (edit("@@ -1,2 +1,2 @@\n a\n-b\n+B\n@@ -2 +2 @@\n-b\n+B\n"), 1),
        ("--- a/main.py\n@@ -1 +1 @@\n-a\n+A\n".to_owned(), 1),
        ("+++ b/main.py\n--- a/main.py\n@@ -1 +1 @@\n-a\n+A\n".to_owned(), 1),
        ("--- main.py\n+++ main.py\n@@ -1 +1 @@\n-a\n+A\n".to_owned(), 1),
        ("--- \"a/main.py\n+++ \"b/main.py\n@@ -1 +1 @@\n-a\n+A\n".to_owned(), 1),
    ];
    for (patch, expected) in cases {
        let refusal = apply_to(&[("main.py", "a\nb\nc\n")], &patch);
        assert!(
            matches!(refusal, Err(PatchError::NotADiff { line, .. }) if line == expected),
            "{patch}: {refusal:?}"
        );
    }
}

#[test]
fn other_changes_than_edits_are_refused() {
    let header = "diff --git a/main.py b/main.py\n";
    let hunk = "@@ -1 +1 @@\n-a\n+A\n";
    let cases = [
        format!("{header}new file mode 100644\nindex 0..1\n--- /dev/null\n+++ b/main.py\n{hunk}"),
        format!("--- /dev/null\n+++ b/main.py\n{hunk}"),
        format!("{header}--- /dev/null\n+++ b/main.py\n{hunk}"),
        format!("{header}deleted file mode 100644\n--- a/main.py\n+++ /dev/null\n{hunk}"),
        format!("--- a/main.py\n+++ /dev/null\n{hunk}"),
        format!("--- a/main.py\n+++ b/other.py\n{hunk}"),
        format!("{header}similarity index 90%\nrename from main.py\nrename to b.py\n"),
        format!("{header}rename from main.py\nrename to b.py\n"),
        format!("{header}copy from main.py\ncopy to b.py\n"),
        format!("{header}index 0..1\nBinary files a/main.py and b/main.py differ\n"),
        format!("{header}index 0..1\nGIT binary patch\nliteral 0\nKcmV+b0RR6000031\n\n"),
    ];
    for patch in cases {
        let refusal = apply_to(&[("main.py", "a\n")], &patch);
        assert!(matches!(refusal, Err(PatchError::NotAnEdit { .. })), "{patch}: {refusal:?}");
    }
}

#[test]
fn names_must_be_known_and_different() {
    let patch = edit("@@ -1 +1 @@\n-a\n+A\n");
    let unknown = apply_to(&[("Main.py", "a\n")], &patch);
    assert_eq!(unknown, Err(PatchError::FileNotFound("main.py".to_owned())));
    let twice = apply_to(&[("main.py", "a\n")], &format!("{patch}{patch}"));
    assert_eq!(twice, Err(PatchError::FileTwice("main.py".to_owned())));
}

#[test]
fn messages_are_one_line() {
    let patch = "--- \"a/x\\ny\"\n+++ \"b/x\\ny\"\n@@ -1 +1 @@\n-a\n+A\n";
    let message = apply_to(&[], patch).map_err(|error| error.to_string());
    assert_eq!(message, Err("File not found: x\\ny".to_owned()));
    assert_eq!(
        mismatch(4, 2).to_string(),
        "The patch does not apply to main.py: its line 4 does not match line 2 of the file"
    );
}

/// Lines that repeat, and some that look like parts of a diff.
fn text() -> impl Strategy<Value = String> {
    let line = prop::sample::select(vec![
        "",
        " ",
        "a",
        "b",
        "c",
        "\té ☃",
        "-- a/x",
        "++ b/x",
        "@@ -1 +1 @@",
        "diff --git a/x b/x",
        "\\ No newline at end of file",
    ]);
    let ending = prop::sample::select(vec!["\n", "\n", "\r\n"]);
    let lines = prop::collection::vec((line, ending), 0..24);
    (lines, any::<bool>()).prop_map(|(lines, terminated)| {
        let mut text: String = lines.into_iter().flat_map(|(l, e)| [l, e]).collect();
        if !terminated {
            text.pop();
        }
        text
    })
}

/// A file's section of a patch, made by diffy.
fn section(name: &str, old: &str, new: &str, context: usize) -> String {
    let patch = DiffOptions::new()
        .set_context_len(context)
        .set_original_filename(format!("a/{name}"))
        .set_modified_filename(format!("b/{name}"))
        .create_patch(old, new)
        .to_string();
    format!("diff --git a/{name} b/{name}\nindex 0000000..1111111 100644\n{patch}")
}

proptest! {
    #[test]
    fn a_patch_leads_to_the_new_text(old in text(), new in text(), context in 0..4_usize) {
        prop_assume!(old != new);
        let patch = section("main.py", &old, &new, context);
        let applied = apply_to(&[("main.py", &old)], &patch);
        prop_assert_eq!(applied, Ok(vec![("main.py".to_owned(), new)]));
    }

    #[test]
    fn two_files_lead_to_two_new_texts(
        (a, b, c, d) in (text(), text(), text(), text()),
        context in 0..4_usize,
    ) {
        prop_assume!(a != b && c != d);
        let patch = section("x.py", &a, &b, context) + &section("lib/y.py", &c, &d, context);
        let applied = apply_to(&[("x.py", &a), ("lib/y.py", &c)], &patch);
        let expected = vec![("lib/y.py".to_owned(), d), ("x.py".to_owned(), b)];
        prop_assert_eq!(applied, Ok(expected));
    }

    #[test]
    fn a_change_under_a_hunk_is_refused(
        old in text(),
        new in text(),
        context in 1..4_usize,
        chosen in any::<prop::sample::Index>(),
    ) {
        prop_assume!(old != new);
        let patch = section("main.py", &old, &new, context);
        let parsed = Patch::from_str(&patch);
        prop_assert!(parsed.is_ok());
        let covered: Vec<usize> = parsed
            .iter()
            .flat_map(Patch::hunks)
            .flat_map(|hunk| hunk.old_range().range())
            .collect();
        prop_assume!(!covered.is_empty() && !old.is_empty());
        let changed = covered[chosen.index(covered.len())] - 1;
        let mut base: Vec<String> = old.split_inclusive('\n').map(str::to_owned).collect();
        base[changed].insert(0, 'x');
        let refused = apply_to(&[("main.py", &base.concat())], &patch);
        let is_mismatch = matches!(refused, Err(PatchError::ContextMismatch { at, .. })
            if at == changed + 1);
        prop_assert!(is_mismatch, "{:?}", refused);
    }

    #[test]
    fn any_text_is_answered(patch in "(?s).{0,200}", old in text()) {
        let _answer = apply_to(&[("main.py", &old)], &patch);
    }

    #[test]
    fn a_damaged_patch_is_answered(
        (old, new) in (text(), text()),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 1..4),
        put in prop::sample::select(vec![
            "", "@@ -0,0 +0,0 @@\n", "--- a/main.py\n", "\\ No newline at end of file\n", "\n",
            "-",
        ]),
    ) {
        let patch = section("main.py", &old, &new, 2);
        let mut lines: Vec<&str> = patch.split_inclusive('\n').collect();
        for cut in cuts {
            let place = cut.index(lines.len());
            lines[place] = put;
        }
        let _answer = apply_to(&[("main.py", &old)], &lines.concat());
    }
}
