"""Answers: what is said of an effect after looking at the observed panel. One kind a file."""
