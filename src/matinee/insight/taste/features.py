"""What is known of a title before anybody watched it, as a point in space.

Words of the plot, genres, people and the decade are the terms of a document, weighed by how often they stand in it
(sublinearly) and how rare they are in the catalog (tf-idf; K. Spärck Jones, 1972). A genre counts three times, a person is
one term. The strongest directions of that table (S. Deerwester et al., "Indexing by Latent Semantic Analysis", 1990) are the
coordinates, each title's of unit length.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from matinee.insight.taste.sparse import Sparse, Table, sparse_from

DIRECTIONS = 256
MOST_TERMS = 30_000
LEAST_TITLES = 2
GENRE_COUNTS = 3


@dataclass(frozen=True)
class About:
    """What is said of a title."""

    genres: Sequence[str] = ()
    people: Sequence[str] = ()
    text: str = ""
    year: int | None = None


def terms(about: About) -> Counter[str]:
    """The terms of a title, each with how often it stands there."""
    found = Counter(word for word in re.findall(r"\w+", about.text.lower()) if len(word) > 1)
    found.update({f"genre:{name.casefold()}": GENRE_COUNTS for name in set(about.genres)})
    found.update({f"person:{name.casefold()}": 1 for name in set(about.people)})
    if about.year:
        found[f"decade:{about.year // 10}"] = 1
    return found


def coordinates(catalog: Sequence[About], seed: int) -> Table:
    """titles x directions, float32; a title of which nothing is said stands at zero."""
    documents = [terms(about) for about in catalog]
    titles_with = Counter(term for document in documents for term in document)
    vocabulary = {
        term: column for column, (term, count) in enumerate(titles_with.most_common(MOST_TERMS)) if count >= LEAST_TITLES
    }
    table = weighed(documents, vocabulary, titles_with)
    most = min(DIRECTIONS, table.rows - 1, table.columns - 1)
    return unit(table.strongest(most, seed) if most >= 1 else table.full())


def weighed(documents: Sequence[Counter[str]], vocabulary: Mapping[str, int], titles_with: Mapping[str, int]) -> Sparse:
    """titles x terms: (1 + log count) times log(titles / titles with the term), rows of unit length."""
    row, column, value = list[int](), list[int](), list[float]()
    for number, document in enumerate(documents):
        for term, count in document.items():
            if term in vocabulary:
                row.append(number)
                column.append(vocabulary[term])
                value.append((1 + np.log(count)) * np.log((1 + len(documents)) / titles_with[term]))
    worth = np.array(value, np.float32)
    squares = np.bincount(row, weights=worth**2, minlength=len(documents))
    worth /= np.sqrt(squares[row]).astype(np.float32) if row else 1
    return sparse_from(np.array(row, np.int64), np.array(column, np.int64), worth, len(documents), max(1, len(vocabulary)))


def unit(table: Table) -> Table:
    """Rows of unit length; rows of zeros stay."""
    return (table / np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-9)).astype(np.float32)
