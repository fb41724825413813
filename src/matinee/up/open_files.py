"""How many files and connections a process may have open: as many as the system lets it, not as few as a shell gives it.

Each viewer is two or three connections to a box and one to the front door; the usual 1024 are few of either.
"""

import resource

LEAST_OPEN_FILES = 4096


def open_as_many_as_allowed() -> None:
    """For this process and all it starts."""
    _, allowed = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, allowed))


def problem_with_open_files() -> str:
    """Why viewers would be turned away before the house is full; empty: they would not."""
    _, allowed = resource.getrlimit(resource.RLIMIT_NOFILE)
    few = allowed != resource.RLIM_INFINITY and allowed < LEAST_OPEN_FILES
    return f"a process may have only {allowed} files and connections open at once" if few else ""
