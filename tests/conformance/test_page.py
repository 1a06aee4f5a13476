"""The emulator's page in a real browser: a person watches a client work, orders a fault, and starts over."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from emulator import QC

README = Path(__file__).parents[2] / "README.md"
# Without background networking, Chromium asks nobody but whom it is told to.
FLAGS_OF_CHROMIUM = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
    --disable-component-update --disable-sync --window-size=1100,1400""".split()


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
    driver.quit()


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
    page.act("//details[contains(@id,'main.py')][@open]//pre")

    # A fault that was ordered there comes once, and the client copes.
    page.order("files/read:status=503")
    page.act("//section[@id='faults']//code[text()='files/read:status=503']")
    qc("ls")
    page.act("//section[@id='requests']//td[@class='bad'][text()='503']")
    page.act("//section[@id='faults']/p[text()='Nothing.']")

    # And it can be taken back.
    page.order("latency=1ms*always")
    page.click("//button[@id='clear']")
    page.act("//section[@id='faults']/p[text()='Nothing.']")
    page.driver.save_screenshot(tmp_path / "page.png")

    page.click("//button[@id='reset']")
    page.act("//section[@id='requests']//tbody[not(tr)]")
    page.act("//section[@id='projects'][not(.//code[text()='alpha.py'])]")

    # What its security policy forbids would be among what the browser complains of.
    assert page.driver.get_log("browser") == []
