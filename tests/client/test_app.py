"""The app's modules, without a browser: their types, and that they have words for everything."""

import re

import pytest

from models import AuditKind, OtpPurpose
from services.errors import Problem
from tests.support.npm import CLIENT, Npm

LANGUAGES = ("en", "de")


def words(node: Npm, language: str, expression: str) -> str:
    """Give what an expression makes of the words of a language."""
    script = f'import {{ words }} from "./app/strings/{language}.js"; console.log({expression})'
    return node.run("node", "--input-type=module", "--eval", script)


def test_the_app_keeps_its_types(node: Npm) -> None:
    """Every page, every field and every string, in the one language and the other."""
    node.run("tsc", "--project", "app/tsconfig.json")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_event_has_a_sentence(node: Npm, language: str) -> None:
    """What happens to an account is told in words, done or refused."""
    told = words(
        node,
        language,
        "Object.entries(words.activity.events)"
        ".filter(([, { SUCCESS, FAILURE }]) => SUCCESS && FAILURE).map(([kind]) => kind).join(' ')",
    )
    assert set(told.split()) == {kind.value for kind in AuditKind}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_that_a_person_can_give_has_a_sentence(node: Npm, language: str) -> None:
    """A code that was wrong, and what it was to be for."""
    told = words(node, language, "Object.keys(words.activity.reasons).join(' ')").split()
    assert {purpose.value for purpose in OtpPurpose} <= set(told)
    assert {"INVALID_CREDENTIALS", "OTP_INVALID", "OTP_EXPIRED", "OTP_ATTEMPTS_EXCEEDED"} <= set(told)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_problem_is_told_in_the_language_of_the_page(node: Npm, language: str) -> None:
    """What the server says in English is shown where there is nothing better, and there always is."""
    told = set(words(node, language, "Object.keys(words.problems).join(' ')").split())
    codes = {str(problem.code) for problem in Problem.__subclasses__()}
    # That one leads on to the code that is missing, and is not shown.
    assert codes - told == {"EMAIL_NOT_VERIFIED"}


def test_nothing_is_said_for_nobody() -> None:
    """Every string is used by its name somewhere in the app, but for those that are found by a code."""
    app = CLIENT / "app"
    defined = re.findall(r"^ {2,4}([a-z]\w*):", (app / "strings" / "en.js").read_text(), re.MULTILINE)
    modules = [path for path in app.rglob("*.js") if "strings" not in path.parts]
    used = "\n".join(path.read_text() for path in modules)
    assert len(defined) > 80
    assert [name for name in defined if not re.search(rf"\b{name}\b", used)] == []
