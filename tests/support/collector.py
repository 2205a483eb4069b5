"""A collector of traces: takes them by OTLP over HTTP, as protobuf, and gives what it was sent."""

import gzip
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span as Sent

from tests.support.ports import free_port

ERROR = 2
"""The code of a span's status that says that something failed."""


@dataclass(frozen=True)
class Span:
    """A span as it arrived."""

    name: str
    trace_id: str
    span_id: str
    parent_id: str
    kind: str
    failed: bool
    attributes: Mapping[str, Any]
    resource: Mapping[str, Any]
    began: int
    ended: int


@dataclass
class Received:
    """What has arrived: the bodies as they came, and the headers of each."""

    bodies: list[bytes] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)

    def spans(self) -> list[Span]:
        """Give every span, in the order in which they began."""
        return sorted((span for body in self.bodies for span in _spans(body)), key=lambda span: span.began)


class Collector:
    """An HTTP server that takes traces; it answers with the status that it is told, and not before it may."""

    def __init__(self) -> None:
        self.received, self.status = Received(), 200
        self.may_answer = threading.Event()
        self.may_answer.set()
        self._server = ThreadingHTTPServer(("127.0.0.1", free_port()), self._handler())
        # Who waits for a test to let it answer is not waited for at the end.
        self._server.daemon_threads, self._server.block_on_close = True, False
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.may_answer.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Its address, as OTEL_EXPORTER_OTLP_ENDPOINT takes it."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def spans(self) -> list[Span]:
        """Give every span that has arrived, in the order in which they began."""
        return self.received.spans()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                collector.may_answer.wait()
                if collector.status == 200:
                    packed = self.headers.get("Content-Encoding") == "gzip"
                    collector.received.bodies.append(gzip.decompress(body) if packed else body)
                    collector.received.headers.append({"path": self.path, **dict(self.headers)})
                answer = ExportTraceServiceResponse().SerializeToString()
                self.send_response(collector.status)
                self.send_header("Content-Type", "application/x-protobuf")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                """Say nothing: the server of the standard library writes to the terminal."""

        return Handler


def _spans(body: bytes) -> Iterator[Span]:
    for of_resource in ExportTraceServiceRequest.FromString(body).resource_spans:
        resource = _values(of_resource.resource.attributes)
        for of_scope in of_resource.scope_spans:
            for sent in of_scope.spans:
                # What has an event has the message of an exception, and a description may be one.
                assert (list(sent.events), list(sent.links), sent.status.message) == ([], [], "")
                yield Span(
                    name=sent.name,
                    trace_id=sent.trace_id.hex(),
                    span_id=sent.span_id.hex(),
                    parent_id=sent.parent_span_id.hex(),
                    kind=Sent.SpanKind.Name(sent.kind).removeprefix("SPAN_KIND_"),
                    failed=sent.status.code == ERROR,
                    attributes=_values(sent.attributes),
                    resource=resource,
                    began=sent.start_time_unix_nano,
                    ended=sent.end_time_unix_nano,
                )


def _values(attributes: Any) -> dict[str, Any]:
    return {one.key: _value(one) for one in attributes}


def _value(one: KeyValue) -> Any:
    return getattr(one.value, str(one.value.WhichOneof("value")))
