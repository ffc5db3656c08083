"""The shapes of log lines. Each function says what its lines rest on.

[corpus]    words and layout of a real excerpt, only times and ids are invented
[fragment]  real words known from a public issue, in an assumed line
[layout]    a real layout with invented words
[invented]  no real line of this log is known; layout and words are assumed
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from samples.making.machine import Machine

# Bytes that logrus writes without quotes (its TextFormatter).
BARE = re.compile(r"[A-Za-z0-9._/@^+-]+")
NOBODY = "00000000-0000-0000-0000-000000000000"
UNITS = {
    "himdsd": "Azure Connected Machine Agent Service",
    "gcad": "GC Arc Service",
    "extd": "Extension Service",
    "arcproxyd": "Azure Arc Proxy",
}


def quoted(value: str) -> str:
    """Return a value as logrus writes it: bare, or in Go's quotes."""
    if BARE.fullmatch(value):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def logrus(
    machine: Machine, at: datetime, level: str, message: str, **keys: str
) -> str:
    """Return a line of himds.log, azcmagent.log or arcproxy.log.

    [corpus] layout of azcmagent_log/*.log; keys with blanks as in
    linux-1.21-connect-arm-response.log. `_` in a key stands for a blank.
    """
    stamp = at.astimezone(machine.zone).isoformat(timespec="seconds")
    stamp = stamp.replace("+00:00", "Z")
    tail = "".join(f" {k.replace('_', ' ')}={quoted(v)}" for k, v in keys.items())
    escaped = message.replace("\\", "\\\\").replace('"', '\\"')
    return f'time="{stamp}" level={level} msg="{escaped}"{tail}'


def bracket(
    machine: Machine,
    at: datetime,
    threads: tuple[int, int],
    module: str,
    text: str,
    activity: str = NOBODY,
    source: str = "",
) -> str:
    """Return a line of gc_agent.log or gc_ext.log, ERROR if it has a source.

    [corpus] layout of gc_agent/*.log: machine local time, GUID, and only in ERROR
    lines the build path with the line number. Modules EXTMGR, DISPATCHER and
    PACKAGE_VALIDATOR are known by name only.
    """
    local = at.astimezone(machine.zone)
    stamp = f"{local:%Y-%m-%d %H:%M:%S}.{local.microsecond // 1000:03d}"
    level = "ERROR" if source else "INFO"
    place = f"[{source}] " if source else ""
    return (
        f"[{stamp}] [PID {threads[0]}] [TID {threads[1]}] [{module}] [{level}] "
        f"[{activity}] {place}{text}"
    )


def journal(machine: Machine, at: datetime, text: str) -> str:
    """Return a line that systemd wrote to the journal.

    [corpus] prefix of systemd/standin-modern-systemd-restart-loop.log: local time
    without year and zone. Real lines of other units; the agent's unit names and
    titles are from the vendor's documentation.
    """
    local = at.astimezone(machine.zone)
    return (
        f"{local:%b} {local.day:>2} {local:%H:%M:%S} {machine.host} systemd[1]: {text}"
    )


def run_start(machine: Machine, at: datetime, command: str) -> list[str]:
    """Return how a run of azcmagent begins.

    [corpus] azcmagent_log/linux-1.21-connect-start.log, the failed probe of the
    Azure metadata service included, which is normal outside Azure.
    """
    imds = "http://169.254.169.254/metadata/instance/compute?api-version=2019-06-01"
    socket = f"{machine.data}socks/himds.sock"
    lines = [
        logrus(machine, at, "debug", f"Agent Version: {machine.version}"),
        logrus(machine, at, "debug", f"Agent Command: {command}"),
    ]
    texts = [
        f"Loading AgentConfig file from: {machine.data}agentconfig.json",
        "HIS host name: gbl.his.arc.azure.com, IPv4 address: 192.0.2.136",
        f"Starting client connection on: {socket}",
        "Awaiting status message from agent...",
        "Status Message received",
    ]
    if command == "connect":
        texts.append("Checking for Azure cloud provider...")
    lines += [logrus(machine, at, "debug", text) for text in texts]
    if command == "connect":
        failed = "Validating HTTP response. getting a non-200 response (404 Not Found)"
        lines.append(logrus(machine, at, "debug", failed, Endpoint=imds))
        texts = [
            f"Communicating with IMDS. unable to communicate with endpoint {imds}",
            "Updating cloud provider. Azure not detected",
        ]
        lines += [logrus(machine, at, "debug", text) for text in texts]
    return lines


def endpoints(machine: Machine, at: datetime, *, without: str = "") -> list[str]:
    """Return the network test of a connect; `without` is the host that fails.

    [corpus] azcmagent_log/linux-1.21-connect-endpoints.log. Nothing is said of the
    failing host: how that reads is not known.
    """
    hosts = [
        f"{machine.region}-gas.guestconfiguration.azure.com",
        "management.azure.com",
        f"{machine.shard}.his.arc.azure.com",
        "login.microsoftonline.com",
        "pas.windows.net",
    ]
    asked = [
        f"Checking connectivity to https://{host}, proxy status: proxy is not used"
        for host in hosts
    ]
    answered = [
        f"https://{host} is available, using cryptographic protocol: TLS 1.2"
        for host in hosts
        if host != without
    ]
    return [logrus(machine, at, "debug", text) for text in asked + answered]


