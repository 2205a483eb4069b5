"""An origin that serves the files of a folder, as a developer's own page does."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from os import PathLike
from pathlib import Path
from threading import Thread

from tests.support.ports import free_port

# Not the machine's own table of types, which may know none of them.
_KINDS = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8"}


class _Quiet(SimpleHTTPRequestHandler):
    def guess_type(self, path: str | PathLike[str]) -> str:
        return _KINDS.get(Path(path).suffix, "application/octet-stream")

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(folder: Path) -> Iterator[int]:
    """Serve a folder on localhost, in a thread, and give the port."""
    port = free_port()
    with ThreadingHTTPServer(("127.0.0.1", port), partial(_Quiet, directory=str(folder))) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield port
        finally:
            server.shutdown()
            thread.join()
