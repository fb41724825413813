"""Each model met with each shelf, worked out once: which of the model's titles stand where takes longer than a page may."""

from collections import OrderedDict

from matinee.insight.rows.charts import Charts, popularity
from matinee.insight.rows.composing import with_popularity
from matinee.insight.rows.mind import Mind, mind_of
from matinee.insight.rows.shelf import Shelf
from matinee.insight.taste.model import Model

MOST_KEPT = 12


class Minds:
    """Asked from several threads: two may work out the same, and the later one stands."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], Mind] = OrderedDict()

    def of(self, shelf: Shelf, name: str, model: Model | None, charts: Charts) -> Mind:
        popular = popularity(shelf, charts)
        key = (shelf.mark, name if model else "")
        mind = self._kept.get(key)
        if mind is None or mind.model is not model or mind.shelf is not shelf:
            mind = mind_of(shelf, name, model, popular)
            self._kept[key] = mind
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return with_popularity(mind, popular)
