"""An invented machine: names, ids, zone, and what `azcmagent show` says about it."""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import TypeVar

Item = TypeVar("Item")


@dataclass(slots=True)
class Machine:
    """A machine whose ids follow from its host name.

    `offset` is its zone in hours east of UTC, `version` that of the agent.
    """

    host: str
    version: str
    offset: int = 0
    windows: bool = False
    group: str = "rg-samples"
    region: str = "westeurope"
    shard: str = "weu"
    random: random.Random = field(init=False)
    subscription: str = field(init=False)
    tenant: str = field(init=False)
    vm_id: str = field(init=False)
    correlation: str = field(init=False)
    uuid: str = field(init=False)

    def __post_init__(self) -> None:
        """Draw the ids."""
        self.random = random.Random(f"arcdiag sample {self.host}")
        self.subscription = self.guid()
        self.tenant = self.guid()
        self.vm_id = self.guid()
        self.correlation = self.guid()
        self.uuid = self.guid()

    def guid(self) -> str:
        """Return the next GUID of this machine."""
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def number(self, low: int, high: int) -> int:
        """Return a whole number from low to high, both included."""
        return low + int(self.random.random() * (high - low + 1))

    def pick(self, items: tuple[Item, ...]) -> Item:
        """Return one of `items`."""
        return items[int(self.random.random() * len(items))]

    @property
    def zone(self) -> timezone:
        """The machine's zone."""
        return timezone(timedelta(hours=self.offset))

    @property
    def resource(self) -> str:
        """Resource id in Azure."""
        return (
            f"/subscriptions/{self.subscription}/resourceGroups/{self.group}"
            f"/providers/Microsoft.HybridCompute/machines/{self.host}"
        )

    @property
    def portal(self) -> str:
        """Address of the machine's page in the portal."""
        return (
            f"https://portal.azure.com/#@{self.tenant}/resource{self.resource}/overview"
        )

    @property
    def data(self) -> str:
        """Where the agent keeps its files, with the separator at its end."""
        if self.windows:
            return "C:\\ProgramData\\AzureConnectedMachineAgent\\"
        return "/var/opt/azcmagent/"


@dataclass(frozen=True, slots=True)
class Shown:
    """What differs between outputs of `azcmagent show`."""

    status: str
    heartbeat: datetime | None
    states: tuple[str, str, str, str]


def show(machine: Machine, shown: Shown) -> list[str]:
    """Return the lines that `azcmagent show` prints.

    [corpus] azcmagent_cli/linux-1.58-show-connected.txt and, for Windows,
    azcmagent_cli/windows-1.64-show-connected.txt: keys, order, widths and service
    ids. Agents on Linux print a blank after an empty value's colon, the sample of
    Windows has none.
    """
    values = _facts(machine, shown) + _cloud(machine)
    empty = "" if machine.windows else " "
    lines = [f"{key:<40}:{' ' + text if text else empty}" for key, text in values]
    lines.insert([key for key, _ in values].index("Manufacturer"), "Cloud Metadata")
    lines.append("Dependent Service Status")
    lines += _services(machine, shown.states)
    task = "{" + machine.vm_id + "}" if machine.windows else CRON
    tail = {
        "Portal Page": machine.portal,
        "Disabled Features": "",
        "Agent Auto Upgrade Task Status": f"enabled, id: {task}",
    }
    lines += [f"{key:<40}:{' ' + v if v else empty}" for key, v in tail.items()]
    return lines


CRON = "/etc/cron.d/azcmagent_autoupgrade"


def _facts(machine: Machine, shown: Shown) -> list[tuple[str, str]]:
    beat = ""
    if shown.heartbeat is not None:
        beat = shown.heartbeat.astimezone(machine.zone).isoformat(timespec="seconds")
    slash = "Log\\" if machine.windows else "log/"
    return list(
        {
            "Resource Name": machine.host,
            "Resource Group Name": machine.group,
            "Resource Namespace": "Microsoft.HybridCompute",
            "Resource Id": machine.resource,
            "Subscription ID": machine.subscription,
            "Tenant ID": machine.tenant,
            "VM ID": machine.vm_id,
            "Correlation ID": machine.correlation,
            "VM UUID": machine.uuid,
            "Location": machine.region,
            "Cloud": "AzureCloud",
            "Agent Version": machine.version,
            "Agent Logfile": f"{machine.data}{slash}himds.log",
            "Agent Status": shown.status,
            "Agent Last Heartbeat": beat.replace("+00:00", "Z"),
            "Agent Error Code": "",
            "Agent Error Details": "",
            "Agent Error Timestamp": "",
        }.items()
    )


def _cloud(machine: Machine) -> list[tuple[str, str]]:
    return list(
        {
            "Using HTTPS Proxy": "",
            "Proxy Bypass List": "",
            "Upstream Proxy": "",
            "Gateway URL": "",
            "Cloud Provider": "N/A",
            "Manufacturer": "VMware, Inc." if machine.windows else "QEMU",
            "Model": "VMware Virtual Platform" if machine.windows else "Standard PC",
            "MSSQL Server Detected": "false",
            "MySQL Server Detected": "false",
            "PGSQL Server Detected": "false",
        }.items()
    )


def _services(machine: Machine, states: tuple[str, str, str, str]) -> list[str]:
    names = (
        ("himds", "arcproxy", "extensionservice", "gcarcservice")
        if machine.windows
        else ("himdsd", "arcproxyd", "extd", "gcad")
    )
    titles = ("Agent Service", "Azure Arc Proxy", "Extension Service", "GC Service")
    return [
        f"{f'  {title} ({name})':<40}: {state}"
        for title, name, state in zip(titles, names, states, strict=True)
    ]
