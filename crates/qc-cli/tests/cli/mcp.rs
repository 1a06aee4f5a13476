//! `qc mcp`: the tools, driven as an agent's program drives them.

mod agent;

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::TcpStream,
    process::Stdio,
    thread,
    time::Duration,
};

use qc_emulator::Fault;
use serde_json::{Value, json};

use self::agent::{Agent, LIMIT};
use crate::world::World;

fn of(world: &World, mut arguments: Value) -> Value {
    arguments["projectId"] = json!(world.id);
    arguments
}

#[test]
fn every_tool_of_the_official_server_works_under_its_name() {
    let world = World::new(&[("main.py", "x = 1\n")]);
    let mut agent = Agent::start(&world, &[]);
    let listed = agent.ask("tools/list", json!({}));
    let tools: Vec<_> = listed["result"]["tools"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tool| tool["name"].clone())
        .collect();
    for name in [
        "create_file",
        "read_file",
        "update_file_name",
        "update_file_contents",
        "patch_file",
        "delete_file",
        "create_project",
        "read_project",
        "list_projects",
        "update_project",
        "delete_project",
        "create_compile",
        "read_compile",
    ] {
        assert!(tools.contains(&json!(name)), "{name}");
    }
    agent.does(
        "create_file",
        of(&world, json!({"name": "a.py", "content": "1\n", "codeSourceId": "x"})),
    );
    let read = agent.does("read_file", of(&world, json!({"name": "a.py"})));
    assert_eq!(read["files"][0]["content"], "1\n");
    agent.does("update_file_contents", of(&world, json!({"name": "a.py", "content": "2\n"})));
    let patch = "--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-2\n+3\n";
    agent.does("patch_file", of(&world, json!({"patch": patch})));
    agent.does("update_file_name", of(&world, json!({"name": "a.py", "newName": "b.py"})));
    assert_eq!(world.cloud("b.py").as_deref(), Some("3\n"));
    let all = agent.does("read_file", of(&world, json!({})));
    assert_eq!(all["files"].as_array().unwrap().len(), 2);
    agent.does("delete_file", of(&world, json!({"name": "b.py"})));
    assert_eq!(world.cloud("b.py"), None);
    let endpoints: Vec<_> =
        world.server.emulator().applied().iter().map(|one| one.endpoint).collect();
    let once = ["files/create", "files/update", "files/patch", "files/update", "files/delete"];
    assert_eq!(endpoints, once);
    let asked = world.server.emulator().requests().iter().any(|request| {
        request
            .request
            .as_ref()
            .is_some_and(|body| body.text.contains("\"codeSourceId\":\"test agent\""))
    });
    assert!(asked, "the agent's name is not told");

    // In the wrapper that the official server's tools take.
    let made = agent.does("create_project", json!({"model": {"name": "New", "language": "Py"}}));
    let id = made["projects"][0]["projectId"].clone();
    agent.does("update_project", json!({"model": {"projectId": id, "description": "what it is"}}));
    let read = agent.does("read_project", json!({"model": {"projectId": id}}));
    assert_eq!(read["projects"][0]["description"], "what it is");
    let listed = agent.does("list_projects", json!({"filter": "new"}));
    assert_eq!(listed["projects"][0]["projectId"], id);
    let built = agent.does("create_compile", json!({"projectId": id}));
    let read = json!({"projectId": id, "compileId": built["compileId"]});
    assert_eq!(agent.does("read_compile", read)["state"], "BuildSuccess");
    agent.does("delete_project", json!({"projectId": id}));
    assert_eq!(agent.does("list_projects", json!({}))["projects"].as_array().unwrap().len(), 1);
}

