"""Experiments inside a simulated company: designs, answers, looks, gates, and whether they find the truth."""
