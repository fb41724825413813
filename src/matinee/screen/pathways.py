"""The ways to an edition's files: one box each."""

from dataclasses import dataclass

from matinee.contracts.ids import BoxId


@dataclass(frozen=True)
class Pathway:
    box_id: BoxId
    base: str  # absolute, signed for one view, with a slash at its end


class BadManifest(ValueError):
    """An edition's own manifest cannot be used; the text says where and why."""
