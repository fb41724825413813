"""Profiles as they were last read, for the minutes in which the accounts cannot be asked: a film goes on, a page still opens.

What is remembered was true ten minutes ago at most. A profile that was removed since, or whose limit was lowered elsewhere,
counts as before until the accounts answer again.
"""

from collections import OrderedDict

from matinee.members.profiles import Profile

REMEMBERED_MS = 600_000
MOST = 10_000


class LastSeen:
    def __init__(self) -> None:
        self._seen: OrderedDict[tuple[str, str], tuple[int, Profile]] = OrderedDict()

    def keep(self, profile: Profile, now_ms: int) -> None:
        key = profile.account_id, profile.profile_id
        self._seen[key] = now_ms, profile
        self._seen.move_to_end(key)
        if len(self._seen) > MOST:
            self._seen.popitem(last=False)

    def of(self, account_id: str, profile_id: str, now_ms: int) -> Profile | None:
        read_ms, profile = self._seen.get((account_id, profile_id), (0, None))
        return profile if now_ms - read_ms <= REMEMBERED_MS else None

    def forget(self, account_id: str, profile_id: str) -> None:
        self._seen.pop((account_id, profile_id), None)
