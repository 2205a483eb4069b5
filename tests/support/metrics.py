"""A monitor: scrapes a server as Prometheus does, and reads what it gets."""

from collections import Counter
from collections.abc import Sequence

import requests
from prometheus_client.parser import text_string_to_metric_families

Samples = dict[str, dict[tuple[str, ...], float]]
"""Values by their labels' values, in the order of the labels' names; and these by the name of the series."""


def scrape(port: int) -> str:
    """Give what a server says at the port of its metrics."""
    answer = requests.get(f"http://127.0.0.1:{port}/metrics", timeout=60)
    answer.raise_for_status()
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    return answer.text


def samples(text: str) -> Samples:
    """Read the samples, those of a histogram's buckets as well."""
    found: Samples = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = tuple(value for _, value in sorted(sample.labels.items()))
            found.setdefault(sample.name, {})[labels] = sample.value
    return found


def total(scrapes: Sequence[Samples], name: str) -> dict[tuple[str, ...], float]:
    """Add one series up over several workers."""
    added: Counter[tuple[str, ...]] = Counter()
    for scraped in scrapes:
        for labels, value in scraped.get(name, {}).items():
            added[labels] += int(value)
    return dict(added)
