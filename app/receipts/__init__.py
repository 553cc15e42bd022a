"""Receipts that a worker can show to others, and how they are known as genuine."""
