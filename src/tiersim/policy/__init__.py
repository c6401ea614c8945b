"""What customers get: packages, people, money, strategies and their effects."""
