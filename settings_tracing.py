"""Whether traces are wanted: the standard variables of OpenTelemetry, without any of its packages.

https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/ says what they mean. The
library reads them for itself, and takes what it cannot read for unset; here that is refused.
"""

import re
from collections.abc import Mapping

from settings import SettingsError

_SAMPLERS = "(parentbased_)?(always_on|always_off|traceidratio)"
_OTLP = "OTEL_EXPORTER_OTLP"

_RULES = {
    "OTEL_TRACES_EXPORTER": ("otlp|none", "has to be otlp or none"),
    "OTEL_TRACES_SAMPLER": (
        _SAMPLERS,
        "has to be always_on, always_off or traceidratio, or parentbased_ and one",
    ),
    "OTEL_TRACES_SAMPLER_ARG": (r"0|1|[01]\.0*|0?\.[0-9]+", "has to be a number from 0 to 1"),
    "OTEL_BSP_SCHEDULE_DELAY": ("[1-9][0-9]{0,8}", "has to be a number of milliseconds"),
    "OTEL_BSP_MAX_QUEUE_SIZE": ("[1-9][0-9]{0,8}", "has to be a number"),
    "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": ("[1-9][0-9]{0,8}", "has to be a number"),
}
_RULES_OF_OTLP = {
    "ENDPOINT": (r"https?://[^\s/?#@]+(/\S*)?", "has to be http:// or https://, a host and no password"),
    "PROTOCOL": ("http/protobuf", "has to be http/protobuf"),
    "HEADERS": (r"(\s*[\w.-]+=[^,]*(,|$))+", "has to be name=value, with commas between them"),
    "COMPRESSION": ("none|gzip|deflate", "has to be none, gzip or deflate"),
    "TIMEOUT": (r"[0-9]{1,6}(\.[0-9]+)?", "has to be a number of seconds"),
}
_LIMITS = "OTEL_[A-Z_]+_LIMIT"
_DEFAULT_QUEUE, _DEFAULT_BATCH = 2048, 512


def wants_traces(environ: Mapping[str, str]) -> bool:
    """Tell whether traces are to be recorded and sent. Without a variable that says where to, they are not.

    Raises:
        SettingsError: they are, but a variable is bad.
    """
    # The specification takes an empty variable for one that is unset.
    found = {name: value.strip() for name, value in environ.items() if value.strip()}
    if found.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return False
    named = {"OTEL_TRACES_EXPORTER", f"{_OTLP}_ENDPOINT", f"{_OTLP}_TRACES_ENDPOINT"} & found.keys()
    if not named or found.get("OTEL_TRACES_EXPORTER", "").lower() == "none":
        return False
    _require_well_formed(found)
    return True


def _require_well_formed(found: Mapping[str, str]) -> None:
    rules = dict(_RULES)
    for name, rule in _RULES_OF_OTLP.items():
        rules |= {f"{_OTLP}_{name}": rule, f"{_OTLP}_TRACES_{name}": rule}
    rules |= {name: (r"[0-9]{1,9}", "has to be a number") for name in found if re.fullmatch(_LIMITS, name)}
    for name, (pattern, message) in rules.items():
        if name in found and not re.fullmatch(pattern, found[name], re.IGNORECASE):
            raise SettingsError(f"{name}: {message}")
    queue = int(found.get("OTEL_BSP_MAX_QUEUE_SIZE", _DEFAULT_QUEUE))
    if int(found.get("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", _DEFAULT_BATCH)) > queue:
        raise SettingsError("OTEL_BSP_MAX_EXPORT_BATCH_SIZE: has to be at most OTEL_BSP_MAX_QUEUE_SIZE")
