"""The talk by web pages: one question a page."""
