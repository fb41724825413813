"""What tests of Spark and of Flink share."""

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="module")
def brief_java() -> Iterator[None]:
    """What runs for seconds is not worth compiling well: it halves what a Java costs us."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
        yield
