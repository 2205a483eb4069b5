"""axe-core, which finds what keeps people out of a page."""

from typing import Any

from playwright.async_api import Page

from tests.support.npm import Npm

# Everything it knows, best practices included, but for what is only being tried out.
_RUN = """
async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  return violations.map(({ id, help, nodes }) => ({ id, help, where: nodes.map(({ html }) => html) }));
}
"""


def source(node: Npm) -> str:
    """Read the locked axe-core."""
    return (node.packages / "axe-core" / "axe.min.js").read_text()


async def violations(tab: Page, axe: str) -> Any:
    """Give what is wrong with the page as it is now.

    It runs beside the scripts of the page and not among them: the page's policy need not let it in.
    """
    await tab.evaluate(axe)
    return await tab.evaluate(_RUN)
