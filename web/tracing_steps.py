"""The steps of a request as spans: statements by their names in `models`, and what else takes time."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from importlib import import_module
from pkgutil import iter_modules

from opentelemetry.trace import SpanKind, StatusCode, Tracer

import models


class Steps:
    """Records the steps of a request below the span that is the present one."""

    def __init__(self, tracer: Tracer, *, database: str) -> None:
        """Take the tracer, and what kind of database it is."""
        self._tracer, self._database = tracer, database
        self._names = names()

    def statement(self, sql: str) -> AbstractContextManager[object]:
        """Record a statement by its name; one that has none, by the word that it begins with."""
        name = self._names.get(sql) or sql.split(maxsplit=1)[0]
        about = {"db.system.name": self._database, "db.query.summary": name}
        return self._span(name, SpanKind.CLIENT, about)

    def work(self, name: str) -> AbstractContextManager[object]:
        """Record another step by its name."""
        return self._span(name, SpanKind.INTERNAL, {})

    @contextmanager
    def _span(self, name: str, kind: SpanKind, about: Mapping[str, str]) -> Iterator[None]:
        # The library would write the message of an error into the span: that is where secrets hide.
        with self._tracer.start_as_current_span(
            name, kind=kind, attributes=about, record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                yield
            except BaseException as error:
                span.set_attribute("error.type", type(error).__name__)
                span.set_status(StatusCode.ERROR)
                raise


def names() -> Mapping[str, str]:
    """Give the name of every statement in `models`, by its text."""
    modules = [
        import_module(f"{models.__name__}.{module.name}")
        for module in iter_modules(models.__path__)
        if module.name.endswith("statements")
    ]
    return {
        value: name
        for module in modules
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, str)
    }
