"""Posters, cards and stickers: the line's number on the wall and on a lanyard."""
