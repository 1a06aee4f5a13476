//! What is over the quotas of a tier.

use qc_files::qc_proto::Tier;
use serde_json::json;

use crate::world::{Ran, World, altered::Altered};

fn on(tier: Tier) -> World {
    let world = World::with_service(&[("main.py", "1\n")], |emulator| emulator.with_tier(tier));
    world.qc(&["clone", &world.id.to_string()]).exits(0);
    world
}

#[test]
fn who_says_their_tier_is_told_of_what_it_refuses_only() {
    let world = on(Tier::Team);
    world.put("large.py", &"x".repeat(40_000));
    let assumed = "large.py has 40,000 characters, and the Free tier takes 32,000 a file: the service will refuse that \
                   unless your organization has a larger one: say which with --tier or QC_TIER";
    world.qc(&["status"]).exits(1).says(assumed);
    world.qc(&["push", "-n"]).exits(0).says(assumed);
    for tier in ["team", "firm"] {
        let ran = world.qc(&["push", "-n", "--tier", tier]).exits(0);
        assert!(!ran.err.contains("caution"), "{}", ran.err);
    }
    world.qc(&["status", "--tier", "free"]).exits(1).says("will refuse that\n");
    world.qc(&["push", "--tier", "gold"]).exits(2).says("researcher");
    let push = |tier: &str, arguments: &[&str]| {
        let mut command = world.command(&world.folder(), arguments);
        Ran::new(command.env("QC_TIER", tier).output().unwrap(), arguments)
    };
    push("", &["push", "-n"]).exits(0).says(assumed);
    push("gold", &["push"]).exits(2).says("QC_TIER").says("researcher");
    push("free", &["push", "-n"]).exits(0).says("will refuse that\n");
    assert_eq!(push("gold", &["push", "-n", "--tier", "team"]).exits(0).err, "");
    assert_eq!(push("team", &["push"]).exits(0).err, "");
    assert_eq!(world.cloud("large.py").unwrap().len(), 40_000);
}

#[test]
fn a_file_that_is_refused_for_its_size_is_told_with_the_limits() {
    let limits = "a file may have 32,000 (Free), 64,000 (Quant Researcher), 128,000 (Team), 256,000 (Trading Firm), \
                  256,000 (Institution) characters";
    let world = on(Tier::Free);
    world.put("fits.py", &"汉".repeat(32_000));
    world.put("large.py", &"汉".repeat(32_001));
    world.put("main.py", &"x".repeat(32_501));
    let ran = world.qc(&["push"]).exits(7).says("create fits.py").says(limits);
    assert!(
        ran.err.contains("failed: create large.py: ") && ran.err.contains("it has 32,001 char")
    );
    ran.says("failed: update main.py: ").says("; it has 32,501 characters");
    for arguments in
        [&["put", "large.py"][..], &["put", "large.py", "--project", "Folder/Strategy"]]
    {
        world
            .qc(arguments)
            .exits(6)
            .says("qc: large.py has 32,001 characters: files/")
            .says(limits);
    }
    assert_eq!(world.cloud("large.py"), None);
    assert_eq!(world.cloud("fits.py").unwrap().chars().count(), 32_000);
}

#[test]
fn what_the_project_says_of_itself_is_told_before_a_file_is_sent() {
    let world = on(Tier::Free);
    let says = Altered::new(&world, |endpoint, _, answer| {
        if endpoint == "projects/read" {
            answer["projects"][0]["maxFileSize"] = json!("32");
        }
    });
    let there = ["--project", "Folder/Strategy"];
    let caution = "caution: a.py has 32,001 characters, and the project takes 32,000 a file";
    world.put("a.py", &"x".repeat(32_001));
    says.qc(&world, &[&["put", "a.py"], &there[..]].concat()).exits(6).says(caution);
    world.put("a.py", &"x".repeat(32_000));
    let ran = says.qc(&world, &[&["put", "a.py"], &there[..]].concat()).exits(0);
    assert_eq!(ran.err, "");
}
