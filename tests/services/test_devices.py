"""Names of devices: what a person recognises, and nothing where there is nothing to recognise."""

import pytest

from services import devices

NAMES = {
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0": "Firefox on Linux",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/17.5 Safari/605.1.15": "Safari on Mac OS X",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/17.5 Mobile/15E148 Safari/604.1": "Safari on iPhone",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/126.0.0.0 Safari/537.36 Edg/126.0": "Edge on Windows",
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/126.0.0.0 Mobile Safari/537.36": "Chrome Mobile on Pixel 8",
    "curl/7.88.1": "curl",
}


@pytest.mark.parametrize(("agent", "name"), list(NAMES.items()))
async def test_a_device_is_named_as_people_call_it(agent: str, name: str) -> None:
    """A browser and what it runs on, or the program alone."""
    assert await devices.name([agent]) == [name]


@pytest.mark.parametrize("agent", [None, "", "x" * 512, "\N{REPLACEMENT CHARACTER}", "(" * 500])
async def test_what_says_nothing_has_no_name(agent: str | None) -> None:
    """Nobody is shown words that mean nothing to them."""
    assert await devices.name([agent, "curl/7.88.1"]) == [None, "curl"]
