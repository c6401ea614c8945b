"""The consultant's hand in a report: own comments, and the brand of who sends it."""
