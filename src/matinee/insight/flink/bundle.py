"""The code that Flink's Python needs of ours, as one zip for its path: the jobs as they are, and the messages they read.

For a cluster: `python -m matinee.insight.flink.bundle matinee.zip`.

Flink's Python has an older protobuf, for which code that ours generated will not do. A message's description is the same for all,
so that is what the zip holds, and makes the messages of at first import.
"""

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from zipfile import ZipFile

from google.protobuf.descriptor import FileDescriptor

from matinee.contracts import events_pb2
from matinee.insight import flink, streams

MESSAGES = '''"""The messages of events.proto, made of their descriptions."""

from google.protobuf import descriptor_pool, message_factory

POOL = descriptor_pool.DescriptorPool()
for described in {described!r}:
    POOL.AddSerializedFile(described)
for message in POOL.FindFileByName({name!r}).message_types_by_name.values():
    globals()[message.name] = message_factory.GetMessageClass(message)
'''


def bundle(place: Path) -> None:
    """Writes the zip."""
    with ZipFile(place, "w") as zipped:
        for package in ("matinee", "matinee/contracts", "matinee/insight"):
            zipped.writestr(f"{package}/__init__.py", "")
        file: FileDescriptor = events_pb2.DESCRIPTOR
        described = [each.serialized_pb for each in dict.fromkeys(_in_order(file))]
        zipped.writestr("matinee/contracts/events_pb2.py", MESSAGES.format(described=described, name=file.name))
        for package in (streams, flink):
            for path in _files(package):
                zipped.write(path, f"{package.__name__.replace('.', '/')}/{path.name}")


def _in_order(file: FileDescriptor) -> Iterator[FileDescriptor]:
    """Those that a file imports before it."""
    for each in file.dependencies:
        yield from _in_order(each)
    yield file


def _files(package: ModuleType) -> list[Path]:
    folder = Path(inspect.getfile(package)).parent
    return [folder / "__init__.py", *(folder / f"{module.name}.py" for module in iter_modules([str(folder)]))]


if __name__ == "__main__":
    bundle(Path(sys.argv[1]))
