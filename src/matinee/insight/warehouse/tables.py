"""The tables of the warehouse: Apache Iceberg, a partition for each hour in which facts happened.

The promise: a fact stands once, however often it is told, on whichever side of an hour's end, and whoever is killed when.
There is no account of what was loaded beside the tables, which could disagree with them: before rows are added, those that
the table has are left out, and they are added only if the table still is the one that was looked at. Iceberg makes a commit
whole or not at all, so whoever comes too late looks again. Two tellings of one fact lie within a week of each other (the
beacons refuse older ones), so the table is looked at from eight days before the oldest row.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any, TypeVar

from pyiceberg.exceptions import CommitFailedException, NoSuchTableError
from pyiceberg.transforms import HourTransform

from matinee.insight.warehouse.arrow import IcebergTable, pa, pa_dataset, pc, where
from matinee.insight.warehouse.facts import TOPICS, Topic, form_of
from matinee.insight.warehouse.place import Place, filesystem, opened

FACTS, MODELS = "facts", "models"
TITLES = "titles"
FORGOTTEN = f"{FACTS}.forgotten"
"""The profiles that were removed, whose facts are not taken any more."""
LOOKED_BACK = timedelta(days=8)
TRIES = 20
MADE_OF = "matinee.made-of"
PROPERTIES = {
    # Who comes too late must look again at what the table has, which Iceberg's own second try would not.
    "commit.retry.num-retries": "0",
    "write.parquet.compression-codec": "zstd",
    # Each commit writes the table's whole description anew; the last twenty are enough to find out what went wrong.
    "write.metadata.delete-after-commit.enabled": "true",
    "write.metadata.previous-versions-max": "20",
    # Each commit adds a list of files, and whoever plans reads them all: twenty small ones become one.
    "commit.manifest-merge.enabled": "true",
    "commit.manifest.min-count-to-merge": "20",
}
Found = TypeVar("Found")
NOTHING = pa.schema([])
FORGOTTEN_SCHEMA = pa.schema([("profile_id", pa.string())])
TITLE_SCHEMA = pa.schema(
    [
        ("title_id", pa.string()),
        ("name", pa.string()),
        ("kind", pa.string()),
        ("year", pa.int32()),
        ("series", pa.string()),
        ("season", pa.int32()),
        ("runtime_ms", pa.int64()),
        ("genres", pa.list_(pa.string())),
    ]
)


class Crowded(Exception):
    """Others changed the table again and again meanwhile: try later."""


class Tables:
    """The warehouse in one place. Its calls wait for disks and databases: on a thread, please."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._catalog: Any = opened(place)
        for namespace in (FACTS, MODELS):
            self._catalog.create_namespace_if_not_exists(namespace)

    def close(self) -> None:
        self._catalog.close()

    def names(self) -> list[str]:
        """Every table there is, as "facts.ledger"."""
        found = [each for namespace in (FACTS, MODELS) for each in self._catalog.list_tables(namespace)]
        return sorted(".".join(each) for each in found)

    def table(self, name: str) -> IcebergTable:
        """As it is now. Raises NoSuchTableError."""
        return self._catalog.load_table(name)

    def facts(self, topic: Topic) -> IcebergTable:
        """The topic's table, made or widened to the columns we know of; those we do not know of stay."""
        table = self._catalog.create_table_if_not_exists(f"{FACTS}.{topic.name}", form_of(topic).schema, properties=PROPERTIES)
        if table.spec().is_unpartitioned():
            with table.update_spec() as spec:
                spec.add_field("happened", HourTransform(), "happened_hour")
        with table.update_schema() as schema:
            schema.union_by_name(form_of(topic).schema)
        return table

    def add(self, topic: Topic, rows: Any) -> int:
        """Adds those rows (a pyarrow.Table) that are not there yet, all of them or none; how many. Raises Crowded."""
        if not rows.num_rows:
            return 0
        added = _tried(topic.name, lambda: self._add(topic, rows))
        # Who was forgotten since we looked had no row here yet, and so nobody took it out.
        if len(gone := _common(rows["profile_id"], self._forgotten())):
            self._take_out(topic, gone)
        return added

    def _add(self, topic: Topic, rows: Any) -> int:
        table = self.facts(topic)
        fresh = _without_known(table, topic, self._without_forgotten(rows))
        if fresh.num_rows:
            table.append(fresh)
        return int(fresh.num_rows)

    def forget(self, profiles: Sequence[str]) -> None:
        """These profiles' rows leave every table, and none comes anew. Older snapshots keep them some days. Raises Crowded."""
        gone = pa.array(sorted(set(profiles)), pa.string())
        _tried("forgotten", lambda: self._note_forgotten(gone))
        for topic, _ in self.topics():
            self._take_out(topic, gone)

    def _note_forgotten(self, gone: Any) -> None:
        table = self._catalog.create_table_if_not_exists(FORGOTTEN, FORGOTTEN_SCHEMA, properties=PROPERTIES)
        known = self.dataset_of(table).to_table()["profile_id"].combine_chunks()
        fresh = gone.filter(pc.invert(pc.is_in(gone, value_set=known)))
        if len(fresh):
            self.replace(FORGOTTEN, pa.table([pa.concat_arrays([known, fresh])], schema=FORGOTTEN_SCHEMA), table=table)

    def _take_out(self, topic: Topic, profiles: Any) -> None:
        """First noted and then taken out: whoever adds meanwhile looks again."""
        theirs = pc.field("profile_id").isin(profiles)

        def take_out() -> None:
            table = self.facts(topic)
            if self.dataset_of(table).count_rows(filter=theirs):
                table.delete(where.In("profile_id", set(profiles.to_pylist())))

        _tried(topic.name, take_out)

    def _forgotten(self) -> Any:
        if FORGOTTEN not in self.names():
            return pa.array([], pa.string())
        return self.dataset(FORGOTTEN).to_table()["profile_id"].combine_chunks()

    def _without_forgotten(self, rows: Any) -> Any:
        return rows.filter(pc.invert(pc.is_in(rows["profile_id"], value_set=self._forgotten())))

    def replace(self, name: str, rows: Any, made_of: str = "", table: IcebergTable = None) -> None:
        """The table `name` holds these rows and no others; it is made, or made anew where its columns are other ones.

        `made_of` is kept with it, for whoever asks later; `table` is what the rows were made of, if they were. Raises
        CommitFailedException when it is another one by now."""
        if table is None:
            table = self._catalog.create_table_if_not_exists(name, rows.schema, properties=PROPERTIES)
        had, has = (_columns(schema) for schema in (table.schema().as_arrow(), rows.schema))
        if had != has:
            self._catalog.drop_table(name)
            table = self._catalog.create_table(name, rows.schema, properties=PROPERTIES)
        with table.transaction() as change:
            if table.current_snapshot():
                change.delete(where.AlwaysTrue())
            change.append(rows)
            change.set_properties({MADE_OF: made_of})

    def enter(self, name: str, metadata: str) -> None:
        """Takes a table that lies here already into the catalog, by the address of its newest description."""
        self._catalog.register_table(name, metadata)

    def made_of(self, name: str) -> str | None:
        """As `replace` was told; None where there is no such table."""
        try:
            return str(self.table(name).properties.get(MADE_OF, ""))
        except NoSuchTableError:
            return None

    def standing(self) -> str:
        """Another one whenever a table of facts is another one."""
        tables = {name: self.table(name).current_snapshot() for name in self.names() if name.startswith(f"{FACTS}.")}
        return " ".join(f"{name}@{snapshot.snapshot_id if snapshot else 0}" for name, snapshot in tables.items())

    def keep_titles(self, titles: Sequence[dict[str, Any]]) -> None:
        """What titles are called, as TITLE_SCHEMA has it; those the house no longer knows keep their last name."""
        fresh = pa.Table.from_pylist(list(titles), TITLE_SCHEMA)
        _tried(TITLES, lambda: self._keep_titles(fresh))

    def _keep_titles(self, fresh: Any) -> None:
        name = f"{FACTS}.{TITLES}"
        table = self.table(name) if name in self.names() else None
        before = TITLE_SCHEMA.empty_table() if table is None else self.dataset_of(table).to_table().cast(TITLE_SCHEMA)
        gone = before.filter(pc.invert(pc.is_in(before["title_id"], value_set=fresh["title_id"])))
        rows = pa.concat_tables([fresh, gone]).sort_by("title_id")
        if table is None or not rows.equals(before):
            self.replace(name, rows, table=table)

    def dataset(self, name: str, known: Any = NOTHING) -> Any:
        """The rows of a table as it is now, read as they are asked for: a pyarrow.dataset.Dataset.

        Columns that an older file does not have are null, and so are those of the schema `known` that the table will have with
        its next rows. Raises NoSuchTableError."""
        return self.dataset_of(self.table(name), known=known)

    def dataset_of(
        self,
        table: IcebergTable,
        inside: Any = where.AlwaysTrue(),  # noqa: B008 # a constant
        known: Any = NOTHING,
    ) -> Any:
        """`inside` chooses whole files."""
        schema = _plain(table.schema().as_arrow())
        schema = pa.schema([*schema, *(each for each in known if each.name not in schema.names)])
        files = [task.file.file_path for task in table.scan(inside).plan_files()]
        if not files:
            return pa_dataset.dataset(schema.empty_table())
        store, _ = filesystem(self._catalog, self.place.files)
        paths = [filesystem_path(each) for each in files]
        return pa_dataset.dataset(paths, schema=schema, filesystem=store, format="parquet")

    def topics(self) -> Iterable[tuple[Topic, IcebergTable]]:
        """The topics that have a table."""
        for topic in TOPICS:
            try:
                yield topic, self.table(f"{FACTS}.{topic.name}")
            except NoSuchTableError:
                continue

    def store(self) -> tuple[Any, str]:
        """The filesystem below the tables, and their folder in it."""
        return filesystem(self._catalog, self.place.files)


