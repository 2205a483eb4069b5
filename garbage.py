"""When garbage is collected: never of what was loaded at the start, and less often than after each request.

It is imported before everything else of ours (`force-to-top` in pyproject.toml): nothing that is imported is
garbage, and Python would look through all of it some dozens of times.
"""

import gc

YOUNG_OBJECTS = 20_000
"""After how many new objects the garbage among them is collected: a few MiB, every ten or twenty requests.

After 700, as without us, it would be more than once in each request.
"""

gc.disable()


def collect_from_now_on() -> None:
    """Collect garbage, but leave all that there is by now out of it: it stays as long as the process.

    A collection that looks through all of it again would stop everybody for 50 milliseconds.
    """
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, *gc.get_threshold()[1:])
    gc.enable()
