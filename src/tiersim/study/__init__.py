"""Studies: one question asked of many variants of a scenario, on the same customers and luck."""
