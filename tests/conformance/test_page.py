"""The emulator's page in a real browser: a person watches a client work, orders a fault, edits as someone else, and starts over."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import requests
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from emulator import QC

README = Path(__file__).parents[2] / "README.md"
# Without background networking, Chromium asks nobody but whom it is told to.
FLAGS_OF_CHROMIUM = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
    --disable-component-update --disable-sync --window-size=1100,1400""".split()

# Every element whose text WCAG AA would call too faint where it stands: 4.5 to 1, computed from what the browser draws.
FAINT = """
const channels = (text) => text.match(/[\\d.]+/g).map(Number);
const linear = (value) => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
const luminance = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
function behind(element) {
  const colour = channels(getComputedStyle(element).backgroundColor);
  return colour.length === 3 || colour[3] === 1 ? colour : behind(element.parentElement);
}
const faint = [];
for (const element of document.querySelectorAll("body *")) {
  const says = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
  if (!says || !element.checkVisibility()) continue;
  const [one, other] = [channels(getComputedStyle(element).color), behind(element)].map(luminance);
  const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
  if (ratio < 4.5) faint.push(`${element.outerHTML.slice(0, 80)} ${ratio.toFixed(2)}`);
}
return faint;
"""
WIDEST = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Page:
    def __init__(self, driver):
        self.driver = driver

    def act(self, path, action=lambda element: None):
        """Waits for the element at this XPath, and acts on it. A page that draws itself anew may take it away between: then again."""

        def acted(driver):
            action(driver.find_element(By.XPATH, path))
            return True

        wait = WebDriverWait(self.driver, 20, ignored_exceptions=[StaleElementReferenceException])
        wait.until(acted, f"the page has no {path}")

    def click(self, path):
        self.act(path, lambda element: element.click())

    def order(self, rule):
        self.act("//input[@id='rule']", lambda element: element.send_keys(rule))
        self.click("//button[@id='add']")

    def press(self, *keys):
        ActionChains(self.driver).send_keys(*keys).perform()

    def look(self, width, scheme):
        """As on a screen of this width, in light or dark."""
        metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})


def request(outcome):
    """The XPath of a request of which this is said."""
    return f"//section[@id='requests']//summary[span[@class='answer'][normalize-space()='{outcome}']]"


@pytest.fixture
def page(emulator):
    programs = [shutil.which(name) for name in ("chromium", "chromedriver")]
    if None in programs:
        missing = "Chromium and its ChromeDriver are missing (Debian: chromium, chromium-driver)"
        (pytest.fail if "CI" in os.environ else pytest.skip)(missing)
    options = webdriver.ChromeOptions()
    options.binary_location = programs[0]
    for flag in FLAGS_OF_CHROMIUM:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options, webdriver.ChromeService(programs[1]))
    driver.get(emulator.address)
    yield Page(driver)
    # What its security policy forbids would be among what the browser complains of.
    complaints = driver.get_log("browser")
    driver.quit()
    # A form that makes no sense is answered so.
    assert [each for each in complaints if "status of 400" not in each["message"]] == []
    requests.post(f"{emulator.address}/_emulator/reset", timeout=30).raise_for_status()


def test_a_person_watches_orders_a_fault_and_starts_over(page, emulator, tmp_path):
    def qc(*arguments):
        command = [QC, *arguments, "--quiet", "--project", str(emulator.project_id)]
        subprocess.run(command, check=True, env=os.environ | emulator.environment())

    # It shows projects and files.
    page.act("//section[@id='projects']//strong[text()='Emulated']")
    page.click("//section[@id='projects']//code[text()='main.py']")

    # It shows by itself what a client does, and what was opened stays open.
    qc("put", "alpha.py", str(README))
    page.act("//section[@id='projects']//code[text()='alpha.py']")
    page.act("//section[@id='requests']//code[text()='POST files/create']")
    page.act("//details[summary/code[text()='main.py']][@open]//pre")

    # A request unfolds to what was sent and answered.
    page.click("//section[@id='requests']//code[text()='POST files/create']")
    page.act("//details[@open][summary/code[text()='POST files/create']]//pre[contains(.,'alpha.py')]")

    # A fault that was ordered there comes once, and the client copes.
    page.order("files/read:status=503")
    page.act("//section[@id='faults']//code[text()='files/read:status=503']")
    qc("ls")
    page.act(request("failed 503"))
    page.act("//div[@id='ordered']/p[contains(.,'None')]")

    # And it can be taken back.
    page.order("latency=1ms*always")
    page.click("//button[@id='clear']")
    page.act("//div[@id='ordered']/p[contains(.,'None')]")

    # One that makes no sense is explained, with a way back.
    page.order("nonsense")
    page.act("//p[contains(.,'is no fault')]")
    page.click("//a[text()='Back']")
    page.driver.save_screenshot(tmp_path / "page.png")

    # Nothing is lost before the question is answered.
    page.click("//details[@id='start-over']/summary")
    page.act("//section[@id='projects']//code[text()='alpha.py']")
    page.click("//button[@id='reset']")
    page.act("//ol[@id='log']/li[@id='none']")
    page.act("//section[@id='projects'][not(.//code[text()='alpha.py'])]")


