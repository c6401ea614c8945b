"""Word, PowerPoint and Excel files of a report."""
