"""The triage screens: `arcdiag triage`. The only part that knows Textual."""
