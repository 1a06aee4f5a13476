//! A second person saves between two requests of one command: nothing of theirs is overwritten.

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use crate::world::{Ran, World};

type Save = Box<dyn FnOnce() + Send>;

/// Passes bytes on to the service, and lets a person save just before the first request to an endpoint.
struct Between {
    address: String,
}

impl Between {
    fn new(world: &World, endpoint: &'static str, save: impl FnOnce() + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let base_url = world.server.base_url();
        let rest = base_url.strip_prefix("http://").unwrap();
        let (host, path) = rest.split_once('/').unwrap();
        let (host, path) = (host.to_owned(), path.to_owned());
        let save: Arc<Mutex<Option<Save>>> = Arc::new(Mutex::new(Some(Box::new(save))));
        let wanted = format!("/{endpoint} HTTP");
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let service = TcpStream::connect(&host).unwrap();
                let (save, wanted) = (Arc::clone(&save), wanted.clone());
                let back = (service.try_clone().unwrap(), client.try_clone().unwrap());
                thread::spawn(move || pass(back.0, back.1, |_| ()));
                thread::spawn(move || {
                    pass(client, service, |bytes| {
                        if bytes.windows(wanted.len()).any(|window| window == wanted.as_bytes())
                            && let Some(save) = save.lock().unwrap().take()
                        {
                            save();
                        }
                    });
                });
            }
        });
        Self { address: format!("http://{address}/{path}") }
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, mut sees: impl FnMut(&[u8])) {
    let mut bytes = vec![0; 1 << 20];
    while let Ok(count) = from.read(&mut bytes) {
        sees(&bytes[..count]);
        if count == 0 || to.write_all(&bytes[..count]).is_err() {
            return;
        }
    }
}

/// Forty lines, some of them replaced.
fn lines(replaced: &[(usize, &str)]) -> String {
    let line = |number: usize| {
        let new = replaced.iter().find(|(at, _)| *at == number);
        new.map_or_else(|| format!("line {number}\n"), |(_, text)| format!("{text}\n"))
    };
    (1..=40).map(line).collect()
}

/// Runs `qc` while somebody gives a file this content in the cloud just before the first request to an endpoint.
fn qc(
    world: &Arc<World>,
    arguments: &[&str],
    endpoint: &'static str,
    file: &str,
    text: &str,
) -> Ran {
    let (service, file, text) = (Arc::clone(world), file.to_owned(), text.to_owned());
    let between = Between::new(world, endpoint, move || service.put_cloud(&file, &text));
    let mut command = world.command(&world.folder(), arguments);
    command.env("QUANTCONNECT_BASE_URL", &between.address);
    Ran::new(command.output().unwrap(), arguments)
}

#[test]
fn a_file_that_they_replace_is_a_conflict() {
    let world = Arc::new(World::cloned(&[("m1.py", &lines(&[]))]));
    world.put("m1.py", &lines(&[(5, "mine")]));
    let ran = qc(&world, &["push"], "files/patch", "m1.py", "# THEIRS\n").exits(3);
    assert_eq!(ran.out, "", "nothing was pushed, and that is no news for stdout");
    ran.says("m1.py (updated here, updated in the cloud)");
    assert_eq!(world.cloud("m1.py").as_deref(), Some("# THEIRS\n"));
    assert_eq!(world.get("m1.py"), lines(&[(5, "mine")]));
}

#[test]
fn a_line_that_they_put_in_front_is_not_lost() {
    let world = Arc::new(World::cloned(&[("m1.py", &lines(&[]))]));
    world.put("m1.py", &lines(&[(30, "mine")]));
    let theirs = format!("# THEIRS\n{}", lines(&[]));
    qc(&world, &["push"], "files/patch", "m1.py", &theirs).exits(3);
    assert_eq!(world.cloud("m1.py").unwrap(), theirs);
    world.qc(&["pull", "--merge"]).exits(0);
    world.qc(&["push"]).exits(0);
    assert_eq!(world.cloud("m1.py").unwrap(), format!("# THEIRS\n{}", lines(&[(30, "mine")])));
}

