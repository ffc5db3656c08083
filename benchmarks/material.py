"""Log lines for the benchmark: many shapes, seeded, and cheap to make.

The layouts are those of real logs; words, ids and proportions are invented. Ids are
more random than in life, which is unkind to compression and to templates.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

Words = Callable[[], str]
Records = Iterator[tuple[str, int]]

# The machine's clock; it is an hour ahead of UTC.
BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
OFFSET = 3600
MODULES = (
    "Pull Client", "Timer Manager", "Rest Server", "METADATA_INFO", "AZURE_CNC_INFO",
    "PULL_CLIENT_CERT_HELPER", "BOOST_BEAST_WRAPPER", "DSCEngine", "DSCManagedEngine",
)  # fmt: skip
EXTENSION_MODULES = ("EXTMGR", "DISPATCHER", "PACKAGE_VALIDATOR", "Pull Client")
EXTENSIONS = (
    "Microsoft.Azure.Monitor.AzureMonitorLinuxAgent",
    "Microsoft.Azure.Extensions.CustomScript",
    "Microsoft.CPlat.Core.LinuxPatchExtension",
    "Microsoft.Azure.ActiveDirectory.AADSSHLoginForLinux",
    "Microsoft.Azure.KeyVault.KeyVaultForLinux",
)
HOSTS = (
    "gbl.his.arc.azure.com", "weu.his.arc.azure.com", "management.azure.com",
    "login.microsoftonline.com", "pas.windows.net",
    "westeurope-gas.guestconfiguration.azure.com",
    "agentserviceapi.guestconfiguration.azure.com",
    "guestnotificationservice.azure.com",
)  # fmt: skip
UNITS = ("himdsd", "gcad", "extd", "arcproxyd")
NOBODY = "00000000-0000-0000-0000-000000000000"
TAIL = 0.012  # share of bracket records that go on over several lines
ERRORS = 0.05


class Source:
    """Draws numbers, ids and times for one file.

    `at` is the time of the last line in seconds since `BEGIN`, `seconds` the sum of
    all times so far, in whole seconds.
    """

    def __init__(self, seed: str, step: float, begin: float = 0.0) -> None:
        """Begin in March.

        Args:
            seed: Decides everything.
            step: Seconds between two lines, on average.
            begin: Seconds since the first of March.
        """
        self.random = random.Random(seed)
        self.unit = self.random.random
        self.bits = self.random.getrandbits
        self._step = step * 2
        self.at = begin
        self.seconds = 0
        self._day = -1
        self._date = BEGIN

    def n(self, limit: int) -> int:
        """Return a number below `limit`."""
        return int(self.unit() * limit)

    def guid(self) -> str:
        """Return a new GUID."""
        h = f"{self.bits(128):032x}"
        return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"

    def one(self, items: tuple[str, ...]) -> str:
        """Return one of `items`."""
        return items[int(self.unit() * len(items))]

    def url(self) -> str:
        """Return an address."""
        return f"https://{self.one(HOSTS)}/machines/{self.guid()}/{self.n(90)}"

    def time(self) -> tuple[datetime, int, int, int, int]:
        """Return the next time: midnight of its day, hour, minute, second, ms."""
        self.at += self.unit() * self._step
        whole = int(self.at)
        self.seconds += whole
        day, rest = divmod(whole, 86_400)
        if day != self._day:
            self._day, self._date = day, BEGIN + timedelta(days=day)
        minutes, second = divmod(rest, 60)
        hour, minute = divmod(minutes, 60)
        return self._date, hour, minute, second, int((self.at - whole) * 1000)


def bracket(source: Source, modules: tuple[str, ...]) -> Records:
    """Yield records of gc_agent.log or gc_ext.log, and how many lines they have."""
    messages = _bracket_messages(source)
    active = [source.guid() for _ in range(8)]
    pid = 1000 + source.n(9000)
    tids = tuple(str(1000 + source.n(60_000)) for _ in range(40))
    unit, n = source.unit, source.n
    while True:
        date, hour, minute, second, ms = source.time()
        dice = unit()
        if dice < 0.02:  # noqa: PLR2004 - an operation ends, the next begins
            active[n(8)] = source.guid()
        if dice < 0.0001:  # noqa: PLR2004 - the service starts anew
            pid = 1000 + n(60_000)
        who = active[n(8)] if dice < 0.7 else NOBODY  # noqa: PLR2004 - helpers have none
        level, place = "INFO", ""
        if unit() < ERRORS:
            level, place = (
                "ERROR",
                f"[/__w/1/s/src/gc/pull_client/client_{n(40)}.cpp:{n(900)}] ",
            )
        text = messages[n(len(messages))]()
        head = (
            f"[{date.year}-{date.month:02d}-{date.day:02d} {hour:02d}:{minute:02d}:"
            f"{second:02d}.{ms:03d}] [PID {pid}] [TID {tids[n(40)]}] "
            f"[{modules[n(len(modules))]}] [{level}] [{who}] {place}{text}\n"
        )
        if unit() < TAIL:
            more = 2 + n(9)
            yield head + _stack(source, more), more + 1
        else:
            yield head, 1


def _stack(source: Source, count: int) -> str:
    return "".join(
        f"   at Engine.Resource.Step{source.n(400)}(String id, Int32 n) in "
        f"/src/engine/part{source.n(60)}.cs:line {source.n(2000)}\n"
        for _ in range(count)
    )


def _bracket_messages(s: Source) -> tuple[Words, ...]:
    return (
        lambda: "Getting cache value for for : agentServiceCache",
        lambda: f"Creating a rest resrouce, Method=GET, URI='/gc/gcCache/{s.n(9000)}'",
        lambda: (
            "Reading compute metadata info from IMDS_ENDPOINT env. variable - "
            "http://localhost:40342"
        ),
        lambda: f"Return code = {200 + s.n(5)}",
        lambda: f"Run pull refresh for timer 'gc_refresh_timer_{s.n(30)}'",
        lambda: (
            f"[GAS IPs: 10.{s.n(255)}.{s.n(255)}.{s.n(255)}] asked in {s.n(900)} ms"
        ),
        lambda: f"Sending request to {s.url()}, correlation id {s.guid()}",
        lambda: f"Http status {200 + s.n(300)} from {s.url()} after {s.n(30_000)} ms",
        lambda: (
            f"Validating package {s.one(EXTENSIONS)}_{s.n(9)}.{s.n(40)}.{s.n(99)}.zip"
        ),
        lambda: f"Package hash is {s.bits(256):064x}, signature is valid",
        lambda: (
            f"Extension {s.one(EXTENSIONS)} reported state Ready, sequence {s.n(500)}"
        ),
        lambda: (
            f"Worker process {s.n(60_000)} exited with code {s.n(4)} in {s.n(99)} s"
        ),
        lambda: f"Assignment {s.guid()} is compliant, next run in {s.n(3600)} s",
        lambda: "Consistency run is not due yet",
        lambda: f"Job {s.guid()} moved from Queued to Running on thread {s.n(64)}",
        lambda: (
            f"Writing report '/var/lib/GuestConfig/reports/{s.guid()}.json' "
            f"({s.n(90_000)} bytes)"
        ),
        lambda: f"Extension returned non-zero exit code for Enable: {s.n(90)}.",
        lambda: f"Failed to get regional end_point info. Status Code '404' {s.guid()}",
    )


def logrus(source: Source) -> Records:
    """Yield records of himds.log, azcmagent.log or arcproxy.log."""
    messages = _logrus_messages(source)
    levels = ("debug",) * 11 + ("info",) * 7 + ("warning", "error")
    unit, n = source.unit, source.n
    while True:
        date, hour, minute, second, _ = source.time()
        stamp = (
            f"{date.year}-{date.month:02d}-{date.day:02d}T{hour:02d}:{minute:02d}:"
            f"{second:02d}"
        )
        line = (
            f'time="{stamp}+01:00" level={levels[n(20)]} '
            f"msg={messages[n(len(messages))]()}\n"
        )
        if unit() < TAIL / 10:
            yield line + _stack(source, 3), 4
        else:
            yield line, 1


def _body(s: Source) -> str:
    """Return a JSON answer in Go's escapes."""
    return (
        f'"{{\\"id\\":\\"/subscriptions/{s.guid()}/resourceGroups/rg-{s.n(99)}/providers/'
        f'Microsoft.HybridCompute/machines/m{s.n(9999)}\\",\\"location\\":\\"westeurope\\",'
        f'\\"tags\\":{{}},\\"properties\\":{{\\"vmId\\":\\"{s.guid()}\\",'
        f'\\"provisioningState\\":\\"Succeeded\\",\\"n\\":{s.n(10_000)}}}}}"'
    )


