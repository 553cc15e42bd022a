"""Carriers beside Twilio, each as its own documentation has it.

Written from the carriers' papers and not from the files by which the service
reads them, so that those are tried against a second opinion.
"""
