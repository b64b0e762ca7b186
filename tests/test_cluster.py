"""A class is graded on a cluster of this machine, of which a worker dies in the middle."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import corpus
import pytest
from corpus import FILE

pytestmark = [pytest.mark.scale, pytest.mark.timeout(900)]


@pytest.fixture
def submissions(tmp_path: Path) -> Path:
    folder = tmp_path / "submissions"
    kit = corpus.Kit(corpus.Place(folder, Path("/canary"), Path("/secret"), 9))
    for i in range(8):
        student = folder / f"s{i:03}"
        student.mkdir(parents=True)
        notebook = kit.solved(student.name)
        # So that the one that is to be killed is at work.
        notebook.cells[1].source += "\nimport time; time.sleep(1)"
        (student / FILE).write_bytes(corpus.written(notebook))
    return folder


def test_a_worker_that_is_killed_in_the_middle_loses_nothing(submissions, tmp_path):
    distributed = pytest.importorskip("distributed", reason="needs Dask: make test-scale")
    from aiimpact.classroom.grading import cluster, grade

    killed: list[int] = []

    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
    ) as local:

        def kill(done: int, of: int) -> None:
            if done == 2:
                worker = next(iter(local.workers.values()))
                killed.append(worker.pid)
                os.kill(worker.pid, signal.SIGKILL)

        with cluster.dask(local.scheduler_address) as (executor, in_flight):
            entries = grade.grade(
                submissions,
                tmp_path / "out",
                executor=executor,
                in_flight=in_flight,
                not_isolated=True,
                progress=kill,
            )
    assert killed
    assert [entry.set_aside for entry in entries] == [""] * 8
    assert {sum(mark.points for mark in entry.marks) for entry in entries} == {20.0}
    assert len(list((tmp_path / "out" / "exams").glob("*.json"))) == 8


def test_a_scheduler_without_workers_is_told(monkeypatch):
    distributed = pytest.importorskip("distributed", reason="needs Dask: make test-scale")
    from aiimpact.classroom.grading import cluster

    monkeypatch.setattr(cluster, "WAIT_SECONDS", 0.5)
    with distributed.LocalCluster(n_workers=0, host="127.0.0.1", dashboard_address=None) as local:
        nobody = cluster.dask(local.scheduler_address)
        with pytest.raises(RuntimeError, match="has no worker"):
            nobody.__enter__()
