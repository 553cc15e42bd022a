"""The rules of a grievance, with nothing but the standard library under them."""
