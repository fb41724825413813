"""What the tables say of a trial: who was in each arm, who played from its rows, and the votes of those who could choose."""

from dataclasses import dataclass

from matinee.insight.streams.job import parted, told
from matinee.insight.streams.reader import TableReader


@dataclass
class Arm:
    profiles: int = 0
    watched: int = 0
    votes: int = 0


async def poll(playing: TableReader, trial_id: str) -> dict[str, Arm]:
    """By the arm's name."""
    arms = dict[str, Arm]()
    async for key, sight in playing.all_under("votes", told(trial_id)):
        arm = arms.setdefault(parted(key)[1], Arm())
        arm.profiles += 1
        arm.watched += sight.plays > 0
    async for _, first in playing.all_under("firsts", told(trial_id)):
        arms.setdefault(first.arm, Arm()).votes += 1
    return arms