#[test]
fn a_content_that_somebody_else_changed_is_not_overwritten() {
    let world = World::new(&[("main.py", "1\n")]);
    let mut agent = Agent::start(&world, &[]);
    let read = agent.does("read_file", of(&world, json!({"name": "main.py"})));
    let digest = read["files"][0]["digest"].clone();
    let update = |content: &str, expected: &Value| {
        of(&world, json!({"name": "main.py", "content": content, "expected": expected}))
    };
    agent.does("update_file_contents", update("2\n", &digest));
    let said = agent.fails("update_file_contents", update("3\n", &digest), "changed");
    assert_eq!((&said["effect"], world.cloud("main.py").as_deref()), (&json!("none"), Some("2\n")));
    agent.does("update_file_contents", update("3\n", &json!("2\n")));
    assert_eq!(world.cloud("main.py").as_deref(), Some("3\n"));
}

#[test]
fn a_lost_answer_changes_nothing_twice() {
    let world = World::new(&[("main.py", "1\n")]);
    let mut agent = Agent::start(&world, &[]);
    for (tool, arguments) in [
        ("create_file", json!({"name": "a.py", "content": "1\n"})),
        ("update_file_name", json!({"name": "a.py", "newName": "b.py"})),
        ("delete_file", json!({"name": "b.py"})),
    ] {
        let before = world.server.emulator().applied().len();
        world.server.emulator().push_fault(Fault::DropAfter);
        agent.does(tool, of(&world, arguments));
        assert_eq!(world.server.emulator().applied().len() - before, 1, "{tool}");
    }
    // A patch cannot be looked at: the call says so.
    world.server.emulator().push_fault(Fault::DropAfter);
    let patch = "--- a/main.py\n+++ b/main.py\n@@ -1 +1 @@\n-1\n+2\n";
    let said = agent.fails("patch_file", of(&world, json!({"patch": patch})), "transport");
    assert_eq!(said["effect"], "unknown");
}

#[test]
fn errors_say_what_to_do_next() {
    let world = World::new(&[("main.py", "1\n")]);
    let mut agent = Agent::start(&world, &[]);
    agent.fails("read_file", of(&world, json!({"name": "none.py"})), "fileNotFound");
    agent.fails(
        "create_file",
        of(&world, json!({"name": "main.py", "content": "x"})),
        "fileExists",
    );
    agent.fails("create_file", of(&world, json!({"name": "../x.py", "content": "x"})), "invalid");
    agent.fails("read_project", json!({"projectId": 1}), "projectNotFound");
    agent.fails("read_project", json!({"projectId": -1}), "invalid");
    agent.fails("no_such_tool", json!({}), "unknownTool");
    let said = agent.fails("read_file", of(&world, json!({"nam": "x"})), "invalid");
    assert!(said["errors"][0].as_str().unwrap().contains("nam"), "{said}");
    let said = agent.fails("read_file", json!({"projectId": "x"}), "invalid");
    assert!(said["errors"][0].as_str().unwrap().starts_with("projectId: "), "{said}");
    let patch = "--- a/main.py\n+++ b/main.py\n@@ -1 +1 @@\n-0\n+2\n";
    agent.fails("patch_file", of(&world, json!({"patch": patch})), "patchDoesNotFit");
    assert_eq!(world.server.emulator().applied(), []);
}

