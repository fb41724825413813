"""Names for what the studio publishes, taken from what it is: the same source and recipe have the same name wherever and
however often they are made, so a publish repeated after a crash finds its work done. Nothing here publishes.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict

from matinee.contracts.ids import EditionId
from matinee.studio.chunks import Chunk
from matinee.studio.ladder import Plan, Rung

# Raise it when encode.py or package.py come to make other bytes from the same plan.
RECIPE_VERSION = 2
# The same for frames.py and artwork.py.
ART_VERSION = 2
# Short enough to be copied by hand.
JOB_ID_LENGTH = 12


def edition_id(source_digest: str, plan: Plan, rungs: Sequence[Rung]) -> EditionId:
    recipe = {
        "rungs": [asdict(rung) for rung in rungs],
        "sounds": [asdict(sound) for sound in plan.sounds_beside(rungs)],
        "picture": _picture(plan),
        "chunks": [asdict(chunk) for chunk in plan.chunks],
        "texts": [asdict(text) for text in plan.texts],
        "chapters": [asdict(chapter) for chapter in plan.chapters],
    }
    return EditionId(_name(source_digest, recipe, RECIPE_VERSION))


def chunk_id(source_digest: str, plan: Plan, rung: Rung, chunk: Chunk) -> str:
    """`plan` and its grid may be cut down to what concerns this chunk."""
    return _name(source_digest, asdict(rung), asdict(chunk), _picture(plan), RECIPE_VERSION)


def _picture(plan: Plan) -> dict[str, object]:
    return {
        "grid": asdict(plan.grid),
        "interlaced": plan.interlaced,
        "high_range": plan.high_range,
        "begins_s": plan.begins_s,
    }


def art_id(source_digest: str, own_pictures: str) -> str:
    return _name(source_digest, "art", own_pictures, ART_VERSION)


def job_id(title_id: str, size_bytes: int, modified_ns: int, finding: int = 0) -> str:
    """One finding of one file, however often the log tells of it."""
    return _name(title_id, size_bytes, modified_ns, finding)[:JOB_ID_LENGTH]


def labels_px(rungs: Sequence[Rung]) -> list[int]:
    """The sizes viewers know an edition by, largest first, each once."""
    return sorted({rung.label_px for rung in rungs}, reverse=True)


def _name(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:24]