def created(machine: Machine, at: datetime) -> list[str]:
    """Return how a connect that works ends in azcmagent.log.

    [corpus] azcmagent_log/linux-1.21-connect-arm-response.log for the answer, a
    body in Go's escapes and a key with a blank. The last line is [layout]: the
    words are those of the console, azcmagent_cli/linux-1.58-connect-finish.txt.
    """
    body = (
        f'{{"id":"{machine.resource}","name":"{machine.host}",'
        f'"location":"{machine.region}","tags":{{}},'
        f'"identity":{{"type":"SystemAssigned","tenantId":"{machine.tenant}"}},'
        '"type":"Microsoft.HybridCompute/machines",'
        f'"properties":{{"provisioningState":"Creating","vmId":"{machine.vm_id}"}}}}'
    )
    answer = "Create ARM Resource Response"
    return [
        logrus(machine, at, "debug", answer, Body=body, Status_Code="200"),
        logrus(machine, at, "debug", "ARM Resource Creation Successful"),
        logrus(machine, at, "info", "Connected machine to Azure"),
    ]


def beat(machine: Machine, at: datetime) -> list[str]:
    """Return what himds writes for a heartbeat that arrives.

    [invented] No real line of a heartbeat that arrived is known, and none of
    himds.log at all. Only the rhythm of five minutes is documented.
    """
    url = f"https://{machine.shard}.his.arc.azure.com/machines/{machine.vm_id}"
    request = machine.guid()
    return [
        logrus(machine, at, "debug", "Collecting machine properties"),
        logrus(
            machine, at, "info", "Heartbeat sent", Status_Code="200",
            Request_URL=url, Correlation_ID=request,
        ),
    ]  # fmt: skip


def beat_failed(machine: Machine, at: datetime) -> list[str]:
    """Return what himds writes for a heartbeat that Azure refuses.

    [fragment] The message is verbatim from a public issue (microsoft/azure_arc
    3322); level and layout are assumed.
    """
    text = (
        "failed to send a heartbeat: [certStore] ClientAssertionCredential "
        "authentication failed"
    )
    return [logrus(machine, at, "error", text)]


def himds_start(machine: Machine, at: datetime) -> list[str]:
    """Return what himds writes when it starts.

    [invented], but for the first words, which start a run of azcmagent.
    """
    listening = "Listening for local requests"
    return [
        logrus(machine, at, "info", f"Agent Version: {machine.version}"),
        logrus(machine, at, "info", listening, Address="localhost:40342"),
    ]


def policy_round(machine: Machine, at: datetime, pid: int) -> list[str]:
    """Return one round of the machine configuration agent.

    [corpus] gc_agent/windows-2019-dsc-rest-server.log, wrong spelling included, and
    the timer line of telemetry-event-dsclog-wrapped.json. `[GAS IPs: ...]` is a
    [fragment]: a message may start with a bracket.
    """
    tids = (machine.number(1000, 9000), machine.number(1000, 9000))
    activity = machine.guid()
    rest = (
        "Creating a rest resrouce, Method=GET, URI='/dsc/dscCache/agentServiceCache'",
        "Getting cache value for for : agentServiceCache",
    )
    timer = "Run pull refresh for timer 'dsc_refresh_timer'"
    where = (
        "Reading compute metadata info from IMDS_ENDPOINT env. variable - "
        "http://localhost:40342"
    )
    one, two = (pid, tids[0]), (pid, tids[1])
    return [
        bracket(machine, at, one, "Timer Manager", timer, activity),
        bracket(machine, at, one, "Rest Server", rest[0]),
        bracket(machine, at, one, "Rest Server", rest[1]),
        bracket(machine, at, two, "METADATA_INFO", where),
        bracket(machine, at, two, "AZURE_CNC_INFO", "Return code = 200"),
        bracket(machine, at, one, "Pull Client", "[GAS IPs: 192.0.2.14]", activity),
    ]


def extension_round(machine: Machine, at: datetime, pid: int, name: str) -> list[str]:
    """Return one status round of the extension service, with a line that goes on.

    [invented] in the layout of gc_agent.log; no real line of gc_ext.log is kept.
    """
    activity = machine.guid()
    tid = machine.number(1000, 9000)
    who = (pid, tid)
    report = f'Extension report: {{\n  "name": "{name}",\n  "status": "Ready"\n}}'
    return [
        bracket(machine, at, who, "DISPATCHER", "Polling for requests", activity),
        bracket(machine, at, who, "EXTMGR", report, activity),
        bracket(machine, at, who, "EXTMGR", "Report was sent", activity),
    ]