#[test]
fn the_rails_hold_and_each_refusal_names_one() {
    let world = World::cloned(&[("main.py", "1\n")]);
    let other = world.server.emulator().add_project("Other", qc_files::Language::Python);
    let write = of(&world, json!({"name": "main.py", "content": "2\n"}));
    let delete = of(&world, json!({"name": "main.py"}));

    let mut agent = Agent::start(&world, &["--read-only"]);
    for (tool, arguments) in
        [("update_file_contents", &write), ("delete_file", &delete), ("sync_push", &json!({}))]
    {
        let said = agent.fails(tool, arguments.clone(), "forbidden");
        assert!(said["errors"][0].as_str().unwrap().contains("--read-only"), "{said}");
    }
    let listed = agent.ask("tools/list", json!({})).to_string();
    assert!(listed.contains("read_file") && !listed.contains("delete_file"));

    let mut agent = Agent::start(&world, &["--no-delete"]);
    let said = agent.fails("delete_file", delete, "forbidden");
    assert!(said["errors"][0].as_str().unwrap().contains("--no-delete"), "{said}");
    fs::remove_file(world.folder().join("main.py")).unwrap();
    agent.fails("sync_push", json!({}), "forbidden");
    assert_eq!(world.cloud("main.py").as_deref(), Some("1\n"));

    let mut agent = Agent::start(&world, &["--projects", &world.id.to_string()]);
    let said = agent.fails("read_file", json!({"projectId": other}), "forbidden");
    assert!(said["errors"][0].as_str().unwrap().contains("--projects"), "{said}");
    agent.fails("create_project", json!({"name": "x", "language": "Py"}), "forbidden");
    assert_eq!(agent.does("list_projects", json!({}))["projects"].as_array().unwrap().len(), 1);
    let listed = agent.ask("resources/list", json!({}));
    assert_eq!(
        listed["result"]["resources"][0]["uri"],
        format!("qc://project/{}/main.py", world.id)
    );

    let mut agent = Agent::start(&world, &["--toolsets", "files"]);
    agent.fails("list_projects", json!({}), "forbidden");
}

#[test]
fn a_folder_is_kept_in_step() {
    let world = World::cloned(&[("main.py", "1\n"), ("theirs.py", "1\n")]);
    let mut agent = Agent::start(&world, &[]);
    world.put("main.py", "2\n");
    world.put_cloud("theirs.py", "2\n");
    let status = agent.does("sync_status", json!({}));
    assert_eq!(
        (&status["push"][0]["name"], &status["pull"][0]["name"]),
        (&json!("main.py"), &json!("theirs.py"))
    );
    let diff = agent.does("sync_diff", json!({"paths": ["main.py"]}));
    assert!(diff["diffs"][0]["diff"].as_str().unwrap().contains("+2"), "{diff}");
    assert_eq!(
        agent.does("sync_push", json!({"dryRun": true}))["would"],
        json!(["update main.py"])
    );
    agent.does("sync_push", json!({}));
    assert_eq!(world.cloud("main.py").as_deref(), Some("2\n"));
    agent.does("sync_pull", json!({}));
    assert_eq!(world.get("theirs.py"), "2\n");
    agent.does("undo", json!({}));
    assert_eq!(world.get("theirs.py"), "1\n");

    agent.does("sync_pull", json!({}));
    world.put("main.py", "3\n");
    world.put_cloud("main.py", "4\n");
    let (said, is_error) = agent.call("sync_push", json!({}));
    assert!(
        !is_error && said["success"] == false && said["conflicts"][0]["name"] == "main.py",
        "{said}"
    );
    agent.does("sync_push", json!({"ours": ["main.py"]}));
    assert_eq!(world.cloud("main.py").as_deref(), Some("3\n"));
    agent.fails("sync_status", json!({"folder": "/"}), "forbidden");
    agent.fails("sync_status", json!({"folder": "../.."}), "forbidden");
    agent.fails("sync_status", json!({"folder": "none"}), "folder");
}

#[test]
fn a_build_is_waited_for() {
    let world = World::new(&[("main.py", "x = (\n")]);
    let mut agent = Agent::start(&world, &[]);
    let built = agent.does("compile_and_wait", of(&world, json!({})));
    assert_eq!(built["state"], "BuildError");
    assert_eq!(
        (&built["diagnostics"][0]["file"], &built["diagnostics"][0]["line"]),
        (&json!("main.py"), &json!(2))
    );
}

#[test]
fn a_long_content_comes_in_parts() {
    let line = "0123456789\n";
    let text = line.repeat(10_000);
    let world = World::new(&[("long.py", &text)]);
    let mut agent = Agent::start(&world, &[]);
    let (mut whole, mut start) = (String::new(), 1);
    loop {
        let read =
            agent.does("read_file", of(&world, json!({"name": "long.py", "startLine": start})));
        let part = read["files"][0]["content"].as_str().unwrap().to_owned();
        assert!(part.len() <= 60_000);
        start += part.lines().count();
        whole += &part;
        if read["files"][0].get("more").is_none() {
            break;
        }
    }
    assert_eq!(whole, text);
    let uri = format!("qc://project/{}/long.py", world.id);
    let refused = agent.ask("resources/read", json!({"uri": uri}));
    assert!(refused["error"]["message"].as_str().unwrap().contains("read_file"), "{refused}");
}

