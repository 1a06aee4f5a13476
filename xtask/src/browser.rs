//! The emulator's page in a real browser: a person watches a client work, orders a fault, and starts over.

use std::fs;

use anyhow::{Context as _, Result, ensure};
use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::missing::{Missing, answers};
use crate::served::Served;
use crate::webdriver::Browser;
use crate::workspace::Workspace;

/// Where the last look of the page is kept, below the target folder.
const PICTURE: &str = "emulator-page.png";

pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    for program in ["chromedriver", "chromium"] {
        if !answers(workspace.command(program).arg("--version")) {
            let how = "install Chromium and its ChromeDriver (Debian: chromium, chromium-driver)";
            return Err(Missing(format!("{program} is missing: {how}")).into());
        }
    }
    let served = Served::start(workspace, &[])?;
    let qc = |arguments: &[&str]| -> Result<bool> {
        let project = served.project.as_str();
        let arguments = [arguments, &["--quiet", "--project", project]].concat();
        Ok(served.qc(workspace, &arguments).status()?.success())
    };
    let browser = Browser::start()?;

    browser.open(&served.address)?;
    browser.find("//section[@id='projects']//strong[text()='Emulated']")?;
    browser.click("//section[@id='projects']//code[text()='main.py']")?;
    said("the page shows projects and files");

    let file = workspace.path("README.md");
    let file = file.to_str().context("the project's path is no UTF-8")?;
    ensure!(qc(&["put", "alpha.py", file])?, "`qc put` failed");
    browser.find("//section[@id='projects']//code[text()='alpha.py']")?;
    browser.find("//section[@id='requests']//code[text()='POST files/create']")?;
    said("it shows by itself what a client does");

    browser.find("//details[contains(@id,'main.py')][@open]//pre")?;
    said("what was opened stays open when it is drawn anew");

    browser.write("//input[@id='rule']", "files/read:status=503")?;
    browser.click("//button[@id='add']")?;
    browser.find("//section[@id='faults']//code[text()='files/read:status=503']")?;
    ensure!(qc(&["ls"])?, "`qc ls` failed, and was to cope with one 503");
    browser.find("//section[@id='requests']//td[@class='bad'][text()='503']")?;
    browser.find("//section[@id='faults']/p[text()='Nothing.']")?;
    said("a fault that was ordered there comes once, and the client copes");

    browser.write("//input[@id='rule']", "latency=1ms*always")?;
    browser.click("//button[@id='add']")?;
    browser.click("//button[@id='clear']")?;
    browser.find("//section[@id='faults']/p[text()='Nothing.']")?;
    said("and can be taken back");

    let picture = STANDARD.decode(browser.picture()?).context("the picture is no Base64")?;
    let place = workspace.target().join(PICTURE);
    fs::write(&place, picture).with_context(|| format!("cannot write {}", place.display()))?;

    browser.click("//button[@id='reset']")?;
    browser.find("//section[@id='requests']//tbody[not(tr)]")?;
    browser.find("//section[@id='projects'][not(.//code[text()='alpha.py'])]")?;
    said("it starts over");

    let complaints = browser.complaints()?;
    ensure!(complaints.is_empty(), "the browser complains: {}", complaints.join("\n"));
    said("the browser has nothing to complain of");
    Ok(())
}

fn said(what: &str) {
    println!("ok: {what}");
}
