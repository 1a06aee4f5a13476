//! `files/patch`: what the official clients send is taken, and nothing is guessed.

use serde_json::json;

use crate::service::{Service, refuses, succeeds};

/// A project whose `main.py` is `old`.
fn holding(old: &str) -> Service {
    let mut service = Service::new();
    service.emulator.put_file(service.project, "main.py", old);
    service
}

fn edit(hunk: &str) -> String {
    format!("--- a/main.py\n+++ b/main.py\n{hunk}")
}

#[test]
fn every_way_to_write_a_sound_patch_is_taken() {
    let git = |index: &str| format!("diff --git a/main.py b/main.py\n{index}");
    let hunk = "@@ -2 +2 @@\n-b\n+B\n";
    for patch in [
        edit(hunk),
        git("") + &edit(hunk),
        git("index 5a38b08..72c8d1e 100644\n") + &edit(hunk),
        git("index 0000000..0000000\n") + &edit(hunk),
        git("index any..thing at all\n") + &edit(hunk),
        // Text after the second `@@`, whatever it looks like.
        edit("@@ -2,1 +2,1 @@ class A(QCAlgorithm):\n-b\n+B\n"),
        edit("@@ -2 +2 @@ -9 +9 @@ odd\n-b\n+B\n"),
        // A blank context line without its blank: within, at the end, and with it.
        edit("@@ -2,3 +2,3 @@\n-b\n+B\n\n c\n"),
        edit("@@ -2,2 +2,2 @@\n-b\n+B\n\n"),
        edit("@@ -2,2 +2,2 @@\n-b\n+B\n \n"),
    ] {
        let mut service = holding("a\nb\n\nc\n");
        succeeds(service.call("files/patch", json!({"patch": patch})));
        let new = service.emulator.file(service.project, "main.py");
        assert_eq!(new, Some("a\nB\n\nc\n"), "{patch}");
    }
}

#[test]
fn a_blank_context_line_may_end_one_file_where_the_next_begins() {
    let mut service = holding("a\nb\n\n");
    service.emulator.put_file(service.project, "lib/x.py", "x\n");
    let first = edit("@@ -1,3 +1,3 @@\n a\n-b\n+B\n\n");
    let second = "diff --git a/lib/x.py b/lib/x.py\nindex 1..2\n--- a/lib/x.py\n+++ b/lib/x.py\n@@ -1 +1 @@\n-x\n+y\n";
    succeeds(service.call("files/patch", json!({"patch": first + second})));
    assert_eq!(service.emulator.file(service.project, "main.py"), Some("a\nB\n\n"));
    assert_eq!(service.emulator.file(service.project, "lib/x.py"), Some("y\n"));
    assert_eq!(service.emulator.applied()[0].name, "lib/x.py, main.py");
}

#[test]
fn context_must_match_to_the_last_byte() {
    for (old, hunk) in [
        // White space at either end, and another kind of it.
        ("a\nb\n", "@@ -1,2 +1,2 @@\n a \n-b\n+B\n"),
        ("a \nb\n", "@@ -1,2 +1,2 @@\n a\n-b\n+B\n"),
        ("    a\nb\n", "@@ -1,2 +1,2 @@\n   a\n-b\n+B\n"),
        ("    a\nb\n", "@@ -1,2 +1,2 @@\n \ta\n-b\n+B\n"),
        ("a\nb \n", "@@ -1,2 +1,2 @@\n a\n-b\n+B\n"),
        (" \nb\n", "@@ -1,2 +1,2 @@\n\n-b\n+B\n"),
        ("\u{a0}a\nb\n", "@@ -1,2 +1,2 @@\n  a\n-b\n+B\n"),
        // Line endings, in either direction, and at the end of the file.
        ("a\r\nb\n", "@@ -1,2 +1,2 @@\n a\n-b\n+B\n"),
        ("a\nb\r\n", "@@ -1,2 +1,2 @@\n a\n-b\n+B\n"),
        ("a\nb\n", "@@ -1,2 +1,2 @@\n a\r\n-b\n+B\n"),
        ("a\nb\n", "@@ -1,2 +1,2 @@\n a\n-b\r\n+B\r\n"),
        ("\r\nb\n", "@@ -1,2 +1,2 @@\n\n-b\n+B\n"),
        ("a\nb", "@@ -1,2 +1,2 @@\n a\n-b\n+B\n"),
        ("a\nb\n", "@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+B\n"),
        // Case, and characters that only look alike.
        ("A\nb\n", "@@ -1,2 +1,2 @@\n a\n-b\n+B\n"),
        ("e\u{301}\nb\n", "@@ -1,2 +1,2 @@\n \u{e9}\n-b\n+B\n"),
        // The right text in another place.
        ("x\na\nb\n", "@@ -1,2 +1,2 @@\n a\n-b\n+B\n"),
        ("a\nb\n", "@@ -2,2 +2,2 @@\n a\n-b\n+B\n"),
        // More context than there is.
        ("a\nb\n", "@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n"),
    ] {
        let mut service = holding(old);
        let answer = service.call("files/patch", json!({"patch": edit(hunk)}));
        refuses(&answer, "Patch not valid: The patch does not apply to main.py");
        assert_eq!(service.emulator.file(service.project, "main.py"), Some(old), "{hunk}");
        assert_eq!(service.emulator.applied(), []);
    }
}

#[test]
fn a_patch_only_edits() {
    let git = "diff --git a/main.py b/main.py\n";
    let new = "diff --git a/new.py b/new.py\nnew file mode 100644\nindex 0..1\n--- /dev/null\n+++ b/new.py\n@@ -0,0 +1 @@\n+a\n";
    for (patch, holds) in [
        (new.to_owned(), "line 2 creates a file"),
        ("--- a/new.py\n+++ b/new.py\n@@ -0,0 +1 @@\n+a\n".to_owned(), "File not found: new.py"),
        (
            format!(
                "{git}deleted file mode 100644\n--- a/main.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n"
            ),
            "line 2 deletes a file",
        ),
        (format!("{git}rename from main.py\nrename to b.py\n"), "line 2 renames a file"),
        (edit("@@ -1 +0,0 @@\n-a\n"), "File content not valid"),
        // One that would, beside one that edits.
        (edit("@@ -1 +1 @@\n-a\n+b\n") + new, "creates a file"),
        (" ".to_owned(), "Not a unified diff"),
        (
            edit("@@ -1 +1 @@\n-a\n+b\n") + edit("@@ -1 +1 @@\n-b\n+c\n").as_str(),
            "names a file twice",
        ),
    ] {
        let mut service = holding("a\n");
        refuses(service.call("files/patch", json!({"patch": patch})), holds);
        assert_eq!(service.emulator.file_names(service.project), ["main.py", "research.ipynb"]);
        assert_eq!(service.emulator.file(service.project, "main.py"), Some("a\n"), "{patch}");
    }
}