#[test]
fn resources_are_the_files_of_projects() {
    let world = World::new(&[("pkg/a.py", "1\n")]);
    let mut agent = Agent::start(&world, &[]);
    let templates = agent.ask("resources/templates/list", json!({}));
    assert!(templates.to_string().contains("qc://project/{projectId}/{+name}"), "{templates}");
    let uri = format!("qc://project/{}/pkg/a.py", world.id);
    let read = agent.ask("resources/read", json!({"uri": uri}));
    assert_eq!(read["result"]["contents"][0]["text"], "1\n");
    assert!(agent.ask("resources/subscribe", json!({"uri": uri}))["result"].is_object());
    assert!(agent.ask("resources/unsubscribe", json!({"uri": uri}))["result"].is_object());
    for uri in ["qc://project/x/a.py", "file:///etc/passwd", ""] {
        assert!(agent.ask("resources/read", json!({"uri": uri}))["error"].is_object(), "{uri}");
    }
}

#[test]
fn a_client_is_told_when_a_file_changes() {
    let world = World::new(&[("a.py", "1\n")]);
    let mut agent = Agent::start(&world, &["--poll", "1"]);
    let uri = format!("qc://project/{}/a.py", world.id);
    assert!(agent.ask("resources/subscribe", json!({"uri": uri}))["result"].is_object());
    world.put_cloud("a.py", "2\n");
    let notice: Value = serde_json::from_str(&agent.output.recv_timeout(LIMIT).unwrap()).unwrap();
    assert_eq!(notice["method"], "notifications/resources/updated");
    assert_eq!(notice["params"]["uri"], uri);
}

#[test]
fn a_cancelled_wait_ends_and_the_server_goes_on() {
    let world = World::with_service(&[("main.py", "1\n")], |emulator| {
        emulator.with_compile_time(Duration::from_secs(3600))
    });
    let mut agent = Agent::start(&world, &[]);
    let params = json!({"name": "compile_and_wait", "arguments": of(&world, json!({}))});
    agent.send(
        &json!({"jsonrpc": "2.0", "id": 99, "method": "tools/call", "params": params}).to_string(),
    );
    while world.server.emulator().applied().is_empty() {
        thread::yield_now();
    }
    let cancelled =
        json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 99}});
    agent.send(&cancelled.to_string());
    agent.does("read_file", of(&world, json!({"name": "main.py"})));
    // Nothing is left to wait for.
    agent.input = None;
    assert!(agent.child.wait().unwrap().success());
}

#[test]
fn a_content_that_is_too_long_is_told_and_nothing_is_made() {
    let world =
        World::with_service(&[], |emulator| emulator.with_tier(qc_files::qc_proto::Tier::Free));
    let mut agent = Agent::start(&world, &[]);
    let content = "x".repeat(2_000_000);
    agent.fails("create_file", of(&world, json!({"name": "a.py", "content": content})), "tooLarge");
    assert_eq!(world.server.emulator().applied(), []);
}

/// Lines that no client sends, drawn from a seed.
fn nonsense(seed: u64) -> Vec<String> {
    let mut random = fastrand::Rng::with_seed(seed);
    let pieces = [
        "{",
        "}",
        "[",
        "]",
        "\"jsonrpc\"",
        "\"2.0\"",
        ":",
        ",",
        "\"id\"",
        "1",
        "null",
        "\"method\"",
        "\"tools/call\"",
        "\"params\"",
        "\"name\"",
        "\"read_file\"",
        "\"arguments\"",
        "\"projectId\"",
        "-1",
        "1e999",
        "\u{0}",
        "\u{feff}",
        "\\ud800",
        "é",
        "true",
        "{\"a\":{\"b\":[{}]}}",
    ];
    let line = |random: &mut fastrand::Rng| -> String {
        (0..random.usize(0..30)).map(|_| pieces[random.usize(0..pieces.len())]).collect()
    };
    (0..200).map(|_| line(&mut random)).collect()
}

