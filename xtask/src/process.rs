//! Runs other programs, showing each command before it starts.

use std::fmt;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};

/// Runs a command with its output on the terminal; anything but success is an error.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = line(command);
    println!("$ {line}");
    let status = command.status().with_context(|| format!("cannot start `{line}`"))?;
    ensure!(status.success(), "`{line}` ended with {status}");
    Ok(())
}

/// Runs a command and returns what it wrote to stdout; anything but success is an error.
pub(crate) fn read(command: &mut Command) -> Result<String> {
    let line = line(command);
    println!("$ {line}");
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot start `{line}`"))?;
    if !output.status.success() {
        print!("{}", String::from_utf8_lossy(&output.stdout));
        bail!("`{line}` ended with {}", output.status);
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{line}` wrote no UTF-8"))
}

/// How a task ends that looks at files itself: any problem is an error, which lists them all.
pub(crate) fn verdict(problems: &[String]) -> Result<()> {
    ensure!(problems.is_empty(), "\n  {}", problems.join("\n  "));
    Ok(())
}

/// The command as a person would type it.
fn line(command: &Command) -> String {
    let mut words = Vec::new();
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            words.push(format!("{}={}", name.display(), quoted(&value.to_string_lossy())));
        }
    }
    // The full path of cargo says nothing that the name does not.
    let program = Path::new(command.get_program());
    words.push(program.file_stem().unwrap_or(program.as_os_str()).to_string_lossy().into_owned());
    words.extend(command.get_args().map(|word| quoted(&word.to_string_lossy())));
    words.join(" ")
}

/// The word, in quotes if a shell would take it apart.
fn quoted(word: &str) -> String {
    if word.contains([' ', '{', '*']) { format!("'{word}'") } else { word.to_owned() }
}

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
    use std::process::{Command, Stdio};

    #[test]
    fn a_command_reads_as_one_would_type_it() {
        let mut command = Command::new("/somewhere/bin/cargo");
        command.args(["tree", "--format", "{p}"]).env("RUSTDOCFLAGS", "-D warnings");
        assert_eq!(super::line(&command), "RUSTDOCFLAGS='-D warnings' cargo tree --format '{p}'");
    }

    #[test]
    fn a_failing_command_is_an_error_that_names_it() {
        let mut command = Command::new("cargo");
        command.arg("no-such-command").stderr(Stdio::null());
        let error = super::run(&mut command).unwrap_err();
        assert!(error.to_string().starts_with("`cargo no-such-command` ended with"), "{error}");
        let error = super::read(&mut Command::new("no-such-program")).unwrap_err();
        assert_eq!(error.to_string(), "cannot start `no-such-program`");
    }

    #[test]
    fn a_missing_command_does_not_answer() {
        assert!(super::answers(Command::new("cargo").args(["tree", "--version"])));
        assert!(!super::answers(Command::new("cargo").arg("no-such-command")));
        assert!(!super::answers(&mut Command::new("no-such-program")));
    }
}
