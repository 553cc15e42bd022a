"""Figures as pictures and as paper: charts and the report, from what was published."""