def _tried(name: str, work: Callable[[], Found]) -> Found:
    """Anew, from what the table is by then, whenever another's commit came first. Raises Crowded."""
    for _ in range(TRIES):
        try:
            return work()
        except CommitFailedException:
            continue
    raise Crowded(f"the table {name} was changed by others {TRIES} times in a row: try again later")


def filesystem_path(location: str) -> str:
    """file:///a/b is /a/b to its filesystem, s3://bucket/a is bucket/a."""
    return location.removeprefix("file://").removeprefix("s3://")


def _plain(schema: Any) -> Any:
    """Without Iceberg's notes on the columns, and without the large strings it likes."""
    return pa.schema([(field.name, _small(field.type)) for field in schema])


def _small(kind: Any) -> Any:
    if pa.types.is_large_string(kind):
        return pa.string()
    if pa.types.is_large_list(kind) or pa.types.is_list(kind):
        return pa.list_(_small(kind.value_type))
    if pa.types.is_struct(kind):
        return pa.struct([(each.name, _small(each.type)) for each in kind])
    return kind


def _columns(schema: Any) -> list[tuple[str, str]]:
    return [(field.name, str(_small(field.type)).replace("element: ", "item: ")) for field in schema]


def _common(some: Any, others: Any) -> Any:
    """What is in both, each once."""
    each = pc.unique(some)
    return each.filter(pc.is_in(each, value_set=others))


def _without_known(table: IcebergTable, topic: Topic, rows: Any) -> Any:
    seen = _known(table, topic, rows)
    fresh = list[bool]()
    for key in zip(*(rows[name].to_pylist() for name in topic.known_by), strict=True):
        fresh.append(key not in seen)
        seen.add(key)
    return rows.filter(pa.array(fresh, pa.bool_()))


def _known(table: IcebergTable, topic: Topic, rows: Any) -> set[tuple[Any, ...]]:
    """Of the producers in the rows, what the table has since a little more than a week before."""
    first, told = topic.known_by[0], rows[topic.told_by]
    since = pc.min(told).as_py() - LOOKED_BACK
    wanted, seen = pc.unique(rows[first]), set[tuple[Any, ...]]()
    scan = table.scan(where.GreaterThanOrEqual(topic.told_by, since.isoformat()), selected_fields=topic.known_by)
    for batch in scan.to_arrow_batch_reader():
        named = batch.filter(pc.is_in(batch[first], value_set=wanted.cast(batch[first].type)))
        seen.update(zip(*(named[name].to_pylist() for name in topic.known_by), strict=True))
    return seen
