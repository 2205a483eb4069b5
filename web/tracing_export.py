"""Sending traces: a thread of its own brings them to a collector, and nobody waits for either of the two."""

import asyncio
import logging
import threading
from collections.abc import Sequence
from contextlib import suppress

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, OTELResourceDetector, Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

FLUSH_WITHIN = 1.0
"""How long a server that stops lets a collector take what is left, in seconds."""

SCOPE = "latchkey"
"""Who made the spans, and what the service is called unless it is named."""

logger = logging.getLogger(__name__)


class Sending:
    """Makes spans, and sends them by OTLP over HTTP, as the standard variables say."""

    def __init__(self) -> None:
        """Read the variables. There is no thread yet, so that a process may still be forked."""
        # The library's own lines quote headers and addresses, and there is one for each request that fails.
        logging.getLogger("opentelemetry").setLevel(logging.CRITICAL + 1)
        self._exporter = _Reported(OTLPSpanExporter())
        # At exit, the library would wait half a minute for a collector that does not answer.
        self._provider = TracerProvider(resource=_resource(), shutdown_on_exit=False)
        self.tracer = self._provider.get_tracer(SCOPE)

    async def begin(self) -> None:
        """Start the thread that sends."""
        self._provider.add_span_processor(BatchSpanProcessor(self._exporter))

    async def end(self) -> None:
        """Send what is left. What the collector does not take in time is lost."""
        sent, loop = asyncio.Event(), asyncio.get_running_loop()

        def flush() -> None:
            self._provider.shutdown()
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(sent.set)

        # None of the loop's own threads: at its end, it would wait for them as long as the collector likes.
        threading.Thread(target=flush, daemon=True).start()
        try:
            await asyncio.wait_for(sent.wait(), FLUSH_WITHIN)
        except TimeoutError:
            logger.warning("stopped before the collector had taken all traces")


class _Reported(SpanExporter):
    """Says once that a collector does not take what it is sent, and once that it does again."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter
        self._is_taken = True

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = self._exporter.export(spans)
        was_taken, self._is_taken = self._is_taken, result is SpanExportResult.SUCCESS
        if was_taken and not self._is_taken:
            logger.warning("the collector does not take traces")
        elif self._is_taken and not was_taken:
            logger.info("the collector takes traces again")
        return result

    def shutdown(self) -> None:
        self._exporter.shutdown()


def _resource() -> Resource:
    named = OTELResourceDetector().detect().attributes.get(SERVICE_NAME, SCOPE)
    return Resource.create({SERVICE_NAME: named})
