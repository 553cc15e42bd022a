"""The programme's CSV files: what may stand in each cell, and why it may not.

Pure: a reader takes the file's bytes and what is known already, and returns
records or every problem at once. Nothing here touches a database.
"""
