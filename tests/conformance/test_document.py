"""The flow of the API's documentation, as its Python examples make it with `requests`."""

NAME, NEW_NAME = "signals.py", "signals2.py"
CONTENT = "PERIOD = 14\nSYMBOL = 'SPY'\n"


def test_authenticate_create_read_update_rename_delete(emulator):
    project = emulator.create_project("Document")
    before = emulator.files(project)

    emulator.call("authenticate")
    emulator.call("files/create", projectId=project, name=NAME, content=CONTENT)
    read = emulator.call("files/read", projectId=project, includeLibraries=True)["files"]
    assert [file["name"] for file in read] == ["main.py", "research.ipynb", NAME]
    assert read[2]["content"] == CONTENT
    # The documentation goes on with the first file, whichever that is.
    content = read[0]["content"].replace("SPY", "TSLA")
    emulator.call("files/update", projectId=project, name=NAME, content=content)
    read = emulator.call("files/read", projectId=project, name=NAME)["files"]
    assert [file["content"] for file in read] == [content]
    emulator.call("files/update", projectId=project, name=NAME, newName=NEW_NAME)
    assert list(emulator.files(project)) == ["main.py", "research.ipynb", NEW_NAME]
    emulator.call("files/delete", projectId=project, name=NEW_NAME)
    assert emulator.files(project) == before

    again = emulator.answer("files/delete", projectId=project, name=NEW_NAME)
    assert (again["success"], again["errors"]) == (False, [f"File not found: {NEW_NAME}"])
