"""The service desk: how long requests wait."""
