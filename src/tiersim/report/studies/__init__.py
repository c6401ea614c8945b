"""Studies as readable pages: the answer first, then figures and pictures, all written from the results."""
