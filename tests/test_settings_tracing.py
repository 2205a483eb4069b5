"""The standard variables of OpenTelemetry: when they ask for traces, and which of them are refused."""

import pytest

from settings import SettingsError
from settings_tracing import wants_traces

ON = {"OTEL_EXPORTER_OTLP_ENDPOINT": "https://collector.example.com:4318"}


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, False),
        ({"OTEL_SERVICE_NAME": "accounts"}, False),
        (ON, True),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": " "}, False),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://localhost:4318/v1/traces"}, True),
        ({"OTEL_TRACES_EXPORTER": "otlp"}, True),
        ({"OTEL_TRACES_EXPORTER": "OTLP"}, True),
        ({**ON, "OTEL_TRACES_EXPORTER": "None"}, False),
        ({**ON, "OTEL_SDK_DISABLED": "TRUE"}, False),
        ({**ON, "OTEL_SDK_DISABLED": "no"}, True),
        ({**ON, "OTEL_TRACES_EXPORTER": "none", "OTEL_TRACES_SAMPLER": "a bad one"}, False),
    ],
)
def test_traces_are_wanted_by_who_says_where_to(variables: dict[str, str], expected: bool) -> None:
    """Unless they are switched off; then nothing else is looked at."""
    assert wants_traces(variables) is expected


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("OTEL_TRACES_SAMPLER", ("always_on", "parentbased_always_off", "parentbased_traceidratio")),
        ("OTEL_TRACES_SAMPLER_ARG", ("0", "1", "0.25", ".5", "1.0", "")),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", ("http://localhost:4318", "https://[::1]:4318/a/b?c")),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", ("http/protobuf",)),
        ("OTEL_EXPORTER_OTLP_HEADERS", ("api-key=x", "authorization=Basic%20a=,b.c=d", "a=1, b=2,")),
        ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", ("10", "0.5")),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", ("gzip",)),
        ("OTEL_BSP_SCHEDULE_DELAY", ("5000",)),
        ("OTEL_BSP_MAX_QUEUE_SIZE", ("512", "100000")),
    ],
)
def test_good_values_are_taken(name: str, values: tuple[str, ...]) -> None:
    """As the specification writes them."""
    for value in values:
        assert wants_traces({**ON, name: value})


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("OTEL_TRACES_EXPORTER", ("console", "otlp,console")),
        ("OTEL_TRACES_SAMPLER", ("always", "jaeger_remote")),
        ("OTEL_TRACES_SAMPLER_ARG", ("2", "-1", "1.5", "half", "nan")),
        (
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            ("localhost:4318", "grpc://a", "http://", "http://me:hunter2@a:4318"),
        ),
        ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", ("grpc", "http/json")),
        ("OTEL_EXPORTER_OTLP_HEADERS", ("hunter2", "a=1,hunter2", "=hunter2")),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", ("soon", "-1")),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", ("brotli",)),
        ("OTEL_BSP_SCHEDULE_DELAY", ("0", "5s")),
        ("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", ("many", "-1")),
        ("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", ("1k",)),
        ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", ("0", "2049")),
    ],
)
def test_bad_values_are_one_line_without_the_value(name: str, values: tuple[str, ...]) -> None:
    """The library would go on with its defaults, and quote a header that it cannot read."""
    for value in values:
        with pytest.raises(SettingsError) as refused:
            wants_traces({**ON, name: value})
        line = str(refused.value)
        assert line.startswith(f"{name}: has to be ")
        assert "\n" not in line
        assert "hunter2" not in line
