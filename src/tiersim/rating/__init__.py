"""Observed record to tier: indicators, frozen normalisation, score by one of several methods, fixed cuts."""

from tiersim.rating.errors import RatingError
from tiersim.rating.fitting import fit
from tiersim.rating.indicators import DIMENSIONS, Indicator, indicators_of
from tiersim.rating.rating import Note, Rating, RatingMethod
from tiersim.rating.weighted import WeightedScore
from tiersim.rating.weights import weights_of

__all__ = [
    "DIMENSIONS",
    "Indicator",
    "Note",
    "Rating",
    "RatingError",
    "RatingMethod",
    "WeightedScore",
    "fit",
    "indicators_of",
    "weights_of",
]
