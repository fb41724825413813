"""Each model met with each shelf, worked out once: which of the model's titles stand where takes longer than a page may."""

from collections import OrderedDict

import numpy as np

from matinee.insight.rows.charts import Charts, popularity
from matinee.insight.rows.composing import with_popularity
from matinee.insight.rows.mind import Mind, mind_of
from matinee.insight.rows.shelf import Shelf
from matinee.insight.taste.model import Model

MOST_KEPT = 32
"""Of three megabytes each where there are a hundred thousand titles."""


class Minds:
    """Asked from several threads: two may work out the same, and the later one stands."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], tuple[Mind, Charts]] = OrderedDict()

    def of(self, shelf: Shelf, name: str, model: Model | None, charts: Charts) -> Mind:
        key = (shelf.mark, name if model else "")
        mind, counted = self._kept.get(key, (None, None))
        if mind is None or mind.model is not model or mind.shelf is not shelf:
            mind, counted = mind_of(shelf, name, model, np.zeros(len(shelf), np.float32)), None
        if counted is not charts:
            # The same charts are given for seconds, and their titles are many.
            mind = with_popularity(mind, popularity(shelf, charts))
            self._kept[key] = (mind, charts)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return mind
