"""Measurements of what README states; `make bench` runs all of them."""