#[test]
fn nonsense_does_not_stop_the_server() {
    let world = World::new(&[("main.py", "1\n")]);
    let mut agent = Agent::start(&world, &[]);
    for seed in 0..5 {
        for line in nonsense(seed) {
            agent.send(&line);
        }
        let read = agent.does("read_file", of(&world, json!({"name": "main.py"})));
        assert_eq!(read["files"][0]["content"], "1\n");
    }
    assert_eq!(world.server.emulator().applied(), []);
}

#[test]
fn what_is_under_way_when_the_client_goes_comes_to_its_end() {
    let world = World::new(&[("main.py", "1\n")]);
    let mut agent = Agent::start(&world, &[]);
    world.server.emulator().add_rule("latency=300ms*always".parse().unwrap());
    let arguments = of(&world, json!({"name": "a.py", "content": "1\n"}));
    let params = json!({"name": "create_file", "arguments": arguments});
    agent.send(
        &json!({"jsonrpc": "2.0", "id": 99, "method": "tools/call", "params": params}).to_string(),
    );
    // The call has arrived once the server has asked the service.
    while world.server.emulator().requests().is_empty() {
        thread::yield_now();
    }
    agent.input = None;
    assert!(agent.child.wait().unwrap().success());
    assert_eq!(world.cloud("a.py").as_deref(), Some("1\n"));
}

#[test]
fn without_credentials_it_says_so_at_once() {
    let world = World::new(&[]);
    let mut command = world.command(world.home.path(), &["mcp"]);
    command.env_remove("QUANTCONNECT_USER_ID").env_remove("QUANTCONNECT_API_TOKEN");
    let ran = command.output().unwrap();
    assert_eq!(ran.status.code(), Some(4));
    assert!(String::from_utf8_lossy(&ran.stderr).contains("qc login"));
}

/// Sends an HTTP request and returns the head of the answer, and the beginning of its body.
fn post(address: &str, headers: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    write!(
        stream,
        "POST /mcp HTTP/1.1\r\nConnection: close\r\nContent-Type: application/json\r\nAccept: application/json, \
         text/event-stream\r\nContent-Length: {}\r\n{headers}\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    let mut lines = BufReader::new(stream);
    while !answer.contains("serverInfo") && lines.read_line(&mut answer).unwrap() > 0 {}
    answer
}

#[test]
fn over_http_a_token_is_needed_and_no_page_of_a_browser_gets_in() {
    let world = World::new(&[]);
    let mut command = world.command(world.home.path(), &["mcp", "--http", "127.0.0.1:0"]);
    command.env("QC_MCP_TOKEN", "open sesame").stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut said = String::new();
    BufReader::new(child.stderr.take().unwrap()).read_line(&mut said).unwrap();
    let address = said.split("http://").nth(1).unwrap().split('/').next().unwrap().to_owned();
    let hello = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
        "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "x", "version": "1"},
    }})
    .to_string();
    let host = format!("Host: {address}\r\n");
    let token = "Authorization: Bearer open sesame\r\n";
    for (headers, status) in [
        (format!("{host}{token}"), "200"),
        (host.clone(), "401"),
        (format!("{host}Authorization: Bearer open\r\n"), "401"),
        (format!("{host}{token}Origin: https://example.org\r\n"), "403"),
        (format!("Host: example.org\r\n{token}"), "403"),
    ] {
        let answer = post(&address, &headers, &hello);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{headers}: {answer}");
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let mut exposed = world.command(world.home.path(), &["mcp", "--http", "0.0.0.0:0"]);
    assert_eq!(exposed.output().unwrap().status.code(), Some(2));
}
