//! A project that is edited elsewhere.

use qc_emulator::{Fault, Rule};

use crate::world::World;

#[test]
fn a_project_that_is_held_elsewhere_is_taken() {
    let world = World::cloned(&[("a.py", "1\n"), ("b.py", "1\n")]);
    let holds = || world.server.emulator().lock(world.id, "web-ide");
    holds();
    world.put("a.py", "2\n");
    world.qc(&["push"]).exits(0).says("update a.py");
    for (arguments, input) in [
        (&["put", "c.py", "-"][..], "1\n"),
        (&["put", "c.py", "-"], "2\n"),
        (&["mv", "b.py", "d.py"], ""),
        (&["rm", "d.py"], ""),
        (&["patch"], "--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-2\n+3\n"),
    ] {
        holds();
        let arguments = [arguments, &["-C", "Strategy"]].concat();
        world.qc_with(input, &arguments).exits(0);
    }
    assert_eq!(world.server.emulator().file_names(world.id), ["a.py", "c.py"]);
    assert_eq!(world.cloud("a.py").as_deref(), Some("3\n"));
    assert_eq!(world.cloud("c.py").as_deref(), Some("2\n"));
}

#[test]
fn a_project_that_others_do_not_let_go_is_written_when_forced_only() {
    let world = World::cloned(&[("a.py", "1\n")]);
    world.server.emulator().lock(world.id, "web-ide");
    let refusal = Fault::Refusal("Endpoint not found".to_owned());
    let acquire = "projects/collaboration/lock/acquire";
    world.server.emulator().add_rule(Rule::new(refusal).on(acquire).always());
    let words = "somebody else holds the project; the service says: No write permission: the project is being edited \
                 in web-ide\n";
    world.put("a.py", "2\n");
    for (arguments, failed) in [
        (&["push"][..], "failed: update a.py: files/patch: "),
        (&["put", "c.py", "a.py"], "qc: files/create: "),
        (&["put", "a.py", "a.py"], "qc: files/patch: "),
        (&["mv", "a.py", "c.py"], "qc: files/update: "),
        (&["rm", "a.py"], "qc: files/update: "),
    ] {
        let ran = world.qc(arguments).exits(6).says(&format!("{failed}{words}"));
        let (advice, force) =
            (ran.err.find("close the project in the web IDE"), ran.err.find("--force"));
        assert!(advice.is_some() && advice < force, "{}", ran.err);
    }
    assert_eq!(world.cloud("a.py").as_deref(), Some("1\n"));
    world.put("b.py", "2\n");
    world.qc(&["put", "c.py", "a.py", "--force"]).exits(0);
    world.qc(&["push", "--force"]).exits(0).says("create b.py").says("update a.py");
    assert_eq!(world.cloud("a.py").as_deref(), Some("2\n"));
}
