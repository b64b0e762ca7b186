"""Charts that an author made with Altair."""

from __future__ import annotations

import altair as alt

from aiimpact.live.aliases import aliases
from aiimpact.live.charts.drawing import Drawing, lines_of, table_of
from aiimpact.live.charts.lines import table_of_series
from aiimpact.live.model import Model


def author_chart(chart: alt.TopLevelMixin, model: Model) -> Drawing:
    """Take an Altair chart as it is; it may name inputs and outputs in any expression."""
    shown = [output for output in model.outputs if not output.is_series]
    return Drawing(
        chart,
        require_description(chart),
        table_of(lines_of(shown, lambda output: output.name), "Value", model)
        if shown
        else table_of_series(model),
        signals=aliases(chart.to_dict(), model),
    )


def require_description(chart: alt.TopLevelMixin) -> str:
    """Return what a chart says of itself, or raise."""
    description = chart.to_dict().get("description")
    if not description:
        msg = (
            "The chart has no description, so nobody who cannot see it knows what it shows. "
            'Add .properties(description="…").'
        )
        raise ValueError(msg)
    return str(description)
