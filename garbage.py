"""When garbage is collected: never among what was loaded at the start, and seldom among what is young.

It is imported before everything else of ours (`force-to-top` in pyproject.toml): nothing that is imported is
garbage, and Python would look through all of it some dozens of times.
"""

import gc

YOUNG_OBJECTS = 5_000
"""After how many new objects the garbage among them is collected.

That takes a millisecond or two, and comes a few times in a thousand requests; after 700, a hundred times.
"""

gc.disable()


def collect_from_now_on() -> None:
    """Collect garbage, but leave all that there is by now out of it: it stays as long as the process.

    A collection that looks through all of it again would stop everybody for 50 milliseconds.
    """
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, *gc.get_threshold()[1:])
    gc.enable()
