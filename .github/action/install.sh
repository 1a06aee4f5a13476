#!/usr/bin/env bash
# Makes `qc` known to the next steps: the one that is there, else that of the release, else one built from the sources.
set -euo pipefail

if command -v qc; then
    exit 0
fi

case "$RUNNER_OS-$RUNNER_ARCH" in
Linux-X64) target=x86_64-unknown-linux-gnu ;;
Linux-ARM64) target=aarch64-unknown-linux-gnu ;;
macOS-X64) target=x86_64-apple-darwin ;;
macOS-ARM64) target=aarch64-apple-darwin ;;
Windows-X64) target=x86_64-pc-windows-msvc ;;
*) target=none ;;
esac

place=$RUNNER_TEMP/qc
mkdir -p "$place/bin"
cd "$place"
archive=qc-cli-$target.tar.gz
# The action's own reference: the program is of the same version.
if gh release download "$ACTION_REF" --repo "$ACTION_REPOSITORY" --clobber --pattern "$archive" --pattern "$archive.sha256"; then
    if command -v sha256sum; then
        sha256sum --check "$archive.sha256"
    else
        shasum --algorithm 256 --check "$archive.sha256"
    fi
    tar -xzf "$archive" -C bin --strip-components 1
elif command -v cargo; then
    echo "::notice::There is no program for this machine in release $ACTION_REF: qc is built, which takes some minutes"
    cargo install --locked --path "$ACTION_PATH/crates/qc-cli" --root "$place"
else
    echo "::error::There is no program for this machine in release $ACTION_REF, and no Rust to build it: install qc in a step before"
    exit 1
fi
# Paths of Windows are written as Windows writes them.
if command -v cygpath >/dev/null; then
    cygpath --windows "$place/bin" >>"$GITHUB_PATH"
else
    echo "$place/bin" >>"$GITHUB_PATH"
fi
