import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", README, flags=re.S | re.M))


def test_the_code_of_the_readme_runs_and_gives_the_figure_in_its_comment():
    blocks = re.findall(r"```python\n(.*?)```", README, flags=re.S)
    assert len(blocks) == 2
    names: dict[str, object] = {}
    for block in blocks:
        exec(block, names)
    claimed = re.search(r"# ([\d.]+) t CO2e; the source prints ([\d.]+)", blocks[0])
    assert claimed is not None
    result = eval("grid.emissions_t(site_mwh, run.grid_kg_per_kwh)", names)
    assert result == pytest.approx(float(claimed[1]), abs=0.05)
    assert names["run"].emissions_t == float(claimed[2])


def test_each_audience_has_one_screen():
    assert list(SECTIONS) == ["Reader", "Teacher", "Author", "Contributor", "Licence"]
    lengths = {name: len(re.findall(r"\S[^\n]*", text)) for name, text in SECTIONS.items()}
    assert max(lengths.values()) <= 25, lengths


def test_two_commands_stand_at_the_head():
    first = re.search(r"```sh\n(.*?)```", README, flags=re.S)
    assert first is not None
    assert re.findall(r"^make (\S+)", first[1], flags=re.M) == ["serve", "test"]


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_what_a_page_names_is_there(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)", text)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
    targets = set(re.findall(r"(?:^|`)make ([a-z][a-z-]*)", text, flags=re.M))
    known = {
        name
        for line in re.findall(r"^([a-z][a-z -]*):", MAKEFILE, flags=re.M)
        for name in line.split()
    }
    assert targets
    assert targets - known == set()
