"""Power and feasibility: what a planned test could see, said before any estimator is named."""
