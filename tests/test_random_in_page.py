"""Models by lot in Chromium: the page's own arithmetic gives Python's numbers to 1e-9.

300 models in `make test`; `make test-random` sets RANDOM_MODELS=5000.
"""

from __future__ import annotations

import os

import built
import numpy as np
import pytest
import random_models
from test_random_models import EACH, close

from aiimpact.live.controls import inputs_of
from aiimpact.live.model import Model
from aiimpact.live.trace import TraceError

pytestmark = pytest.mark.browser

MODELS = int(os.environ.get("RANDOM_MODELS", "300"))
AT_ONCE = 50
# Two roots that cancel but for the last digit, which two libraries round differently.
BY_CHANCE = {509}
# JSON has no NaN and no infinity, so numbers travel as texts.
COMPUTE = """(cases) => cases.map(({ signals, outputs, places }) => {
  const compute = aiimpact.program(signals.filter(({ update }) => update));
  return places.map((place) => {
    const values = compute(place);
    return outputs.map((id) => String(Number(values.get(id))));
  });
})"""


@pytest.mark.parametrize("first", range(0, MODELS, AT_ONCE))
def test_the_page_agrees_with_python_on_models_by_lot(awake, first):
    tab = awake(built.Address(built.SAMPLE, "plain-number"))
    seeds, cases, all_wanted, refused = [], [], [], 0
    for seed in range(first, first + AT_ONCE):
        if seed in BY_CHANCE:
            continue
        function, controls, _ = random_models.model(seed)
        inputs, _ = inputs_of(function, controls, {})
        try:
            model = Model(function, "made", "Made", inputs)
        except TraceError:
            # Its author is told, as where the sign of what is no number decides.
            refused += 1
            continue
        seeds.append(seed)
        places = random_models.settings(inputs, seed, EACH)
        all_wanted.append(np.array([list(model.evaluate(place).values()) for place in places]).T)
        cases.append(
            {
                "signals": list(model.vega_signals()),
                "outputs": [output.id for output in model.outputs],
                "places": [model.signals(place) for place in places],
            }
        )
    computed = tab.in_json(COMPUTE, cases, seconds=120)
    assert refused <= 1, "hardly a model is refused"
    for seed, found, wanted in zip(seeds, computed, all_wanted, strict=True):
        numbers = np.array(found).astype(float).T
        for of_page, of_python in zip(numbers, wanted, strict=True):
            assert close(of_page, of_python).all(), f"seed {seed}\n{random_models.model(seed)[2]}"
