"""Diagnoses made by hand: what a report may be given, without a store or a rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from diag.model import (
    BundleSummary,
    CounterCheck,
    Coverage,
    Diagnosis,
    Evidence,
    FileSummary,
    Finding,
    NotEvaluated,
    Problem,
    Severity,
    Silence,
    Step,
)

HIMDS = "var/opt/azcmagent/log/himds.log"
JOURNAL = "commands/journalctl-himdsd.txt"
DOCS = "https://learn.microsoft.com/azure/azure-arc/servers/troubleshoot-connectivity"

# What acts on a terminal, and what Rich and Textual would take for markup.
HOSTILE = (
    "\x1b[2J\x1b]52;c;ZXZpbA==\x07\x1bc\r\b\x7f\x9b31m\x9d0;x\x9c\u202etxt.exe"
    "\u2066\u200b\ufeff[red]x[/red] [@click=app.quit]y[/] [INFO] \U000e0041\udc80"
)


def at(hour: int, minute: int = 0) -> datetime:
    """Return a time as the store gives it: naive, and UTC."""
    return datetime(2026, 3, 10, hour, minute, tzinfo=UTC).replace(tzinfo=None)


REFUSED = Finding(
    rule="ARC-ID-001",
    covers=("CERT-REFUSED",),
    severity=Severity.CRITICAL,
    benign=False,
    title="edge0001: the certificate of the agent was refused",
    why="Microsoft Entra ID refuses the certificate that the agent signs in with. "
    "The machine cannot get a new one by itself.",
    computer="edge0001",
    first_seen=at(10, 50),
    last_seen=at(11, 40),
    count=11,
    evidence=(
        Evidence(
            HIMDS,
            233,
            at(10, 50),
            "failed to send a heartbeat: [certStore] could not read the certificate: "
            "open /var/opt/azcmagent/certs/myCert.cer: no such file or directory "
            "Error=AADSTS700027: Client assertion contains an invalid signature.",
        ),
        Evidence(HIMDS, 234, at(10, 55), "one\ntwo\nthree\nfour\nfive\nsix"),
    ),
    remedy=(
        Step(
            "Connect the machine anew: disconnect it locally, then connect it.",
            command="sudo azcmagent disconnect --force-local-only\n"
            "sudo azcmagent connect --resource-group RG --tenant-id TENANT "
            "--subscription-id SUBSCRIPTION --location REGION",
            changes="state",
            needs="admin",
            reference=DOCS,
        ),
        Step("Ask who restored the machine from a backup, if anybody did."),
    ),
    references=("https://learn.microsoft.com/azure/azure-arc/servers/agent-overview",),
)

SILENT = Finding(
    rule="ARC-HB-001",
    covers=("HEARTBEAT-GAP",),
    severity=Severity.HIGH,
    benign=False,
    title="edge0001: himds wrote nothing for 47 min",
    why="himds.log is silent from 2026-03-10T03:10:00Z to 2026-03-10T03:57:00Z.",
    computer="edge0001",
    first_seen=at(3, 10),
    last_seen=at(3, 57),
    count=1,
    evidence=(
        Evidence(HIMDS, 40, at(3, 10), "Checking for Azure cloud provider..."),
        Evidence(HIMDS, 41, at(3, 57), "Checking for Azure cloud provider..."),
    ),
    remedy=(Step("Read the lines before the silence.", command="journalctl -b -1"),),
    references=(),
    counter_check=CounterCheck(
        "Do the other logs of the machine go on during the silence?",
        "Nothing shows that the whole machine was off.",
    ),
)

LOWER = replace(
    SILENT,
    rule="ARC-HB-003",
    severity=Severity.MEDIUM,
    title="edge0001: himds was stopped for 36 min",
    first_seen=at(7, 57),
    last_seen=None,
    explained_by=("ARC-ID-001",),
    counter_check=None,
    status="experimental",
)

INFO = replace(
    LOWER, rule="ARC-XX-001", severity=Severity.INFO, title="a note", explained_by=()
)

NORMAL = replace(
    SILENT,
    rule="ARC-OK-001",
    benign=True,
    title="edge0001: the probe of 169.254.169.254 failed, as it should",
)

# What HTML, XML, Markdown and the readers of SARIF would act on.
MARKUP = (
    "<script>alert(1)</script> ]]> --> </style></pre><img src=x onerror=alert(2)> "
    "\"'`> javascript:alert(3) &lt; &#60; <!-- ${x} {0} {{ [a](javascript:alert(4)) "
    '```` \n```\n# no title\n~~~\n| @somebody https://evil.example/?a="b" \ufffe'
)

BUNDLE = BundleSummary("edge0001", "linux", "1.61.03319.859", "samples/heartbeat-lost")
FILES = (
    FileSummary(HIMDS, "himds", 243, 243, 0),
    FileSummary(JOURNAL, "journal", 7, 6, 1),
    FileSummary("notes.txt", "", 12, 0, 12),
)

CLEAN = Diagnosis(
    now=at(11, 42),
    now_from="newest event",
    bundles=(BUNDLE,),
    findings=(),
    not_evaluated=(),
    suppressed=(),
    files=FILES,
    problems=(),
)

FULL = replace(
    CLEAN,
    findings=(REFUSED, SILENT, LOWER, INFO, NORMAL),
    not_evaluated=(
        NotEvaluated("ARC-EXT-001", ("gc_ext",)),
        NotEvaluated("ARC-EXT-002", ("gc_ext",)),
        NotEvaluated("ARC-SVC-001", ("azcmagent_show", "gc_ext"), "one is needed"),
        NotEvaluated("ARC-VER-001", (), "stopped after 10 s"),
    ),
    suppressed=(
        replace(
            SILENT,
            rule="ARC-HB-002",
            title="silent to the end",
            silence=Silence("ARC-HB-001", "is part of: silence"),
        ),
        replace(
            LOWER,
            title="known and accepted",
            silence=Silence("the team (known.yaml:3)", "is replaced soon", at(23)),
        ),
    ),
    coverage=Coverage(12, 5, 2, 3, 1, 1),
    problems=(
        Problem(HIMDS, 0, "guessed-encoding", "read as utf-16-le"),
        Problem(JOURNAL, 3, "bad-time", "1 date does not exist"),
        Problem("var/opt/azcmagent/log/arcproxy.log", 0, "encrypted", "Ask for it."),
    ),
)


def hostile(bad: str = HOSTILE) -> Diagnosis:
    """Return a diagnosis with hostile text in every field that holds text."""
    near = Evidence(bad, 1, at(1), f"{bad}\n{bad}")
    evidence = replace(near, before=(near,), after=(near, near))
    step = Step(bad, command=f"{bad}\n{bad}", changes="state", needs="admin")
    finding = replace(
        SILENT,
        rule=bad,
        covers=(bad,),
        title=bad,
        why=bad,
        computer=bad,
        evidence=(evidence,),
        remedy=(step,),
        counter_check=CounterCheck(bad, bad),
        explained_by=(bad,),
        references=(DOCS,),
    )
    return Diagnosis(
        now=at(12),
        now_from=bad,
        bundles=(BundleSummary(bad, "", bad, bad),),
        findings=(finding, replace(finding, benign=True)),
        not_evaluated=(NotEvaluated(bad, (bad,), bad), NotEvaluated(bad, (), bad)),
        suppressed=(
            replace(finding, silence=Silence(bad, bad)),
            replace(finding, silence=Silence(bad, bad, at(1))),
        ),
        rule_errors=(bad,),
        files=(FileSummary(bad, bad, 3, 0, 3),),
        problems=(Problem(bad, 0, bad, bad), Problem(bad, 4, "bad-time", bad)),
    )
