"""A model in a folder: one plain array per file, and a manifest that says how it came. No code is ever loaded from it.

The arrays of a model lie in a folder of their own inside, named by what they hold, and the manifest, replaced in one step,
says which. So whoever is killed while keeping a model leaves the one before, whole, and whoever reads meanwhile keeps what they
have. Arrays are mapped into memory: several processes share one copy, and a start costs no time.
"""

import hashlib
import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from matinee.insight.taste.experts import DEEP, READINGS, Learnt
from matinee.insight.taste.links import Links
from matinee.insight.taste.model import Model
from matinee.insight.taste.sparse import Sparse
from matinee.insight.taste.transformer import WEIGHTS, Transformer

FORM, FORM_DEEP = 1, 2
"""The second has a transformer's arrays, too."""
MANIFEST = "manifest.json"
OURS = re.compile(r"manifest\.json(\.new)?|[0-9a-f]{16}")
TABLES = sorted({reading.table for reading in READINGS.values()})


class NoModel(ValueError):
    """There is no model in that folder, or none that this version can read; the text says what to do."""


def keep(model: Model, folder: Path) -> None:
    """Writes the model; one that is there already is replaced. Raises NoModel for a folder of other things."""
    if folder.exists() and not (folder.is_dir() and all(OURS.fullmatch(each.name) for each in folder.iterdir())):
        raise NoModel(f"{folder}: there is something that is no model, and it is left as it is: give another folder")
    arrays = _arrays(model)
    manifest = _manifest(model, arrays)
    inside = folder / manifest["arrays_in"]
    inside.mkdir(parents=True, exist_ok=True)
    for name, array in arrays.items():
        np.save(inside / f"{name}.npy", np.ascontiguousarray(array), allow_pickle=False)
    fresh = folder / f"{MANIFEST}.new"
    fresh.write_text(json.dumps(manifest, indent=1) + "\n")
    fresh.replace(folder / MANIFEST)
    for other in folder.iterdir():
        if other.is_dir() and other != inside:
            shutil.rmtree(other)


def load(folder: Path) -> Model:
    """The model in that folder, its arrays mapped. Raises NoModel."""
    try:
        told: object = json.loads((folder / MANIFEST).read_text())
    except FileNotFoundError:
        raise NoModel(f"{folder}: there is no model: make one with `matinee recs fit INTERACTIONS --out {folder}`") from None
    except OSError as error:
        raise NoModel(f"{folder}: {error.strerror}: name a folder made by `matinee recs fit`") from error
    except ValueError as error:
        raise NoModel(f"{folder / MANIFEST}: {error}: fit the model again") from error
    if not isinstance(told, dict):
        raise NoModel(f"{folder / MANIFEST}: no manifest of ours: fit the model again")
    manifest = cast(dict[str, Any], told)
    if manifest.get("form") not in (FORM, FORM_DEEP):
        known = f"{FORM} and {FORM_DEEP}"
        raise NoModel(f"{folder}: a model of form {manifest.get('form')}; this Matinee reads forms {known}: fit it again")
    try:
        inside = folder / manifest["arrays_in"]
        stored = {name: np.load(inside / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in manifest["arrays"]}
        return _model(manifest, stored)
    except (OSError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise NoModel(f"{folder}: {error}: fit the model again") from error


def _arrays(model: Model) -> dict[str, NDArray[Any]]:
    learnt = model.learnt
    found: dict[str, NDArray[Any]] = {
        "titles": model.titles,
        "plays": learnt.plays,
        "popular": learnt.popular,
        "head": learnt.head,
        "factors": learnt.factors,
    }
    for name, table in learnt.tables.items():
        if isinstance(table, np.ndarray):
            found[name] = table
        else:
            found |= {f"{name}_values": table.value, f"{name}_columns": table.column, f"{name}_start": table.start}
    if deep := learnt.deep:
        found |= {"deep_vectors": deep.vectors, "deep_bias": deep.bias, "deep_met": deep.met}
        found |= {f"deep_{name}": deep.weights[name] for name in WEIGHTS}
    return found


def _manifest(model: Model, arrays: Mapping[str, NDArray[Any]]) -> dict[str, Any]:
    digests = {name: hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest() for name, array in arrays.items()}
    return {
        "form": FORM_DEEP if model.learnt.deep else FORM,
        "arrays_in": hashlib.sha256("".join(digests.values()).encode()).hexdigest()[:16],
        "facts": dict(model.facts),
        "weights": {length: dict(each) for length, each in model.weights.items()},
        "described": model.learnt.described,
        "arrays": {name: {"shape": list(array.shape), "sha256": digests[name]} for name, array in arrays.items()},
    }


def _model(manifest: Mapping[str, Any], stored: Mapping[str, NDArray[Any]]) -> Model:
    for name, said in manifest["arrays"].items():
        if list(stored[name].shape) != said["shape"]:
            raise ValueError(f"{name}.npy has the shape {stored[name].shape}, the manifest says {said['shape']}")
    learnt = Learnt(
        plays=stored["plays"],
        popular=stored["popular"],
        head=stored["head"],
        tables={name: _table(name, stored) for name in TABLES},
        factors=stored["factors"],
        described=bool(manifest["described"]),
        deep=_transformer(manifest, stored) if manifest["form"] == FORM_DEEP else None,
    )
    return Model(stored["titles"], learnt, manifest["weights"], manifest["facts"])


def _transformer(manifest: Mapping[str, Any], stored: Mapping[str, NDArray[Any]]) -> Transformer:
    weights = {name: stored[f"deep_{name}"] for name in WEIGHTS}
    return Transformer(stored["deep_vectors"], stored["deep_bias"], stored["deep_met"], weights, manifest["facts"][DEEP])


def _table(name: str, stored: Mapping[str, NDArray[Any]]) -> Links:
    if name in stored:
        return stored[name]
    start = stored[f"{name}_start"]
    return Sparse(start, stored[f"{name}_columns"], stored[f"{name}_values"], len(start) - 1)
