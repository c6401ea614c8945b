"""Observed record to tier: indicators, frozen normalisation, weighted score, fixed cuts."""

from tiersim.rating.indicators import DIMENSIONS, INDICATORS
from tiersim.rating.rating import Rating, RatingMethod, WeightedScore, fit

__all__ = ["DIMENSIONS", "INDICATORS", "Rating", "RatingMethod", "WeightedScore", "fit"]
