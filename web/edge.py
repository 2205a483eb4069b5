"""What the edge is told about where it stands."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """The public origin, who else may call, how cookies are written, and which documents alone are run."""

    origin: str
    allowed_origins: frozenset[str]
    own_origins: frozenset[str]
    trusted_proxies: int
    cookie_prefix: str
    cookie_samesite: str
    is_production: bool
    trusted_documents: Path | None = None

    @property
    def has_tls(self) -> bool:
        """Whether browsers come by https."""
        return self.origin.startswith("https://")
