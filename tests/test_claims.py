import datetime
import re

import pandas as pd
import pytest

from aiimpact import claims, tables

REGISTER = claims.load()
RAW = {entry["id"]: entry for entry in claims.register.raw_entries()}
CHAPTER_1 = [
    "strubell-626k-lb-five-cars",
    "gpt3-552-t",
    "gpt4-over-1000-t",
    "model-growth-exponential-energy",
    "ai-3-5-percent-of-emissions-2030",
]
each_claim = pytest.mark.parametrize("claim", REGISTER.values(), ids=list(REGISTER))


def test_chapter_1_is_complete():
    assert [claim.id for claim in REGISTER.values() if claim.chapter == 1] == CHAPTER_1


def test_all_36_are_in_and_in_the_order_of_the_chapters():
    assert len(REGISTER) == 36
    chapters = [claim.chapter for claim in REGISTER.values()]
    assert chapters == sorted(chapters)
    assert [chapters.count(chapter) for chapter in range(7)] == [2, 5, 7, 7, 7, 6, 2]


def test_no_entry_is_past_its_review():
    for claim in REGISTER.values():
        assert datetime.date.today() <= claim.review_by, f"look at {claim.id} again"


@each_claim
def test_what_was_not_looked_up_is_named(claim):
    remembered = [statement.text for statement in claim.source_says if not statement.read]
    assert set(remembered) <= set(claim.unverified)


def test_a_remembered_row_marks_the_entry():
    assert "idc-2027" in claims.get("idc-ai-market-2022-2027").unverified
    assert claims.get("lever-liquid-cooling").unverified == ()


@each_claim
def test_every_entry_rests_on_a_table(claim, monkeypatch):
    """Change the first row that an entry calls, and it no longer comes out."""
    calls = " ".join(step.call for step in claim.steps)
    constant = re.search(r'constant\(\s*"([^"]+)"', calls)
    cell = re.search(r'quantity\(\s*"([^"]+)",\s*"([^"]+)"(?:,\s*"([^"]+)")?', calls)
    table, key, column = ("constants", constant[1], None) if constant else cell.groups()
    read = tables._read

    def changed(name):
        rows = read(name).copy()
        if name == table:
            rows.loc[key, [column] if column else ["low", "mid", "high"]] *= 1.2
            if not column:
                rows.loc[key, "year"] += 1
        return rows

    monkeypatch.setattr(tables, "_read", changed)
    assert not claim.holds()


@each_claim
def test_every_step_comes_out_as_the_entry_says(claim):
    steps = claim.recompute()
    assert len(steps) > 0
    wrong = [
        f"{claim.id}: {step.what} is {step.expected:g} {step.unit} by the entry, and its call gives {step.computed:.6g}."
        for step in steps[~steps.ok].itertuples()
    ]
    if wrong:
        fix = (
            "If the rows are right, correct `gives` in aiimpact/data/claims.yaml; "
            "and `verdict`, `why` and `teach_today` where they no longer hold."
        )
        pytest.fail("\n".join([*wrong, fix]), pytrace=False)
    assert claim.holds()


@each_claim
def test_tolerance_is_tight(claim):
    """A tolerance is rounding, not room: at most 5 per cent of the value."""
    steps = claim.recompute()
    assert (steps.tolerance > 0).all()
    assert (steps.tolerance <= 0.05 * steps.expected.abs()).all()


@each_claim
def test_a_reproduced_claim_gives_the_articles_number(claim):
    if claim.verdict == "reproduced":
        computed = claim.recompute().computed
        for value in claim.article_values:
            assert (abs(computed - value.value) <= 0.5).any(), (
                f"{claim.id} is reproduced, and no step gives {value.value:g} {value.unit}. "
                "If the rows are right, the verdict is not."
            )