#[test]
fn of_two_edited_files_the_other_goes_through() {
    let world = Arc::new(World::cloned(&[("m1.py", &lines(&[])), ("m2.py", &lines(&[]))]));
    world.put("m1.py", &lines(&[(5, "mine")]));
    world.put("m2.py", &lines(&[(5, "mine")]));
    let ran = qc(&world, &["push"], "files/patch", "m1.py", "# THEIRS\n").exits(3);
    assert!(ran.out.starts_with("update m2.py\npushed 1 change with "), "{}", ran.out);
    assert_eq!(world.cloud("m1.py").as_deref(), Some("# THEIRS\n"));
    assert_eq!(world.cloud("m2.py").unwrap(), lines(&[(5, "mine")]));
}

#[test]
fn what_they_append_is_kept_with_the_edit_and_told() {
    let world = Arc::new(World::cloned(&[("m1.py", &lines(&[]))]));
    world.put("m1.py", &lines(&[(5, "mine")]));
    let theirs = format!("{}# THEIRS\n", lines(&[]));
    qc(&world, &["push"], "files/patch", "m1.py", &theirs)
        .exits(0)
        .says("update m1.py")
        .says("qc pull");
    assert_eq!(world.cloud("m1.py").unwrap(), format!("{}# THEIRS\n", lines(&[(5, "mine")])));
}

#[test]
fn a_deleted_file_that_they_edit_is_a_conflict_and_their_text_is_there() {
    for endpoint in ["files/update", "files/delete"] {
        let world = Arc::new(World::cloned(&[("m1.py", &lines(&[])), ("m2.py", "1\n")]));
        std::fs::remove_file(world.folder().join("m1.py")).unwrap();
        // `files/update` is the rename that sets the file aside; by `files/delete` its name is free.
        let ran = qc(&world, &["push"], endpoint, "m1.py", "# THEIRS\n");
        assert_eq!(world.cloud("m1.py").as_deref(), Some("# THEIRS\n"), "{endpoint}: {}", ran.err);
        assert_eq!(world.server.emulator().file_names(world.id), ["m1.py", "m2.py"]);
        if endpoint == "files/update" {
            ran.exits(3).says("m1.py (deleted here, updated in the cloud)");
        }
        world.qc(&["pull", "--theirs", "m1.py"]).exits(0);
        assert_eq!(world.get("m1.py"), "# THEIRS\n");
    }
}

#[test]
fn a_renamed_file_that_they_edit_is_renamed_with_their_edit() {
    let world = Arc::new(World::cloned(&[("m1.py", &lines(&[]))]));
    std::fs::rename(world.folder().join("m1.py"), world.folder().join("moved.py")).unwrap();
    let theirs = lines(&[(7, "theirs")]);
    let ran = qc(&world, &["push"], "files/update", "m1.py", &theirs).exits(0);
    ran.says("rename m1.py to moved.py").says("update moved.py");
    assert_eq!((world.cloud("moved.py"), world.cloud("m1.py")), (Some(theirs.clone()), None));
    world.qc(&["pull"]).exits(0);
    assert_eq!(world.get("moved.py"), theirs);
}

#[test]
fn what_fails_is_said_first() {
    let world = Arc::new(World::cloned(&[("m1.py", &lines(&[]))]));
    world.put("m1.py", &lines(&[(5, "mine")]));
    world.server.emulator().add_rule(
        qc_emulator::Rule::new(qc_emulator::Fault::Refusal("Write permission needed.".to_owned()))
            .always(),
    );
    let ran = world.qc(&["push"]);
    assert_eq!(ran.out, "", "{}", ran.err);
    assert_eq!(ran.code, Some(6), "{}", ran.err);
}
