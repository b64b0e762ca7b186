"""AI and the environment: the arithmetic behind the numbers.

One module for each physical subject, one plain function for each arrow of the causal diagram:
:mod:`~aiimpact.training`, :mod:`~aiimpact.inference`, :mod:`~aiimpact.datacentre`,
:mod:`~aiimpact.grid`, :mod:`~aiimpact.water`, :mod:`~aiimpact.growth`,
:mod:`~aiimpact.solutions`, :mod:`~aiimpact.policy` and :mod:`~aiimpact.equivalents`. Three
modules work on lists: :mod:`~aiimpact.scheduling` on the hours of a day,
:mod:`~aiimpact.portfolio` on several levers, :mod:`~aiimpact.pathway` on the years to 2035;
:mod:`~aiimpact.uncertainty` carries ranges along. Published values with their sources are in
:mod:`~aiimpact.tables`, checked claims in :mod:`~aiimpact.claims`.

Every function takes numbers, NumPy arrays or pandas Series, in any mixture, and gives back
what it was given; the names of arguments and functions carry the unit.
"""

__version__ = "0.1.0"
