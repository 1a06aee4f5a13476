//! A browser that does as it is told: chromedriver, spoken to in the W3C's WebDriver protocol.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

/// The key under which the protocol hands out elements.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// The error of an element that is no longer on the page.
const STALE: &str = "stale element reference";
/// How long an element that is looked for may take to appear, in milliseconds.
const PATIENCE: u64 = 20_000;
/// Without background networking, Chromium asks nobody but whom it is told to.
const ARGUMENTS: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1100,1400",
];

/// A browser with one page. It is closed when this goes.
pub(crate) struct Browser {
    driver: Child,
    session: String,
}

impl Browser {
    /// Starts the driver on a free port, and the browser.
    pub(crate) fn start() -> Result<Self> {
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start `chromedriver`")?;
        let said = driver.stdout.take().context("chromedriver has no output")?;
        let mut browser = Self { driver, session: String::new() };
        let mut lines = BufReader::new(said).lines();
        let port = lines.by_ref().map_while(Result::ok).find_map(|line| port(&line));
        // What it says later is read, or it would stop when nobody does.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        let address = format!("http://127.0.0.1:{}", port.context("chromedriver says no port")?);
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "goog:chromeOptions": { "args": ARGUMENTS },
            "goog:loggingPrefs": { "browser": "ALL" },
            "timeouts": { "implicit": PATIENCE },
        }}});
        let session = ask(&format!("{address}/session"), Some(&wanted))?;
        let id = session["sessionId"].as_str().context("chromedriver gives no session")?;
        browser.session = format!("{address}/session/{id}");
        Ok(browser)
    }

    /// Opens a page.
    pub(crate) fn open(&self, url: &str) -> Result<()> {
        self.post("/url", &json!({ "url": url })).map(drop)
    }

    /// Waits until the page has an element at this XPath.
    pub(crate) fn find(&self, path: &str) -> Result<()> {
        self.element(path).map(drop)
    }

    /// Clicks on the element at this XPath, once there is one.
    pub(crate) fn click(&self, path: &str) -> Result<()> {
        self.act(path, "click", &json!({}))
    }

    /// Types into the element at this XPath, once there is one.
    pub(crate) fn write(&self, path: &str, text: &str) -> Result<()> {
        self.act(path, "value", &json!({ "text": text }))
    }

    /// A page that draws itself anew may take the element away between two requests: then it is looked for again.
    fn act(&self, path: &str, action: &str, body: &Value) -> Result<()> {
        loop {
            let id = self.element(path)?;
            match self.post(&format!("/element/{id}/{action}"), body) {
                Err(error) if error.to_string().starts_with(STALE) => {}
                done => return done.map(drop).with_context(|| format!("{action} on {path}")),
            }
        }
    }

    fn element(&self, path: &str) -> Result<String> {
        let found = self
            .post("/element", &json!({ "using": "xpath", "value": path }))
            .with_context(|| format!("the page has no {path}"))?;
        found[ELEMENT].as_str().map(str::to_owned).context("chromedriver names no element")
    }

    /// What the page complained of, such as what its security policy forbids.
    pub(crate) fn complaints(&self) -> Result<Vec<String>> {
        let log = self.post("/se/log", &json!({ "type": "browser" }))?;
        let entries = log.as_array().map(Vec::as_slice).unwrap_or_default();
        Ok(entries.iter().map(|entry| entry["message"].to_string()).collect())
    }

    /// A picture of the page, as PNG in Base64.
    pub(crate) fn picture(&self) -> Result<String> {
        let picture = ask(&format!("{}/screenshot", self.session), None)?;
        picture.as_str().map(str::to_owned).context("chromedriver takes no picture")
    }

    fn post(&self, path: &str, body: &Value) -> Result<Value> {
        ask(&format!("{}{path}", self.session), Some(body))
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if !self.session.is_empty() {
            let _ = ureq::delete(&self.session).call();
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// The port in the line in which chromedriver says that it is ready.
fn port(line: &str) -> Option<u16> {
    line.strip_suffix('.')?.rsplit_once("started successfully on port ")?.1.parse().ok()
}

/// The value of an answer; with a body it is asked by POST.
fn ask(url: &str, body: Option<&Value>) -> Result<Value> {
    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let answer = match body {
        Some(body) => agent.post(url).send(body.to_string()),
        None => agent.get(url).call(),
    };
    let text = answer.context("chromedriver does not answer")?.body_mut().read_to_string()?;
    let mut answer: Value = serde_json::from_str(&text).context("chromedriver says no JSON")?;
    let value = answer["value"].take();
    if let Some(error) = value.get("error").and_then(Value::as_str) {
        bail!("{error}: {}", value["message"].as_str().unwrap_or_default());
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_port_stands_in_the_line_that_says_that_it_is_ready() {
        assert_eq!(
            super::port("ChromeDriver was started successfully on port 34567."),
            Some(34567)
        );
        assert_eq!(super::port("Starting ChromeDriver 156.0 on port 0"), None);
    }
}