@pytest.mark.parametrize(
    ("claim_id", "low", "high", "times"),
    [
        (
            "ai-3-5-percent-of-emissions-2030",
            "AI in 2030, if it is accelerated servers alone",
            "All data centres of 2030 in the base case, as a share of energy CO2",
            100,
        ),
        (
            "gpt4-over-1000-t",
            "Emissions of 90 days in eastern Canada",
            "Emissions of 100 days there, with 24 hours each",
            1,
        ),
        (
            "irena-5pct-growth-2030",
            "The same from 2030 to 2035",
            "Growth a year of the base case of 2025 to 2030, all data centres",
            100,
        ),
    ],
)
def test_a_range_to_teach_ends_where_its_steps_end(claim_id, low, high, times):
    """Middle beside middle, of one scenario; and no slip of a source among the ends."""
    claim = claims.get(claim_id)
    steps = claim.recompute().set_index("what").computed
    assert claim.teach_today.low == pytest.approx(times * steps[low], rel=0.04)
    assert claim.teach_today.high == pytest.approx(times * steps[high], rel=0.02)


def test_the_claim_about_hong_kong_keeps_its_condition():
    claim = claims.get("hk-ai-carbon-neutral-2035")
    for condition in ("policy", "innovation", "public participation"):
        assert condition in claim.claim


@each_claim
def test_a_wrong_claim_is_wrong_by_its_factor(claim):
    match = re.fullmatch(r"wrong-by-factor\((\d+)\)", claim.verdict or "")
    assert bool(match) == (claim.factor is not None)
    if match:
        assert round(claim.factor.run()) == int(match[1])


@each_claim
def test_entry_is_complete(claim):
    assert re.fullmatch(r"[a-z0-9-]+", claim.id)
    source = claim.primary_source
    texts = [claim.claim, claim.credited_to, claim.why, claim.confidence, claim.teach_today.text]
    for text in [*texts, claim.teach_today.unit, source.authors, source.title, source.id]:
        assert text.strip() == text != ""
    assert source.url.startswith("https://")
    assert 1950 < source.year < 2030
    assert claim.source_says
    assert len(re.findall(r"[.?!](?:\s|$)", claim.why)) == 2, "two sentences"
    assert claim.teach_today.low <= claim.teach_today.high
    assert type(claim.review_by) is datetime.date


@each_claim
def test_calls_carry_no_published_number(claim):
    """Inputs come from the tables; what a call may hold is the claim's own number, or per cent."""
    own = {"0", "1", "100"}
    for value in claim.article_values:
        own |= {f"{value.value:g}", f"{value.value:.0f}"} | (
            {f"{value.value / 100:g}"} if "percent" in value.unit else set()
        )
    calls = [step.call for step in (*claim.steps, *([claim.factor] if claim.factor else []))]
    if claim.size:
        calls += [*claim.size.claimed, claim.size.low, claim.size.mid, claim.size.high]
    calls += [str(RAW[claim.id]["teach_today"][end]) for end in ("low", "high")]
    for call in calls:
        bare = re.sub(r'"[^"]*"', "", call)
        numbers = set(re.findall(r"(?<![\w.])\d[\d_.e]*", bare))
        assert numbers <= own, f"{call}: {numbers - own}"


SAID_AS = {
    "%": {"1", "1/a"},
    "Gt": {"Gt CO2"},
    "Mt": {"Mt CO2", "Mt CO2e"},
    "t": {"t CO2e"},
    **{unit: {unit} for unit in ("TWh", "MWh", "Wh", "mL", "m3")},
}


@each_claim
def test_a_number_in_a_text_is_of_the_kind_that_its_unit_says(claim):
    """A grid of 0.40 kg/kWh is no share of 40 %."""
    raw = RAW[claim.id]
    for text in claims.texts.templates(raw):
        for names, unit in re.findall(r"((?:\{\w+\} to )?\{\w+\}) ([%\w]+)", text):
            for name in re.findall(r"\w+(?=\})", names):
                call = raw["numbers"][name].partition(" | ")[0]
                row = re.fullmatch(r"(?:10* \* )?(tables\.\w+\([^*]*\))\.\w+", call)
                if row and unit in SAID_AS:
                    found = eval(row[1], dict(claims.NAMESPACE)).unit
                    assert found in SAID_AS[unit], f"{{{name}}} {unit}: {call} is in {found}"


# One constant for each claim on which it depends.
DEPENDS = {
    "strubell-626k-lb-five-cars": ("constants", "strubell-nas-hours", "mid"),
    "gpt3-552-t": ("training_runs", "gpt3-175b", "grid_kg_per_kwh"),
    "gpt4-over-1000-t": ("grids", "azure-west-us", "mid"),
    "model-growth-exponential-energy": ("constants", "training-power-growth", "mid"),
    "ai-3-5-percent-of-emissions-2030": ("constants", "world-co2-2024", "mid"),
}


