"""Vega for notebooks: bundled once, kept for the next kernel, and never a reason to fail."""

from __future__ import annotations

import pytest

from aiimpact.live import vega


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where bundles are kept."""
    monkeypatch.setattr(vega, "get_ipython_cache_dir", lambda: str(tmp_path / "kept"))
    return tmp_path / "kept"


@pytest.fixture
def made(monkeypatch):
    """The modules that were bundled."""
    modules: list[str] = []

    def bundle(module: str) -> str:
        modules.append(module)
        return f"// vega ±\n{module}"

    monkeypatch.setattr(vega.vlc, "javascript_bundle", bundle)
    return modules


def test_the_next_kernel_reads_what_was_kept(folder, made):
    folder.mkdir()
    first = vega.bundle()
    assert vega.bundle() == first
    assert len(made) == 1
    assert [path.suffix for path in folder.iterdir()] == [".js"]


def test_another_version_of_vega_is_bundled_anew(folder, made, monkeypatch):
    folder.mkdir()
    vega.bundle()
    monkeypatch.setattr(vega, "version", lambda package: f"another {package}")
    vega.bundle()
    assert len(made) == 2


@pytest.mark.parametrize("stands_in_the_way", [None, "a file"])
def test_where_nothing_can_be_kept_it_is_bundled_each_time(folder, made, stands_in_the_way):
    if stands_in_the_way:
        folder.write_text(stands_in_the_way)
    assert vega.bundle() == vega.bundle()
    assert len(made) == 2


def test_a_full_disk_leaves_nothing_half_written(folder, made, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    folder.mkdir()
    monkeypatch.setattr(vega.Path, "replace", full)
    assert vega.bundle() == vega.bundle()
    assert list(folder.iterdir()) == []


def test_the_real_bundle_is_kept_as_it_is(folder):
    folder.mkdir()
    fresh = vega.bundle()
    assert vega.bundle() == fresh
    assert len(fresh) > 500_000
    assert "globalThis.aiimpact" in fresh
