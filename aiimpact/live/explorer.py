"""`explore`: an `interact` that needs no kernel."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from numbers import Real
from pathlib import Path
from typing import Any

import altair as alt
import traitlets

from aiimpact import words
from aiimpact.live import assets, charts, draw, save
from aiimpact.live.controls import FOLLOWED, Input, Refused, inputs_of, require_controls, same
from aiimpact.live.converter import require_compiled
from aiimpact.live.model import require_name
from aiimpact.live.recipe import Recipe, title_of
from aiimpact.live.widget import PageWidget


class Explorer(PageWidget):
    """A model with controls, readouts, a chart and a table. Made by :func:`explore`.

    Attributes
    ----------
    name : str
        What the page calls it: ``window.explorers[name]``.
    controls : dict
        Input name to ipywidgets control. What is set there reaches the page, and the other way
        round; so do other limits and options.
    values : dict
        Input name to present value. It changes once for all that was set together, so
        ``explorer.observe(function, "values")`` never sees half of it.
    """

    _esm = assets.text("explorer.js")
    _css = assets.text("explorer.css")

    values = traitlets.Dict(read_only=True)
    _facts = traitlets.List().tag(sync=True)
    _page = traitlets.Dict().tag(sync=True)

    def __init__(self, recipe: Recipe) -> None:
        self._recipe = recipe
        self._model = recipe.trace()
        page, html = recipe.draw(self._model)
        self._setting = False
        self.controls = {given.name: given.widget for given in recipe.inputs}
        super().__init__(
            name=recipe.name,
            _facts=[given.facts() for given in recipe.inputs],
            _page=page,
            _markup=html,
        )
        # One trait an input, so that ipywidgets keeps the order of what both sides set.
        self.add_traits(
            **{given.id: traitlets.Any().tag(sync=True) for given in self._model.inputs}
        )
        # What both sides agreed on last, by id.
        self._agreed: dict[str, Any] = {}
        self._follow_controls()
        for given in self._model.inputs:
            given.widget.observe(self._follow_controls, _followed(given))
        self.observe(self._follow_page, [given.id for given in self._model.inputs])
        self.on_msg(self._answer)

    def close(self) -> None:
        """Take the explorer out of the front end, and leave its controls alone."""
        # ipywidgets closes once more when the object goes.
        if self.comm is not None:
            for given in self._model.inputs:
                given.widget.unobserve(self._follow_controls, _followed(given))
        super().close()

    def _follow_controls(self, _: Any = None) -> None:
        """Tell the page how the controls are: limits and value in one message, or it would see half."""
        if self._setting:
            return
        self._require_choices()
        inputs = self._model.inputs
        facts = [given.facts() for given in inputs]
        other_options = [f.get("options") for f in facts] != [f.get("options") for f in self._facts]
        with self.hold_sync():
            if other_options:
                self._model = self._recipe.trace()
                self._page, self._markup = self._recipe.draw(self._model)
            self._facts = facts
            self._agreed = {given.id: given.state for given in inputs}
            for key, state in self._agreed.items():
                setattr(self, key, state)
        self.set_trait("values", self._model.settings())

    def _require_choices(self) -> None:
        for given in self._model.inputs:
            if given.options and given.state is None:
                given.put(0)
                msg = (
                    f"{given.name} needs one of its options, got None; the first is chosen now. "
                    f"Give it a value: {given.options[0][1]!r}."
                )
                raise ValueError(msg)

    def _follow_page(self, _: Any) -> None:
        """Set the controls to what the page says, all together; what they refuse goes back."""
        if self._setting:
            return
        errors: list[Exception] = []
        self._setting = True
        try:
            told = {given: getattr(self, given.id) for given in self._model.inputs}
            moved = {x: state for x, state in told.items() if not same(state, self._agreed[x.id])}
            for given, state in moved.items():
                try:
                    given.put(given.allowed(state))
                except Refused:
                    continue
                # An author's observer: the other inputs are set all the same.
                except Exception as error:
                    errors.append(error)
        finally:
            self._setting = False
            self._follow_controls()
        if errors:
            raise errors[0]

    def _answer(self, _: Any, content: Mapping[str, Any], __: Any) -> None:
        """Send a page the script that it lacks, and finish the chart that it compiled."""
        spec = self._page["spec"]
        match content:
            case {"want": "vega" | "vega-lite" as script}:
                self.send({script: assets.text(f"{script}.js")})
            # Another view was faster, or other options have made another chart meanwhile.
            case {"compiled": vega, "of": lite} if lite == spec.get("lite"):
                self._page = self._page | {"spec": draw.finish(spec, vega)}

    def evaluate(self, /, **inputs: Any) -> dict[str, Any]:
        """Run the model in Python.

        Parameters
        ----------
        **inputs
            Inputs by name. Those left out are taken at the present value of their control.

        Returns
        -------
        dict
            Output name to number, or to a list of numbers where the output is a series.
        """
        for name in inputs:
            self._model.input(name)
        return self._model.evaluate(self._model.settings() | inputs)

    def state(self) -> dict[str, Any]:
        """Give what a front end without a kernel must know, beside the markup.

        Returns
        -------
        dict
            Plain data, for JSON.

        Raises
        ------
        ModuleNotFoundError
            If no page has compiled the chart yet, and there is no vl-convert to do it here.
        """
        require_compiled(self.name, self._page)
        keys = ["_page", "_facts", *self._agreed]
        return {key: getattr(self, key) for key in keys}

    def html(self, *, title: str | None = None, language: str | None = None) -> str:
        """Write the explorer as one HTML document with everything inside.

        It works from disk with the network off. Its address takes settings (``#name?pue=1.5``), and
        it tells a page that frames it its height: ``{type: "explorer-height", height}``.

        Parameters
        ----------
        title
            Title of the document; by default the explorer's.
        language
            Language of its texts, such as "de"; by default the one in use.

        Returns
        -------
        str
            The document.
        """
        return save.document(
            title=title or words.name(self._model.title),
            language=language or words.language(),
            markup=self._markup,
            styles=[assets.text("explorer.css" if self._page["stamp"] else "alone.css")],
            scripts=[assets.text("vega.js"), assets.text("alone.js")],
            states={self.name: self.state()},
            notices=assets.text("VEGA-LICENSES.txt"),
        )

    def myst(self, folder: str | Path = ".") -> str:
        """Write the explorer as Jupyter Book 2 and MyST show it: a directive and one module for all.

        Parameters
        ----------
        folder
            Where the page is; the module is written there.

        Returns
        -------
        str
            The directive, to be pasted into the page.
        """
        return save.directive(self.name, self._markup, self.state(), folder)

    def __repr__(self) -> str:
        """List inputs and outputs at the present values, so that a test compares the numbers."""
        settings, values = self._model.settings(), self.evaluate()
        wide = max(map(len, [*settings, *values]))
        lines = [f"Explorer {self.name!r}"]
        for kind, numbers in (("inputs", settings), ("outputs", values)):
            lines.append(f"  {kind}")
            lines += [f"    {name:<{wide}}  {_plain(value)}" for name, value in numbers.items()]
        return "\n".join(lines)


def _followed(given: Input) -> list[str]:
    return [name for name in FOLLOWED if given.widget.has_trait(name)]


def _plain(value: Any) -> str:
    if isinstance(value, list):
        marks = {"first": value[0], "last": value[-1], "least": min(value), "most": max(value)}
        return ", ".join([f"{len(value)} items", *(f"{k} {_plain(v)}" for k, v in marks.items())])
    return f"{value:.8g}" if isinstance(value, Real) and not isinstance(value, bool) else str(value)


def explore(
    model: Callable[..., Any],
    /,
    *,
    name: str,
    title: str | None = None,
    chart: charts.Chart | alt.TopLevelMixin | None = None,
    labels: Mapping[str, str] | None = None,
    sentence: str | None = None,
    presets: Mapping[str, Mapping[str, Any]] | None = None,
    main: str | Sequence[str] | None = None,
    results: str | Sequence[str] | None = None,
    after: PageWidget | str | None = None,
    stamp: str | None = None,
    digits: int = 3,
    controls: Mapping[str, Any] | None = None,
    **more_controls: Any,
) -> Explorer:
    """Give a model controls, readouts and a chart that work without a kernel.

    The model is called with symbols in place of numbers. What it does with them becomes
    expressions that the page evaluates; in a notebook Python sees every value too. Both are
    compared at the ends of all controls and at places between.

    Parameters
    ----------
    model
        A function of numbers that returns a dict of output name to number. A unit in brackets
        ends the name: ``"Energy [MWh]"``. An output with a range is an :func:`interval`. An output
        may be a series: the list that a loop makes.
        Numbers reach it as NumPy's doubles. It may ask a checkbox or a list of options anything;
        what a number decides is written ``np.where(condition, a, b)``.
    name
        What the page calls the explorer. Lower-case letters, digits and hyphens.
    title
        What a screen reader calls it. By default the model's docstring, first line.
    chart
        :class:`Bars` (the default), :class:`Curve`, :class:`Histogram`; for series :class:`Lines`,
        :class:`Areas`, :class:`Wedges`, :class:`Path`; as a picture :class:`Units`, :class:`Nested`,
        :class:`Flow`, :class:`Bottle`, :class:`Balance`; or any Altair chart with a description. Its
        expressions may name inputs, and outputs in lower case with underscores: ``energy_mwh``;
        or, where a name is a word of Vega's, by place: ``i0`` is the first input, ``o0`` the
        first output.
    labels
        Input name to what stands beside the control, with the unit in brackets.
    sentence
        The result in words; ``{…}`` around the name of an output or an input puts its value in.
    presets
        Label to settings: a dict of input name to value.
    main
        Names of the inputs whose controls are always in view, the first on top; the others are behind
        "More settings". By default all, where there are at most six, or else the first five.
    results
        Names of the outputs whose numbers are always in view; the others are behind "More results".
        By default all, where there are at most four, or else the first three. An empty list for none.
    after
        A question of the same page, or its name: what the explorer shows is veiled until it is answered,
        or somebody asks to see it. Where there is no such question, nothing is veiled.
    stamp
        Name of an output with a range: a ratio that is one where what the controls say is right. The verdict
        stands over the chart: right within the range, or wrong by a factor.
    digits
        Significant digits of the readouts.
    controls
        The same as a dict, for a parameter that is called as one of the above.
    **more_controls
        As in ``ipywidgets.interactive``: parameter name to an abbreviation (``(low, high)``,
        ``(low, high, step)``, a list, a dict of label to value, a boolean) or a widget. A default
        of the model's parameter is the control's first value.

    Returns
    -------
    Explorer
        An ipywidget with ``.name``, ``.controls`` and ``.evaluate(**inputs)``.

    Raises
    ------
    TraceError
        If the model does something that the page cannot do; the text names the fix.
    ValueError, TypeError
        If a control, a preset, a name or the chart does not fit the model.

    Examples
    --------
    >>> from aiimpact import datacentre
    >>> def site(it_energy_mwh=1170, pue=1.1):
    ...     return {"Site energy [MWh]": datacentre.site_energy_mwh(it_energy_mwh, pue)}
    >>> explorer = explore(site, name="site", it_energy_mwh=(0, 2000, 10), pue=(1.0, 2.5, 0.05))
    >>> explorer.evaluate(pue=2.0)
    {'Site energy [MWh]': 2340.0}
    """
    all_controls = dict(controls or {}) if isinstance(controls, Mapping | None) else {}
    all_controls |= more_controls
    require_controls(model, all_controls)
    if not isinstance(controls, Mapping | None):
        msg = f"controls must be a dict of parameter name to control, got {controls!r}."
        raise TypeError(msg)
    require_name(name)
    inputs, constants = inputs_of(model, all_controls, labels or {})
    function = (lambda **given: model(**given, **constants)) if constants else model
    if isinstance(digits, bool) or not isinstance(digits, int) or not 1 <= digits <= 15:
        msg = f"digits must be a whole number from 1 to 15, got {digits!r}. Three are plenty for a reader."
        raise ValueError(msg)
    title = title or title_of(model) or name.replace("-", " ")
    return Explorer(
        Recipe(
            function,
            name,
            title,
            inputs,
            chart,
            sentence,
            presets or {},
            main,
            results,
            _name_of(after),
            digits,
            stamp,
        )
    )


def _name_of(question: PageWidget | str | None) -> str:
    name = question.name if isinstance(question, PageWidget) else question
    if name is None:
        return ""
    if not isinstance(name, str):
        msg = f"after must be a question or its name, got {name!r}. Write after=question, of guess or ask."
        raise TypeError(msg)
    require_name(name)
    return name
