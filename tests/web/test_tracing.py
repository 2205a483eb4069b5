"""What steps are called in a trace, and what a header that names a parent may be."""

import asyncio

import pytest
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.trace import SpanKind, Tracer, get_current_span

from models import people_statements, statements
from services import steps
from web import logs
from web.tracing import Requests, parent
from web.tracing_steps import Steps, names

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
HEADER = f"00-{TRACE}-{PARENT}-01".encode()


class Kept(SpanProcessor):
    """Keeps what has ended."""

    def __init__(self) -> None:
        self.spans: list[ReadableSpan] = []

    def on_end(self, span: ReadableSpan) -> None:
        """Keep a span."""
        self.spans.append(span)


@pytest.fixture
def kept() -> Kept:
    """Give what keeps the spans of this test."""
    return Kept()


@pytest.fixture
def tracer(kept: Kept) -> Tracer:
    """Make a tracer; as in a server, before the loop runs."""
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(kept)
    return provider.get_tracer("a test")


@pytest.fixture
def recorder(tracer: Tracer) -> Steps:
    """Make a recorder of steps."""
    return Steps(tracer, database="sqlite")


def test_a_statement_is_called_as_in_the_code() -> None:
    """Each by a name of its own: two texts that were the same would be one step."""
    found = names()
    assert found[statements.ROTATE] == "ROTATE"
    assert found[people_statements.USE_CODE] == "USE_CODE"
    own = [name for name, value in vars(statements).items() if name.isupper() and isinstance(value, str)]
    assert len(own) > 10
    assert [found[getattr(statements, name)] for name in own] == own


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([(b"traceparent", HEADER)], True),
        ([(b"tracestate", b"a=b"), (b"traceparent", HEADER)], True),
        ([(b"traceparent", HEADER), (b"traceparent", HEADER)], False),
        ([(b"traceparent", HEADER[:-1])], False),
        ([(b"traceparent", b"\xff" + HEADER)], False),
        ([(b"traceparent", b"00-" + b"0" * 32 + HEADER[35:])], False),
        ([(b"x-traceparent", HEADER)], False),
    ],
)
def test_a_parent_is_one_header_as_it_is_specified(
    headers: list[tuple[bytes, bytes]], expected: bool
) -> None:
    """Two of them, or one that is not whole, name nobody."""
    found = get_current_span(parent(headers)).get_span_context()
    assert found.is_valid is expected
    assert not expected or (found.trace_id, found.span_id) == (int(TRACE, 16), int(PARENT, 16))


async def test_a_span_ends_when_its_client_hangs_up(kept: Kept, tracer: Tracer, recorder: Steps) -> None:
    """What was begun for the client goes on below it, and is a step of it still."""
    begun, may_end = asyncio.Event(), asyncio.Event()
    left_behind: list[asyncio.Task[None]] = []

    async def work() -> None:
        with steps.work(steps.TRANSACTION):
            begun.set()
            await may_end.wait()

    async def application(*_: object) -> None:
        left_behind.append(asyncio.create_task(work()))
        await asyncio.shield(left_behind[0])

    requests = Requests(application, tracer=tracer, recorder=recorder, continued=False)
    scope = {"type": "http", "method": "POST\x00", "http_version": "1.1", "headers": []}
    asked = asyncio.create_task(requests(scope, None, None))
    await begun.wait()
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    (root,) = kept.spans
    assert (root.name, root.kind, root.status.is_ok, root.events) == ("_OTHER", SpanKind.SERVER, True, ())
    may_end.set()
    await left_behind[0]
    _, step = kept.spans
    assert step.parent is not None
    assert (step.name, step.parent) == ("transaction", root.context)
    # The next request of this connection, and whoever is beside it, has its own.
    assert (logs.trace_id.get(), steps.recorder.get()) == (None, None)