def _logrus_messages(s: Source) -> tuple[Words, ...]:
    return (
        lambda: (
            f'"Heartbeat sent" Status Code=200 Request URL="{s.url()}" '
            f"Correlation ID={s.guid()}"
        ),
        lambda: '"Collecting machine properties"',
        lambda: (
            f'"Checking connectivity to https://{s.one(HOSTS)}, proxy status: '
            'proxy is not used"'
        ),
        lambda: (
            f'"https://{s.one(HOSTS)} is available, using cryptographic protocol: '
            'TLS 1.2"'
        ),
        lambda: f'"Create ARM Resource Response" Body={_body(s)} Status Code=200',
        lambda: (
            f'"Token request from process {s.n(60_000)}" Request Path='
            f'"/metadata/identity/oauth2/token?id={s.n(900)}" Remote=127.0.0.1'
        ),
        lambda: (
            f'"Request served" Status Code={200 + s.n(300)} Elapsed={s.n(900)}ms '
            f"Request ID={s.guid()} Bytes Sent={s.n(90_000)}"
        ),
        lambda: f'"Get \\"{s.url()}\\": EOF" Attempt={s.n(9)}',
        lambda: (
            f'"Reading C:\\\\ProgramData\\\\Agent\\\\p{s.n(60)}.json" VM Id={s.guid()}'
        ),
        lambda: f"retrying Attempt={s.n(9)} Wait Time={s.n(90)}s",
        lambda: (
            '"Validating HTTP response. getting a non-200 response (404 Not Found)" '
            'Endpoint="http://169.254.169.254/metadata/instance/compute?api-version=2019-06-01"'
        ),
    )


