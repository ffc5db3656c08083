"""The scalar functions of the language, as rows of tables."""

from diag.kql.functions.dynamic import DYNAMIC
from diag.kql.functions.formatting import FORMATTING
from diag.kql.functions.logic import LOGIC
from diag.kql.functions.registry import Args, Function
from diag.kql.functions.text import TEXT
from diag.kql.functions.time import TIME

FUNCTIONS: dict[str, Function] = {**TEXT, **TIME, **FORMATTING, **LOGIC, **DYNAMIC}
# Old and short names that the field still uses (rule-language.md, 4.2).
ALIASES = {
    "iif": "iff",
    "notempty": "isnotempty",
    "notnull": "isnotnull",
    "pack": "bag_pack",
    "parsejson": "parse_json",
    "todynamic": "parse_json",
    "toobject": "parse_json",
    "replace": "replace_regex",
    "floor": "bin",
    "todecimal": "todouble",
    "toreal": "todouble",
    "toboolean": "tobool",
    "dynamic_to_json": "tostring",
}

__all__ = ["ALIASES", "FUNCTIONS", "Args", "Function"]
