"""Checks of an experiment before its effect is believed: sizes, balance, placebos, many tests at once."""
