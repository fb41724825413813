"""Whether anybody watches, as far as the facts on the topic "plays" tell. While that is not known, somebody does."""

from dataclasses import dataclass, field

# The longest life of a token, and so of a view that nobody ended.
LONGEST_VIEW_MS = 12 * 3_600_000


@dataclass
class Watching:
    """Facts may come twice and in any order: of two about one view, the later is true."""

    known: bool = False
    _views: dict[str, tuple[int, bool]] = field(default_factory=dict[str, tuple[int, bool]])

    def learn(self, view_id: str, at_ms: int, *, watches: bool) -> None:
        if at_ms >= self._views.get(view_id, (0, False))[0]:
            self._views[view_id] = (at_ms, watches)

    def anybody(self, now_ms: int) -> bool:
        if not self.known:
            return True
        self._views = {view: (at_ms, on) for view, (at_ms, on) in self._views.items() if at_ms > now_ms - LONGEST_VIEW_MS}
        return any(on for _, on in self._views.values())
