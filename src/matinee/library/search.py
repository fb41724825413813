"""Search, on tantivy: forgiving about accents and typing errors, finding while the last word is still being typed.

The index is a cache of the titles in SQL, in a folder of its own: it says up to which revision it has read them, and is thrown
away and made anew when it is missing, broken, of another library or of another version. A commit replaces one small file, so a
process killed in the middle leaves the index as it was before.

Ranking goes by where a word was found, then by how exactly: a name beats a person, a person a genre, a genre the plot.
"""

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from tantivy import Document, Index, Occur, Query, Schema, SchemaBuilder

from matinee.library.folding import forgiven_errors, words, words_to_find
from matinee.library.shelf import Known

VERSION = f"1-{version('tantivy')}"
WRITER_BYTES = 15_000_000  # the least tantivy takes
EXACT, BEGUN, NEARLY = 1.0, 0.8, 0.5
WEIGHTS = {"name": 100.0, "people": 40.0, "series": 30.0, "genres": 20.0, "plot": 5.0}
FORGIVING = ("name", "people", "series", "genres")
WHOLE_NAME = 200.0
# An episode is found by what is said of it, not by its series' name alone: that finds the series.
ITS_OWN = ("name", "people", "genres", "plot")


@dataclass(frozen=True)
class Mark:
    """How far the index has read: a revision, and of which library."""

    epoch: str
    revision: int


class SearchIndex:
    """One process has it open. One update at a time; any number of searches go on beside it, each in what was there before."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / VERSION
        self._schema = _schema()
        self._index = self._opened()
        self.mark = self._read_mark()

    def update(self, known: Iterable[Known], gone: Iterable[str], mark: Mark) -> None:
        """Takes changed titles in and lost ones out, all or nothing, and moves the mark."""
        if mark.epoch != self.mark.epoch:
            self._clear()
        writer = self._index.writer(WRITER_BYTES, 1)
        for title_id in (*gone, "mark"):
            writer.delete_documents_by_term("title_id", title_id)
        for title in known:
            writer.delete_documents_by_term("title_id", title.title_id)
            writer.add_document(_document(title))
        writer.add_document(Document(title_id=["mark"], epoch=[mark.epoch], revision=[mark.revision]))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self.mark = mark

    def search(self, text: str, most: int) -> list[str]:
        """The ids of the titles that have all the words, best first."""
        query = _query(self._schema, words(text))
        if query is None:
            return []
        searcher = self._index.searcher()
        return [str(searcher.doc(place)["title_id"][0]) for _, place in searcher.search(query, most).hits]

    def _opened(self) -> Index:
        try:
            if Index.exists(str(self._folder)):
                return Index(self._schema, path=str(self._folder))
        except ValueError:
            pass  # not one of ours, or broken: what it held is in SQL
        return self._fresh()

    def _fresh(self) -> Index:
        # A searcher of what was there before may still write its lock file here.
        shutil.rmtree(self._folder.parent, ignore_errors=True)
        self._folder.mkdir(parents=True, exist_ok=True)
        return Index(self._schema, path=str(self._folder), reuse=False)

    def _clear(self) -> None:
        self._index = self._fresh()

    def _read_mark(self) -> Mark:
        searcher = self._index.searcher()
        found = searcher.search(Query.term_query(self._schema, "title_id", "mark"), 1).hits
        if not found:
            return Mark("", 0)
        document = searcher.doc(found[0][1])
        return Mark(str(document["epoch"][0]), int(document["revision"][0]))


def _schema() -> Schema:
    builder = SchemaBuilder()
    builder.add_text_field("title_id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("epoch", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("revision", stored=True)
    builder.add_text_field("kind", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("whole", tokenizer_name="raw", index_option="basic")
    for each in WEIGHTS:
        # Words come folded and parted by spaces.
        builder.add_text_field(each, tokenizer_name="whitespace", index_option="freq")
    return builder.build()


def _document(title: Known) -> Document:
    people = " ".join(name for credit in title.notes.credits for name in (*credit.names, *credit.characters))
    texts = {
        "name": title.name,
        "series": title.series_name,
        "people": people,
        "genres": " ".join(title.notes.genres),
        "plot": f"{title.notes.tagline} {title.notes.plot}",
    }
    fields = {name: [" ".join(words_to_find(text))] for name, text in texts.items()}
    return Document(title_id=[title.title_id], kind=[title.kind], whole=[" ".join(words(title.name))], **fields)


def _query(schema: Schema, asked: Sequence[str]) -> Query | None:
    """None where nothing is asked. The last word may be unfinished."""
    if not asked:
        return None
    last = len(asked) - 1
    found = [_word(schema, word, tuple(WEIGHTS), is_last=place == last) for place, word in enumerate(asked)]
    whole = " ".join(asked)
    is_episode = Query.term_query(schema, "kind", "episode")
    own = [_word(schema, word, ITS_OWN, is_last=place == last) for place, word in enumerate(asked)]
    by_its_series_only = Query.boolean_query([(Occur.Must, is_episode), *((Occur.MustNot, each) for each in own)])
    exactly = Query.const_score_query(Query.term_query(schema, "whole", whole), WHOLE_NAME)
    begun = Query.const_score_query(Query.fuzzy_term_query(schema, "whole", whole, 0, True, True), WHOLE_NAME / 4)
    return Query.boolean_query(
        [
            *((Occur.Must, each) for each in found),
            (Occur.MustNot, by_its_series_only),
            (Occur.Should, exactly),
            (Occur.Should, begun),
            # Of two names with the word, the shorter is more about it.
            *((Occur.Should, Query.term_query(schema, "name", word)) for word in asked),
        ]
    )


def _word(schema: Schema, word: str, fields: Sequence[str], *, is_last: bool) -> Query:
    """One word anywhere: as it is, as the beginning of a longer one if it is the last, or with a typing error."""
    ways: list[Query] = []
    errors = forgiven_errors(word)
    for name in fields:
        weight = WEIGHTS[name]
        ways.append(Query.const_score_query(Query.term_query(schema, name, word), weight * EXACT))
        if is_last:
            begun = Query.fuzzy_term_query(schema, name, word, 0, True, True)
            ways.append(Query.const_score_query(begun, weight * BEGUN))
        if errors and name in FORGIVING:
            nearly = Query.fuzzy_term_query(schema, name, word, errors, True, is_last)
            ways.append(Query.const_score_query(nearly, weight * NEARLY))
    return Query.disjunction_max_query(ways)
