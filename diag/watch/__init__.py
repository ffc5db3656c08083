"""Following what grows: the logs of a server, or a folder that bundles come to.

Each of the ways is a module of its own: `live`, `replay`, and what watches an inbox.
What reports and messages look like is handed in by the command line.
"""
