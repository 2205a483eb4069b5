"""What a request turned out to be, for its line in the log and for the metrics."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from resolvers.context import Context

OK = "OK"
"""The code of a request that was answered without an error."""

NONE = "none"
"""The operation of a request that did not get as far as a document that fits the schema."""


@dataclass(slots=True)
class Outcome:
    """Filled in while a request is answered. Nothing in it is of the client's own choosing.

    The operation is named by the field of the schema that it runs; what clients call their operations and
    fields is their invention, and there is no end to it.
    """

    operation: str = NONE
    kind: str | None = None
    """What kind of operation it is, as `query`."""
    code: str = OK
    user_id: str | None = None
    session_id: str | None = None

    @property
    def whose(self) -> Mapping[str, str | None]:
        """The fields of a log line that say who asked, as far as that is known."""
        return {"user_id": self.user_id, "session_id": self.session_id}

    def note(self, body: Mapping[str, Any], context: Context) -> None:
        """Keep what an answer says: the code of its first error, and who was found to ask."""
        for error in body.get("errors", ())[:1]:
            self.code = error["extensions"]["code"]
        if (viewer := context.recognised) is not None:
            self.user_id, self.session_id = str(viewer.account.id), str(viewer.account.session_id)