def journal(source: Source) -> Records:
    """Yield lines of the systemd journal."""
    n = source.n
    while True:
        date, hour, minute, second, _ = source.time()
        unit = source.one(UNITS)
        texts = (
            f"Started {unit}.service - Service of the agent.",
            f"{unit}.service: Consumed {n(90)}.{n(900)}s CPU time.",
            f"{unit}.service: Main process exited, code=exited, status=1/FAILURE",
            f"{unit}.service: Scheduled restart job, restart counter is at {n(90)}.",
        )
        stamp = f"{date:%b} {date.day:>2} {hour:02d}:{minute:02d}:{second:02d}"
        yield f"{stamp} bench01 systemd[1]: {source.one(texts)}\n", 1


def extension(source: Source) -> Records:
    """Yield lines of the log of an extension's handler."""
    n = source.n
    name = f"{source.one(EXTENSIONS)}-1.{n(40)}.{n(9)}"
    while True:
        date, hour, minute, second, _ = source.time()
        stamp = f"{date:%Y/%m/%d} {hour:02d}:{minute:02d}:{second:02d}"
        texts = (
            f"Handler state is {n(5)}, sequence {n(900)}, id {source.guid()}",
            f"Enable,success,{n(3)},done in {n(90_000)} ms",
            f"Reading settings from /var/lib/waagent/{n(900)}.settings",
            "Nothing to do",
        )
        yield f"{stamp} [{name}] {source.one(texts)}\n", 1


def json_lines(source: Source) -> Records:
    """Yield lines that are JSON, as some extensions write."""
    n = source.n
    while True:
        date, hour, minute, second, ms = source.time()
        level = source.one(("info", "info", "warn", "error"))
        stamp = f"{date:%Y-%m-%d}T{hour:02d}:{minute:02d}:{second:02d}.{ms:03d}Z"
        head = (
            f'{{"timestamp":"{stamp}","level":"{level}","message":"operation {n(9000)}'
        )
        tail = f'"elapsed":{n(9000)},"nested":{{"level":"none","n":{n(99)}}}}}'
        yield f'{head} finished","activity":"{source.guid()}",{tail}\n', 1
