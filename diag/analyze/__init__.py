"""The core that every front end calls: `load` a source, `diagnose` what it holds."""

from diag.analyze.diagnose import diagnose
from diag.analyze.load import Loaded, load

__all__ = ["Loaded", "diagnose", "load"]
