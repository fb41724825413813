"""How `matinee recs` shows what it found: tables for people, plain data for programs."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.console import Group
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from matinee.insight.taste.examination import Examination
    from matinee.insight.taste.intervals import Interval
    from matinee.insight.taste.reasons import Explanation


def results_table(found: "Examination") -> Group:
    """One line per model; figures with half the width of their 95 % interval."""
    seen = "seen titles ranked, too" if found.keep_seen else "seen titles left out"
    table = Table(box=None, pad_edge=False, header_style="bold")
    measures = [name for name in found.results[0].measures if not (_one_each(found) and name.startswith("recall"))]
    calibrated = found.results[0].miscalibration is not None
    for name in ("model", *measures, f"{found.by} lead", "coverage", "lift", *["genres"] * calibrated, "cold", "CPU s"):
        table.add_column(name, justify="left" if name == "model" else "right", no_wrap=True)
    for each in found.results:
        table.add_row(
            each.model,
            *(_figure(each.measures[name]) for name in measures),
            f"{each.lead.mean:+.3f} ({each.lead.low:+.3f}..{each.lead.high:+.3f})",
            f"{each.coverage:.2f}",
            f"{each.lift:.2f}",
            *([] if each.miscalibration is None else [f"{each.miscalibration:.2f}"]),
            _figure(each.cold) if found.asked_cold else "-",
            f"{each.cpu_s:.1f}",
        )
    terms = f"{found.protocol}, full ranking, {seen}; {found.asked:,} profiles asked, seed {found.seed}"
    return Group(terms, table, _legend(found))


def _one_each(found: "Examination") -> bool:
    """Where one title is asked of everybody, recall is the hit rate."""
    return found.protocol == "leave-one-out"


def _legend(found: "Examination") -> str:
    return (
        f"lead: over popular, profile by profile. coverage: part of all titles among anybody's best {found.k}. lift: views of "
        "those shown over views of those watched. genres: KL from the watched mix, 0 is the same. "
        f"cold: recall of titles with hardly a view, asked of {found.asked_cold}. ±, ..: 95 % intervals"
    )


def _figure(each: "Interval") -> str:
    return f"{each.mean:.3f} ±{(each.high - each.low) / 2:.3f}"


def as_data(found: "Examination") -> dict[str, Any]:
    """The same for programs."""
    data = {name: getattr(found, name) for name in ("protocol", "seed", "keep_seen", "asked", "asked_cold", "k", "by")}
    return data | {
        "facts": dict(found.model.facts),
        "weights": {length: dict(each) for length, each in found.model.weights.items()},
        "results": [asdict(each) for each in found.results],
    }


def reasons_table(found: "Explanation") -> Group:
    """What each watched title gives; those that may be told as a reason are marked."""
    caption = "gives: its part of the taste score; loss: how much lower the blend's score is without it; *: may be told"
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("", "watched", "gives", "loss"):
        table.add_column(name, justify="right" if name in ("gives", "loss") else "left")
    for part in found.parts:
        table.add_row("*" * part.cited, escape(part.item), f"{part.gives:+.4f}", f"{part.loss:+.4f}")
    return Group(f"{escape(found.item)} for {escape(found.user)}: taste {found.taste:.4f}, the sum of", table, caption)
