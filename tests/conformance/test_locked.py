"""A project that is open in another environment, which keeps edit control until somebody forces it."""

from sandbox import PORT, write

FLAGS = (*PORT, "--firm-locks")


def test_a_project_that_is_open_elsewhere(sandbox, emulator):
    project = emulator.create_project("Locked")
    lean = sandbox.workspace("locked")
    sandbox.prepare(lean, "cloud", "pull", "--project", project)
    folder = lean / "Locked"
    before = emulator.files(project)
    emulator.call("projects/collaboration/lock/acquire", projectId=project, codeSourceId="web-ide")

    write(folder, "main.py", "# by lean\n")
    # The tool ends with 0 whatever became of a push.
    assert sandbox.lean(lean, "cloud", "push", "--project", "Locked") == [
        "[1/1] Pushing 'Locked'",
        "Cannot push 'Locked': No write permission: the project is being edited in web-ide",
        "Please pull any required changes and push with --force",
        "exit 0",
    ]
    assert emulator.files(project) == before
    assert sandbox.lean(lean, "cloud", "push", "--project", "Locked", "--force") == [
        "[1/1] Pushing 'Locked'",
        "Successfully updated name, files, and libraries for 'Locked'",
        "exit 0",
    ]
    assert emulator.files(project)["main.py"] == "# by lean\n"

    # What the tool pushed is in step, and `qc` notes it.
    sandbox.qc(folder, "pull")
    write(folder, "main.py", "# by qc\n")
    assert sandbox.qc(folder, "push") == ["failed: update main.py", "exit 6"]
    assert emulator.files(project)["main.py"] == "# by lean\n"
    assert sandbox.qc(folder, "push", "--force") == ["done: update main.py", "exit 0"]
    assert emulator.files(project)["main.py"] == "# by qc\n"
