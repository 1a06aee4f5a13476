//! The picture of `qc demo` in the README is of what it prints.

use std::path::Path;

use snapbox::{Assert, IntoData as _, data::DataFormat};

use crate::world::World;

/// `cargo xtask demo` writes it anew.
#[test]
fn the_picture_is_of_what_the_demo_prints() {
    let world = World::new(&[]);
    let printed = world.qc(&["demo", "--color", "always"]).exits(0).out;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/demo.svg");
    let picture = format!("$ qc demo\n{printed}").into_data().coerce_to(DataFormat::TermSvg);
    Assert::new()
        .action_env("SNAPSHOTS")
        .normalize_paths(false)
        .eq(picture, snapbox::Data::read_from(&path, Some(DataFormat::TermSvg)));
}
