"""How the pages look: within the width of a phone, in every colour scheme, and in the words of the person."""

import asyncio

import pytest
from playwright.async_api import Browser, Route, expect

from tests.browser.mailbox import MailedSite
from tests.browser.person import Person
from tests.browser.tour import tour
from tests.support import ROOT
from tests.support.chromium import visiting
from tests.support.processes import ServerProcess

pytestmark = [pytest.mark.acceptance, pytest.mark.asyncio(loop_scope="session")]

SCREENSHOTS = ROOT / "build" / "screenshots"
"""Where to look at the pages, after any run of the tests."""

SIZES = {"smallest": (320, 640), "phone": (360, 740), "desktop": (1280, 800)}
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

# Every string of the app is marked where it is defined; what a function makes of its arguments is marked too.
MARKED = """
import { words as plain } from "./en.js?plain";
const mark = (value) => {
  if (typeof value === "string") return `[${value}]`;
  if (typeof value === "function") return (...given) => `[${value(...given)}]`;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mark(inner)]));
};
export const words = mark(plain);
"""
# What is shown without a mark. What people typed, dates and devices are no words of the app.
UNMARKED = """
() => {
  const ours = 'dd, time, option, .facts-in-line li, .timeline h2, .row .name';
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const { data, parentElement } = walker.currentNode;
    if (data.trim() && !data.includes("]") && !parentElement.closest(ours)) found.push(data);
  }
  for (const name of ["aria-label", "placeholder", "title", "alt"]) {
    for (const element of document.querySelectorAll(`[${name}]`)) {
      const text = element.getAttribute(name);
      if (text && !text.includes("]")) found.push(text);
    }
  }
  return found.concat(document.title.startsWith("[") ? [] : document.title);
}
"""


async def test_every_page_fits(person: Person) -> None:
    """On a phone and on a desk, nothing has to be moved sideways; there is a picture of each to look at."""
    await asyncio.to_thread(SCREENSHOTS.mkdir, parents=True, exist_ok=True)
    async for stop in tour(person):
        for size, (width, height) in SIZES.items():
            await person.tab.set_viewport_size({"width": width, "height": height})
            for scheme in ("light", "dark"):
                await person.tab.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                picture = await person.tab.screenshot(full_page=True)
                path = SCREENSHOTS / f"{stop} ({size}, {scheme}).png"
                await asyncio.to_thread(path.write_bytes, picture)
            assert (stop, size, await person.tab.evaluate(SIDEWAYS)) == (stop, size, 0)


async def test_every_word_has_its_place(person: Person) -> None:
    """No page says anything that is not among the strings, where it can be said in another language."""

    async def mark(route: Route) -> None:
        await route.fulfill(content_type="text/javascript", body=MARKED)

    await person.tab.route("**/strings/en.js", mark)
    for address in ("sign-in", "sign-in-by-code", "sign-up", "verify", "forgot-password", "reset-password"):
        await person.open(f"/{address}")
        await expect(person.content().get_by_role("button").last).to_be_visible()
        assert (address, await person.tab.evaluate(UNMARKED)) == (address, [])
    await asyncio.to_thread(person.site.run_cli, "user", "create-development")
    await person.open("/sign-in")
    await person.fill(**{"[E-mail_address]": "test@example.com", "[Password]": "password"})
    await person.press("[Sign in]")
    await person.sees("[Welcome]")
    assert await person.tab.evaluate(UNMARKED) == []
    await person.press("[Continue]")
    await person.sees("[Hello, Test]")
    for address, title in (("Overview", "Hello, Test"), ("Devices", ""), ("Password", ""), ("Activity", "")):
        await person.follow(f"[{address}]")
        await person.sees(f"[{title or address}]")
        assert (address, await person.tab.evaluate(UNMARKED)) == (address, [])


async def test_the_language_is_the_browsers_until_the_person_chooses(
    server: ServerProcess, site: MailedSite, chromium: Browser
) -> None:
    """German for a German browser; what the profile says comes before, and goes with the sign-out."""
    phone = {"width": 360, "height": 740}
    async with visiting(chromium, server.base_url, locale="de-AT", viewport=phone) as tab:
        person = Person(tab, site, email="test@example.com")
        await asyncio.to_thread(site.run_cli, "user", "create-development")
        await person.open()
        await person.sees("Anmelden")
        await expect(tab.locator("html")).to_have_attribute("lang", "de")
        await person.fill(**{"E-Mail-Adresse": person.email, "Passwort": "password"})
        await person.press("Anmelden")
        await person.sees("Willkommen")
        await person.press("Weiter")
        for link, title in (
            ("Geräte",) * 2,
            ("Passwort",) * 2,
            ("Verlauf",) * 2,
            ("Übersicht", "Guten Tag, Test"),
        ):
            await person.follow(link)
            await person.sees(title)
            assert (title, await tab.evaluate(SIDEWAYS)) == (title, 0)
        await tab.get_by_label("Sprache").select_option("English")
        await person.press("Speichern")
        await person.sees("Hello, Test")
        await person.reads("Saved.")
        await expect(tab.locator("html")).to_have_attribute("lang", "en")
        await person.press("Sign out")
        await person.sees("Anmelden")
        await person.reads("Sie sind abgemeldet.")
