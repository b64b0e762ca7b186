"""Exams on a cluster of Dask, for a class that is too large for one machine."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from aiimpact.classroom.grading.exams import IN_FLIGHT

WAIT_SECONDS = 60.0
"""How long a scheduler may take to have a worker. [s]"""


@contextmanager
def dask(address: str) -> Iterator[tuple[Executor, int]]:
    """Connect to a scheduler of Dask.

    An exam whose worker is lost is held again on another. Each worker holds as many exams at once
    as it has threads.

    Parameters
    ----------
    address : str
        Such as "tcp://127.0.0.1:8786".

    Yields
    ------
    executor : concurrent.futures.Executor
        Holds exams.
    in_flight : int
        How many keep its workers busy.

    Raises
    ------
    RuntimeError
        If Dask is not installed, nobody answers, or there is no worker.
    """
    try:
        from distributed import Client
    except ImportError:
        msg = 'For a cluster, Dask must be installed: pip install "aiimpact[scale]".'
        raise RuntimeError(msg) from None
    try:
        client = Client(address)
    except (OSError, ValueError) as error:
        msg = f"No scheduler of Dask answers at {address}: {error}. Is `dask scheduler` running there?"
        raise RuntimeError(msg) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=WAIT_SECONDS)
        except TimeoutError:
            msg = f"The scheduler at {address} has no worker. Start some: dask worker {address}"
            raise RuntimeError(msg) from None
        threads = sum(client.nthreads().values())
        yield client.get_executor(pure=False), max(IN_FLIGHT, 2 * threads)
