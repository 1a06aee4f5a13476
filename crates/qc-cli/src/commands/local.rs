//! Commands that need neither an account nor a project.

mod completions;
mod demo;
mod emulator;

use crate::{arguments::LocalCommand, exit::Exit, output::printer::Printer};

pub(crate) async fn run(command: &LocalCommand, printer: &Printer) -> anyhow::Result<Exit> {
    match command {
        LocalCommand::Demo => demo::run(printer).await,
        LocalCommand::Emulator(settings) => emulator::run(settings, printer).await,
        LocalCommand::Completions { shell } => completions::completions(*shell, printer),
        LocalCommand::Man { directory } => completions::man(directory.as_deref(), printer),
    }
}