@pytest.mark.parametrize("claim_id", DEPENDS)
def test_a_changed_constant_is_found_out(claim_id, monkeypatch):
    table, key, column = DEPENDS[claim_id]
    read = tables._read

    def changed(name):
        rows = read(name).copy()
        if name == table:
            columns = ["low", "mid", "high"] if column == "mid" else [column]
            rows.loc[key, columns] *= 1.05
        return rows

    assert claims.get(claim_id).holds(), (
        f"{claim_id} does not hold as it stands: look at its steps first"
    )
    monkeypatch.setattr(tables, "_read", changed)
    assert not claims.get(claim_id).holds()


def test_a_changed_factor_is_found_out(monkeypatch):
    read = tables._read

    def changed(name):
        rows = read(name).copy()
        if name == "training_runs":
            rows.loc["evolved-transformer-nas", "power_w"] *= 1.02
        return rows

    monkeypatch.setattr(tables, "_read", changed)
    claim = claims.get("strubell-626k-lb-five-cars")
    assert round(claim.factor.run()) != 88
    assert not claim.recompute().ok.iloc[-1]


def test_climate_in_words_is_what_the_rows_give():
    """No quarter: the least and the most of ten kinds of cooling, between a hot and a cold place."""
    claim = claims.get("siting-hot-cheap-power")
    rows = {
        zone: [tables.effectiveness(f"lei22-case{case}-pue-{zone}").mid for case in range(1, 11)]
        for zone in ("1a", "6a")
    }
    savings = [100 * (1 - cold / hot) for hot, cold in zip(rows["1a"], rows["6a"], strict=True)]
    said = re.search(r"saves (\d+) to (\d+) %", claim.teach_today.text)
    assert said.groups() == (f"{min(savings):.0f}", f"{max(savings):.0f}")


def test_data_are_weighed_where_the_sentence_has_them():
    """Storage and bandwidth stand in the data centre; the line to the reader comes after."""
    claim = claims.get("data-transfer-and-storage-growth")
    low = tables.constant("storage-network-share-2025").low
    high = tables.constant("other-it-share-2024").high
    assert (claim.teach_today.low, claim.teach_today.high) == (100 * low, 100 * high)
    assert "other-it-share-2024" in claim.steps[0].call
    assert not any("chat-answer-mb" in step.call for step in claim.steps[:2])
    assert claim.advice.effect == "effect-if"
    assert "disks and switches" in claim.advice.condition


def test_recompute_is_a_table():
    steps = claims.get("gpt3-552-t").recompute()
    assert isinstance(steps, pd.DataFrame)
    assert list(steps) == ["what", "call", "expected", "computed", "unit", "tolerance", "ok"]


def test_unknown_claim_lists_the_nearest():
    with pytest.raises(KeyError, match=r"There is no claim 'gpt3-552'\. Nearest: gpt3-552-t"):
        claims.get("gpt3-552")


def changed_claim(**fields):
    old = REGISTER["gpt3-552-t"]
    return claims.Claim(**({name: getattr(old, name) for name in old.__slots__} | fields))


def test_a_wrong_entry_says_so():
    step = REGISTER["gpt3-552-t"].steps[0]
    with pytest.raises(ValueError, match=r"must have one of the verdicts reproduced, .* got true"):
        changed_claim(verdict="true")
    with pytest.raises(ValueError, match="A factor goes in parentheses"):
        changed_claim(verdict="wrong-by-factor", factor=step)
    with pytest.raises(ValueError, match="must have a factor exactly when"):
        changed_claim(verdict="wrong-by-factor(88)")
    with pytest.raises(ValueError, match="must have a factor exactly when"):
        changed_claim(factor=step)
    with pytest.raises(ValueError, match="must give the factor of its verdict"):
        changed_claim(verdict="wrong-by-factor(88)", factor=step)
    with pytest.raises(ValueError, match="low <= high in teach_today"):
        changed_claim(teach_today=claims.Teaching("x", 2, 1, "t"))


def test_register_can_be_copied_freely():
    register = claims.load()
    register.clear()
    assert len(claims.load()) == len(REGISTER)
