"""Attachments made safe: whatever comes is decoded and written anew."""
