"""The application for another ASGI server than ours, which starts and stops it: `uvicorn asgi:application`.

It has the settings of `latchkey serve`. The address, the workers, the metrics and the traces are the other
server's business.
"""

import atexit

import garbage
from server import create_app
from settings import load
from web import logs

_settings = load()
application = create_app(_settings)
garbage.collect_from_now_on()

# The lines of a server are written by a thread, and the last of them when it ends.
atexit.register(logs.configure(_settings.log_format).stop)
