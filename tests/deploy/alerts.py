"""The alert rules for Prometheus speak of what the house measures, and lead to pages that exist."""

import re
from collections import Counter
from typing import Any

import yaml

from matinee.insight.alarm_rules import MINUTE_MS, WINDOWS
from matinee.topology import REPOSITORY

FILE = yaml.safe_load((REPOSITORY / "deploy" / "alerts.yaml").read_text())
RULES: list[dict[str, Any]] = [rule for group in FILE["groups"] for rule in group["rules"]]
MEASURED = re.compile(r"(Counter|Gauge|Histogram)(?:MetricFamily)?\(\s*\"(matinee_\w+)\"")
BURNS = re.compile(r'matinee_burn_rate\{window="(\w+)"\}\) > ([\d.]+)')
HISTOGRAMS = ("_count", "_sum", "_bucket")


def measured() -> set[str]:
    """The names that /metrics may show, by the sources."""
    names = set[str]()
    for file in (REPOSITORY / "src").rglob("*.py"):
        for kind, name in MEASURED.findall(file.read_text()):
            names |= {name + end for end in HISTOGRAMS} if kind == "Histogram" else {name}
    return names


def test_every_rule_asks_for_what_is_measured() -> None:
    """A name that nobody counts would never alarm."""
    asked = {name for rule in RULES for name in re.findall(r"\bmatinee_\w+", rule["expr"])}
    assert len(asked) >= 7
    assert asked - measured() == set()


def test_the_burn_rates_are_those_of_the_house_itself() -> None:
    """The page and Prometheus alarm by the same windows."""
    told = Counter(BURNS.findall(" ".join(rule["expr"] for rule in RULES)))
    ours = [(span_ms, each.burn) for each in WINDOWS for span_ms in (each.long_ms, each.short_ms)]
    assert told == Counter((f"{span_ms // MINUTE_MS}m", f"{burn:g}") for span_ms, burn in ours)


def test_each_alert_says_how_bad_it_is_and_what_to_do() -> None:
    """Its runbook is a heading of a page that exists."""
    for rule in RULES:
        assert rule["labels"]["severity"] in {"critical", "warning"}
        page, _, heading = rule["annotations"]["runbook"].partition("#")
        headings = re.findall(r"^#+ (.+)$", (REPOSITORY / page).read_text(), re.MULTILINE)
        assert heading in {each.lower().replace(" ", "-") for each in headings}, rule["alert"]
