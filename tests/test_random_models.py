"""Models by lot: the record, replayed and in Vega, gives Python's numbers wherever it is asked."""

from __future__ import annotations

import in_vega
import numpy as np
import pytest
import random_models

from aiimpact.live.choices import kind_of_input
from aiimpact.live.controls import inputs_of
from aiimpact.live.model import Model
from aiimpact.live.trace import Symbol, evaluate_all

MODELS = 300
EACH = 20


def close(found, wanted):
    # What is next to nothing beside the largest number may be rounding.
    size = np.max(np.abs(wanted), initial=0.0, where=np.isfinite(wanted))
    return np.isclose(found, wanted, rtol=1e-9, atol=1e-12 * size, equal_nan=True)


@pytest.mark.parametrize("first", range(0, MODELS, 50))
def test_models_by_lot_agree(first):
    for seed in range(first, first + 50):
        function, controls, text = random_models.model(seed)
        inputs, _ = inputs_of(function, controls, {})
        model = Model(function, "made", "Made", inputs)
        places = random_models.settings(inputs, seed, EACH)
        wanted = np.array([list(model.evaluate(place).values()) for place in places]).T
        signals = {x.id: np.array([place[x.name] for place in places]) for x in inputs}
        replayed = evaluate_all([output.value for output in model.outputs], signals)
        fields = {x.name: Symbol(f"datum.{x.id}", kind=kind_of_input(x)) for x in inputs}
        outputs = {output.id: output.value for output in model._trace(fields)}
        rows = [
            {x.id: float(v) if type(v := place[x.name]) is int else v for x in inputs}
            for place in places
        ]
        drawn = in_vega.run(outputs, rows)
        for i, key in enumerate(outputs):
            assert close(np.broadcast_to(replayed[i], EACH), wanted[i]).all(), f"{seed}\n{text}"
            found = np.array([row[key] for row in drawn])
            assert close(found, wanted[i]).all(), f"{seed} in Vega: {found} {wanted[i]}\n{text}"


def test_the_models_do_what_models_do():
    texts = [random_models.model(seed)[2] for seed in range(MODELS)]
    for part in ("for k", "if ", "np.where", "interval(", "//", "**", "~", "np.select", "北風"):
        assert sum(part in text for text in texts) > 20, part
    assert texts == [random_models.model(seed)[2] for seed in range(MODELS)]
