"""The official Python SDK's client drives every tool of `qc mcp`."""

import asyncio
import json

import pytest
from mcp import Client, StdioServerParameters

from emulator import QC

TOOLS = {
    "read_file", "create_file", "update_file_contents", "patch_file", "update_file_name", "delete_file",
    "list_projects", "read_project", "create_project", "update_project", "delete_project",
    "create_compile", "read_compile", "compile_and_wait",
    "sync_status", "sync_diff", "sync_push", "sync_pull", "undo",
}


def server(emulator, folder, *options):
    environment = {**emulator.environment(), "HOME": str(folder), "PATH": ""}
    return StdioServerParameters(command=QC, args=["mcp", *options], env=environment, cwd=str(folder))


class Agent:
    """Calls tools, remembers which, and reads what they say."""

    def __init__(self, client):
        self.client = client
        self.called = set()

    async def call(self, tool, **arguments):
        self.called.add(tool)
        answer = await self.client.call_tool(tool, arguments)
        said = answer.structured_content
        assert json.loads(answer.content[0].text) == said, "both forms of an answer say the same"
        return said, bool(answer.is_error)

    async def does(self, tool, **arguments):
        said, is_error = await self.call(tool, **arguments)
        assert not is_error and said["success"], (tool, said)
        return said


# The versions of the protocol before 2026-07-28 begin with a handshake, and the newer ones do not.
@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_every_tool_does_what_it_says(emulator, tmp_path, mode):
    async def work():
        async with Client(server(emulator, tmp_path), mode=mode) as client:
            agent = Agent(client)
            listed = {tool.name: tool for tool in (await client.list_tools()).tools}
            assert set(listed) == TOOLS
            assert listed["read_file"].annotations.read_only_hint
            assert listed["delete_file"].annotations.destructive_hint
            await everything(agent, emulator, tmp_path)
            assert agent.called == TOOLS

    before = len(emulator.applied())
    asyncio.run(work())
    # Each change is there once.
    changes = emulator.applied()[before:]
    assert changes == [
        "projects/create", "files/create", "files/patch", "files/patch", "files/update", "files/delete", "projects/update",
        "compile/create", "compile/create", "files/patch", "files/update", "projects/delete",
    ]


async def everything(agent, emulator, folder):
    made = (await agent.does("create_project", name="Agents", language="Py"))["projects"][0]
    of = {"projectId": made["projectId"]}
    await agent.does("create_file", **of, name="a.py", content="one\n")
    read = (await agent.does("read_file", **of, name="a.py"))["files"][0]
    assert read["content"] == "one\n"
    await agent.does("update_file_contents", **of, name="a.py", content="two\n", expected=read["digest"])
    said, is_error = await agent.call("update_file_contents", **of, name="a.py", content="three\n", expected=read["digest"])
    assert is_error and said["kind"] == "changed" and said["effect"] == "none"
    await agent.does("patch_file", **of, patch="--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-two\n+three\n")
    await agent.does("update_file_name", **of, name="a.py", newName="b.py")
    await agent.does("delete_file", **of, name="b.py")
    await agent.does("update_project", **of, description="made by an agent")
    assert (await agent.does("read_project", **of))["projects"][0]["description"] == "made by an agent"
    numbers = [one["projectId"] for one in (await agent.does("list_projects", filter="agents"))["projects"]]
    assert numbers == [made["projectId"]]
    built = await agent.does("create_compile", **of)
    assert (await agent.does("read_compile", **of, compileId=built["compileId"]))["state"] == "BuildSuccess"
    assert (await agent.does("compile_and_wait", **of))["diagnostics"] == []

    # A folder that is in step with the project.
    (folder / "config.json").write_text(json.dumps({"cloud-id": made["projectId"]}))
    await agent.does("sync_pull")
    main = folder / "main.py"
    main.write_text(main.read_text() + "# edited\n")
    assert [one["name"] for one in (await agent.does("sync_status"))["push"]] == ["main.py"]
    assert "+# edited" in (await agent.does("sync_diff"))["diffs"][0]["diff"]
    await agent.does("sync_push")
    assert main.read_text() == emulator.files(made["projectId"])["main.py"]
    pushed = main.read_text()
    await agent.does("update_file_contents", **of, name="main.py", content="# theirs\n")
    await agent.does("sync_pull")
    assert main.read_text() == "# theirs\n"
    await agent.does("undo")
    assert main.read_text() == pushed
    await agent.does("delete_project", **of)


def test_faults_on_the_way_change_nothing_twice(emulator, tmp_path):
    async def work():
        async with Client(server(emulator, tmp_path)) as client:
            agent = Agent(client)
            of = {"projectId": emulator.project_id}
            for tool, arguments in [
                ("create_file", {"name": "x.py", "content": "1\n"}),
                ("update_file_contents", {"name": "x.py", "content": "2\n", "expected": "1\n"}),
                ("update_file_name", {"name": "x.py", "newName": "y.py"}),
                ("delete_file", {"name": "y.py"}),
            ]:
                emulator.fault(*(f"files/{word}:drop-after" for word in ("create", "update", "patch", "delete")))
                before = len(emulator.applied())
                await agent.does(tool, **of, **arguments)
                assert len(emulator.applied()) == before + 1, tool

    asyncio.run(work())
    emulator.fault()
