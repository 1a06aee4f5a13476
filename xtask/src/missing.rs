//! What a check needs and cargo does not bring.

use std::fmt;
use std::process::{Command, Stdio};

/// Something is not installed here. `ci` skips the check then, except where `CI` is set.
#[derive(Debug)]
pub(crate) struct Missing(pub(crate) String);

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Missing {}

/// Whether the command is there and works.
pub(crate) fn answers(command: &mut Command) -> bool {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    #[test]
    fn a_missing_command_does_not_answer() {
        assert!(super::answers(Command::new("cargo").args(["tree", "--version"])));
        assert!(!super::answers(Command::new("cargo").arg("no-such-command")));
        assert!(!super::answers(&mut Command::new("no-such-program")));
    }
}
