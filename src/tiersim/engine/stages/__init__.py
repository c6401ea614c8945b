"""The stages of a week: one mechanism a file, a compiled map over customers or a shared step."""
