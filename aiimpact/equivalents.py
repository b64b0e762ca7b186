"""Equivalents: large amounts in everyday ones, the fairest way being to divide.

What a car, a flight or a household amounts to is a row of :func:`aiimpact.tables.equivalences`.
"""

# mypy: disable-error-code="return-value"
# An argument annotated `Values | float` is what the function returns or a number beside it.

from __future__ import annotations

from aiimpact._checks import NOT_NEGATIVE, POSITIVE, Values, checked


@checked(total=NOT_NEGATIVE, per_one=POSITIVE)
def count(total: Values | float, per_one: Values | float) -> Values:
    r"""Say how many everyday things a total amounts to.

    .. math:: n = X / x_1

    Parameters
    ----------
    total : number or array
        Amount to express. [any unit]
    per_one : number or array
        Amount of one everyday thing, above 0. [unit of `total`]

    Returns
    -------
    number or array
        How many of them. [1]

    Raises
    ------
    ValueError
        If `total` is negative, `per_one` is not positive, or one is not finite.
    TypeError
        If an argument is no number, array or Series.

    References
    ----------
    Strubell, Ganesh and McCallum 2019, Energy and Policy Considerations for Deep Learning in
    NLP, Table 1. https://doi.org/10.18653/v1/P19-1355

    Examples
    --------
    626,155 lb for an architecture search against 126,000 lb for the lifetime of a car:

    >>> round(count(626_155, 126_000), 2)
    4.97
    """
    return total / per_one
