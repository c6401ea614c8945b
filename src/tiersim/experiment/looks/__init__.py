"""Looks at a running experiment: bounds that hold over all of them, and what unplanned peeking costs."""