def test_requests_are_filtered_and_refusals_have_a_word(page, emulator):
    emulator.call("authenticate")
    refused = emulator.answer("files/read", projectId=emulator.project_id, name="none.py")
    assert not refused["success"]
    page.act(request("200"))
    page.act(request("refused 200") + "/span[@class='why'][contains(.,'none.py')]")
    page.click("//input[@id='only']")
    page.click("//button[@id='filter']")
    page.act("//ol[@id='log'][count(li)=1]")
    page.act(request("refused 200"))
    # What comes while the list is filtered is filtered too.
    emulator.call("authenticate")
    emulator.answer("files/read", projectId=emulator.project_id, name="other.py")
    page.act("//ol[@id='log'][count(li)=2]//span[@class='why'][contains(.,'other.py')]")
    page.act("//input[@id='text']", lambda element: element.send_keys("none.py", Keys.ENTER))
    page.act("//ol[@id='log'][count(li)=1]//span[@class='why'][contains(.,'none.py')]")
    page.click("//a[@id='all']")
    page.act("//ol[@id='log'][count(li)=4]")


def test_a_file_is_edited_as_someone_else_would(page, emulator):
    page.click("//section[@id='projects']//code[text()='main.py']")
    page.click("//details[@open]/a[text()='Edit as someone else']")
    page.act("//textarea", lambda element: element.send_keys(Keys.CONTROL, Keys.END))
    page.act("//textarea", lambda element: element.send_keys("# theirs\n"))
    before = emulator.files(emulator.project_id)["main.py"]
    page.click("//button[@id='save']")
    page.act("//section[@id='projects']")
    assert emulator.files(emulator.project_id)["main.py"] == before + "# theirs\n"


def test_the_keyboard_is_enough(page, emulator):
    page.driver.execute_script("document.body.focus()")
    page.press(Keys.TAB)
    focused = page.driver.switch_to.active_element
    assert focused.text == "Start over…"
    width = "return getComputedStyle(document.activeElement).outlineWidth"
    assert page.driver.execute_script(width) == "3px", "what has the focus shows it"
    emulator.call("authenticate")
    page.act(request("200"))
    page.press(Keys.ENTER, Keys.TAB)
    assert page.driver.switch_to.active_element.get_attribute("id") == "reset"
    page.press(Keys.ENTER)
    page.act("//ol[@id='log']/li[@id='none']")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 800, 1440])
def test_it_fits_every_screen(page, emulator, width, scheme):
    for _ in range(60):
        emulator.call("authenticate")
    long = "a_name_that_is_longer_than_any_phone_is_wide_" * 4 + ".py"
    emulator.answer("files/update", projectId=emulator.project_id, name=long, content="1")
    emulator.call("files/create", projectId=emulator.project_id, name=long, content="x" * 9000)
    page.look(width, scheme)
    for path in (f"/_emulator/editor?project={emulator.project_id}&name=main.py", "/"):
        page.driver.get(emulator.address + path)
        assert page.driver.execute_script(WIDEST) <= 0
        assert page.driver.execute_script(FAINT) == []
    assert page.driver.execute_script("return document.documentElement.scrollHeight") < 4000
    # All that unfolds, unfolded.
    page.driver.execute_script("for (const details of document.querySelectorAll('details')) details.open = true")
    assert page.driver.execute_script(WIDEST) <= 0
    assert page.driver.execute_script(FAINT) == []


def test_it_works_without_its_script(page, emulator):
    page.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    page.driver.get(emulator.address)
    page.order("latency=1ms*always")
    page.act("//section[@id='faults']//code[text()='latency=1ms*always']")
    page.click("//details[@id='start-over']/summary")
    page.click("//button[@id='reset']")
    page.act("//div[@id='ordered']/p[contains(.,'None')]")
