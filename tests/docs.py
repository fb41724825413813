"""What the documents say is true: paths exist, commands and options are real, and none is left out."""

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from matinee.__main__ import app
from matinee.by_name import named
from matinee.topology import REPOSITORY
from matinee.wiring import ENGINES, HOUSE

DOCUMENTS = sorted(
    path
    for path in [
        *REPOSITORY.glob("*.md"),
        *REPOSITORY.glob("journeys/*.md"),
        *REPOSITORY.glob("decisions/*.md"),
        *REPOSITORY.glob("docs/*.md"),
        REPOSITORY / "bench/README.md",
    ]
    if path.exists()
)
ROOTS = (
    "src/",
    "tests/",
    "web/",
    "contracts/",
    "topology/",
    "journeys/",
    "decisions/",
    "bench/",
    ".ci/",
    "docs/",
    "infra/",
    "deploy/",
)
# Named in the documents as what the design has for later, or made by set-up.
MADE = {"web/dist", "web/schema.graphql"}


def paths_in(text: str) -> set[str]:
    """What stands in backticks and reads like a path of this repository."""
    words = {word for word in re.findall(r"`([^`\s]+)`", text) if not re.search(r"[*<…{]", word)}
    return {
        word
        for word in words
        if word.startswith(ROOTS) or re.fullmatch(r"[A-Z]+\.md|LICENSE|pyproject\.toml|[\w-]+\.lock|Makefile", word)
    }


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_every_path_a_document_names_exists(document: Path) -> None:
    """A reader who follows a path finds what the text promises."""
    missing = [path for path in paths_in(document.read_text()) if not (REPOSITORY / path).exists() and path not in MADE]
    assert missing == []


def test_the_journeys_name_real_files() -> None:
    """Each journey walks through many files of the house, so that the check above has something to bite on."""
    for journey in (REPOSITORY / "journeys").glob("*.md"):
        assert len(paths_in(journey.read_text())) >= 8, journey


def test_the_readme_shows_home_and_watching() -> None:
    """Who comes by sees at once what it looks like, and does not wait for it."""
    pictures = re.findall(r"!\[[^\]]+\]\((\S+\.webp)\)", (REPOSITORY / "README.md").read_text())
    assert pictures == ["docs/home.webp", "docs/watch.webp"]
    for picture in pictures:
        content = (REPOSITORY / picture).read_bytes()
        assert content[8:12] == b"WEBP", picture
        assert len(content) < 200_000, picture


# What public descriptions of Netflix's architecture name.
PARTS = """ELB|Zuul|Eureka|Hystrix|Spring Boot|Node.js|EVCache|Cassandra|CockroachDB|MySQL|DynamoDB|S3|Kafka|Flink
Spark|Hadoop|Redshift|Tableau|Open Connect|CloudFront|FFmpeg|MPEG-DASH|HLS|collaborative filtering|content-based filtering
neural networks|React|Swift|Kotlin|OAuth 2.0|JWT|HTTPS|DDoS|encryption|rate limits|Atlas|Prometheus|ELK|PagerDuty
Chaos Monkey|Simian Army|Spinnaker|Jenkins|Gradle|auto scaling|several regions"""


@pytest.mark.parametrize("part", re.split(r"[|\n]", PARTS))
def test_every_part_of_netflix_has_its_answer(part: str) -> None:
    """Each part stands in the table: what it is for, a file of ours or the plain word that there is none, what is missing."""
    rows = [line for line in (REPOSITORY / "docs/netflix.md").read_text().splitlines() if line.startswith("|")]
    cells = next(row.strip("|").split("|") for row in rows if part in row.split("|")[1])
    assert len(cells) == 4
    assert paths_in(cells[2]) or "nothing yet" in cells[2]
    assert all(cell.strip() for cell in cells)


def test_every_command_and_option_is_in_the_readme() -> None:
    """The README leaves out no command and no option of `up`, and names none that is not there."""
    readme = (REPOSITORY / "README.md").read_text()
    commands = {name for name in app if not name.startswith("-") and app[name].show}
    assert commands == {"up", "run", "move", "deploy", "studio", "app", "recs", "insight", "services", "doctor", "schema"}
    for command in commands:
        assert re.search(rf"matinee {command}\b", readme), command
    named = set(re.findall(r"`(--[a-z-]+)[ `]", readme))
    real = {name for argument in app["up"].assemble_argument_collection() for name in argument.names if name.startswith("--")}
    assert {"--library", "--demo", "--state", "--port", "--host", "--topology"} <= real
    assert named >= real, "an option is missing in the README"
    assert {flag for flag in named if flag not in real} == set()


def test_every_make_target_named_exists_and_every_one_explained_is_real() -> None:
    """`make help` and the documents agree with the Makefile."""
    makefile = (REPOSITORY / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))
    assert {"setup", "up", "test", "lint", "bench", "soak", "help"} <= targets
    for document in DOCUMENTS:
        named = set(re.findall(r"`make ([a-z-]+)", document.read_text()))
        assert named <= targets, document
    told = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=REPOSITORY, capture_output=True, text=True, check=True
    ).stdout
    assert all(f"make {target}" in told for target in targets)


def test_the_table_resolves() -> None:
    """Every class the table names, service or engine, can be imported and called."""
    for room in HOUSE.values():
        assert callable(named(room.front))
        assert (REPOSITORY / "src" / (room.front.partition(":")[0].replace(".", "/") + ".py")).exists()
    for engines in ENGINES.values():
        for where in engines.values():
            assert callable(named(where))


def test_the_exported_schema_is_the_one_served() -> None:
    """`web/schema.graphql`, from which the web app is typed, is what the door answers by."""
    from matinee.screen.schema import SCHEMA

    assert (REPOSITORY / "web" / "schema.graphql").read_text() == SCHEMA.as_str() + "\n", (
        "type: matinee schema > web/schema.graphql"
    )


def test_there_is_one_version() -> None:
    """The package, the web app, the images and the newest changes bear the same number."""
    version = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]["version"]
    newest = re.search(r"^## ([\d.]+)", (REPOSITORY / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest
    assert newest[1] == version
    for file in ("web/package.json", "web/package-lock.json"):
        assert json.loads((REPOSITORY / file).read_text())["version"] == version
    for file in ("Dockerfile", "deploy/compose.yaml", "docs/deploy.md", "src/matinee/up/deploying.py"):
        images = set(re.findall(r"matinee:(\d[\d.]*\d)", (REPOSITORY / file).read_text()))
        assert images == {version}, file
