"""A child that works for somebody ends with them: when they are gone, however suddenly, there is nobody to hand its work to."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def end_with(parent: int) -> None:
    """From now on the kernel ends this process when that one, which began it, dies. On Linux; elsewhere nothing is done."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            sys.exit("whoever began this is gone")
