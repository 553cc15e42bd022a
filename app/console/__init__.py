"""The rooms of the staff: their own sessions, cookie, pages and routes.

Nothing here is shared with the channels by which workers come.
"""
