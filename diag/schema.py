"""The tables of the store, which are also the KQL schema (design.md, section 3).

Both `store` (which creates them) and `kql` (which types queries against them)
read this; neither sees the other.
"""

from __future__ import annotations

from enum import StrEnum

SCHEMA_VERSION = 2

# The family of what a bundle says about itself. Rules judge the machine: the names and
# reasons listed there are no lines of its logs (docs/rules.md).
ABOUT_BUNDLE = "manifest"


class Type(StrEnum):
    """KQL's scalar types, as `getschema` names them."""

    BOOL = "bool"
    DATETIME = "datetime"
    DYNAMIC = "dynamic"
    GUID = "guid"
    INT = "int"
    LONG = "long"
    REAL = "real"
    STRING = "string"
    TIMESPAN = "timespan"


S, L, T, D, B = Type.STRING, Type.LONG, Type.DATETIME, Type.DYNAMIC, Type.BOOL

TABLES: dict[str, dict[str, Type]] = {
    "Bundles": {
        "BundleId": L,
        "Computer": S,
        "Os": S,
        "AgentVersion": S,
        "CollectedAt": T,
        "TimeZone": S,
        "Source": S,
        "Sha256": S,
        "Kind": S,
    },
    "Files": {
        "FileId": L,
        "BundleId": L,
        "File": S,
        "OriginalPath": S,
        "Log": S,
        "Encoding": S,
        "Bytes": L,
        "Lines": L,
        "Events": L,
        "Continued": L,
        "Blank": L,
        "Unparsed": L,
        "FirstTime": T,
        "LastTime": T,
        "ZonePolicy": S,
    },
    "Events": {
        "EventId": L,
        "TimeGenerated": T,
        "Computer": S,
        "Log": S,
        "Component": S,
        "Level": S,
        "Code": S,
        "Message": S,
        "ActivityId": S,
        "Pid": L,
        "Tid": L,
        "Fields": D,
        "Parsed": B,
        "BundleId": L,
        "FileId": L,
        "File": S,
        "Line": L,
        "LineCount": L,
        "TemplateId": L,
    },
    "Facts": {
        "Computer": S,
        "Source": S,
        "Name": S,
        "Value": S,
        "TimeGenerated": T,
        "File": S,
        "Line": L,
    },
    "Services": {
        "Computer": S,
        "Name": S,
        "DisplayName": S,
        "State": S,
        "TimeGenerated": T,
        "File": S,
        "Line": L,
    },
    "Extensions": {
        "Computer": S,
        "Publisher": S,
        "Type": S,
        "Version": S,
        "Operation": S,
        "Status": S,
        "Code": S,
        "Message": S,
        "TimeGenerated": T,
        "File": S,
    },
    "Endpoints": {
        "Computer": S,
        "Endpoint": S,
        "Reachable": B,
        "Private": B,
        "Tls": S,
        "Proxy": S,
        "TimeGenerated": T,
        "File": S,
        "Line": L,
    },
    "ErrorCodes": {
        "Code": S,
        "Family": S,
        "Os": S,
        "MinVersion": S,
        "MaxVersion": S,
        "Title": S,
        "Cause": S,
        "Remedy": S,
        "Reference": S,
    },
    "Templates": {"TemplateId": L, "Template": S, "Fields": S, "Events": L},
    "Problems": {"BundleId": L, "File": S, "Line": L, "Kind": S, "Text": S},
}

# What `arcdiag load` adds when the rules have run; rules cannot ask for it.
RESULTS: dict[str, dict[str, Type]] = {
    "Findings": {
        "FindingId": L,
        "Rule": S,
        "Severity": S,
        "Benign": B,
        "Title": S,
        "Why": S,
        "Computer": S,
        "FirstSeen": T,
        "LastSeen": T,
        "Count": L,
        "Status": S,
    },
    "Evidence": {"FindingId": L, "File": S, "Line": L, "TimeGenerated": T, "Text": S},
}
