"""Know your rights: what the law gives a worker, as read from shipped files."""
