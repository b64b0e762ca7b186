import re
from pathlib import Path

import pytest

README = Path(__file__).parents[1] / "README.md"


def test_the_code_of_the_readme_runs_and_gives_the_figure_in_its_comment():
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), flags=re.S)
    assert len(blocks) == 2
    names: dict[str, object] = {}
    for block in blocks:
        exec(block, names)
    claimed = re.search(r"# ([\d.]+) t CO2e; the source prints ([\d.]+)", blocks[0])
    assert claimed is not None
    result = eval("grid.emissions_t(site_mwh, run.grid_kg_per_kwh)", names)
    assert result == pytest.approx(float(claimed[1]), abs=0.05)
    assert names["run"].emissions_t == float(claimed[2])
