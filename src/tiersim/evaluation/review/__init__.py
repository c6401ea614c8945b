"""Are customers in the right tiers, does each tier get what it should, and what should change?"""
