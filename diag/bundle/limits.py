"""Absolute bounds of what one bundle may make us do."""

from __future__ import annotations

MOST_MEMBERS = 50_000
MOST_FILES = 20_000
MOST_FOLDERS = 20_000
DEEPEST = 32
MOST_FILE_BYTES = 64 << 30

# Zips that are packed inside a zip are unpacked to a file of our own: of one, and
# of all together, at most so many bytes.
MOST_UNPACKED = 512 << 20
MOST_SCRATCH = 1 << 30

# A name as the archive has it, in bytes, and as it is shown, in characters.
LONGEST_NAME = 4096
LONGEST_SHOWN = 1024

# Rows of one kind of problem; beyond that only their number is told.
MOST_ROWS = 1000

BLOCK = 1 << 20
