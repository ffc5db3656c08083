"""Installations that fail, old versions, and bundles that are not whole."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from samples.making import lines
from tests.scenarios.generations import Age, released
from tests.scenarios.label import Want, high, low, medium, scenario

if TYPE_CHECKING:
    from tests.scenarios.site import Site

NEW, MIDDLE, FIRST = Age.NEW, Age.MIDDLE, Age.FIRST
INSTALLATION = "Windows/AzureConnectedMachineAgent/temp/installationlog.txt"


def msi(site: Site, code: int, path: str, product: str, mark: str) -> None:
    """Write the log of an installation that ends with a code."""
    at = site.moment(0.4).astimezone(site.machine.zone)
    started = f"{at.month}/{at.day}/{at.year}  {at.hour}:{at:%M:%S}"
    late = at + timedelta(minutes=2)
    page = (
        f"=== Verbose logging started: {started}  Build type: SHIP UNICODE "
        "5.00.10011.00  Calling process: C:\\Windows\\system32\\msiexec.exe ===\n"
        f"Property(S): ProductName = {product}\n"
        f"MSI (s) (5C:10) [{late:%H:%M:%S}:000]: MainEngineThread is returning {code}"
    )
    site.page(path, page, (mark, "MainEngineThread"))


AGENT = "Azure Connected Machine Agent"


@scenario("single", NEW, "windows", 3)
def installation_1603(site: Site) -> list[Want]:
    """The first installation fails: there is no agent and none of its logs."""
    site.bare = True
    msi(site, 1603, INSTALLATION, AGENT, "msi")
    return [high("ARC-INS-005", "msi", only=True)]


@scenario("single", MIDDLE, "windows", 3)
def installation_1618(site: Site) -> list[Want]:
    site.bare = True
    msi(site, 1618, INSTALLATION, AGENT, "msi")
    says = "1618 (Another installation is running)"
    return [high("ARC-CODE-005", "msi", only=True, says=says)]


INSTALL = "commands/azcmagent-install.txt"


@scenario("single", NEW, "linux", 4)
def package_not_found(site: Site) -> list[Want]:
    """[fragment] words of a public issue of the install script."""
    site.bare = True
    page = (
        "Reading state information... Done\n"
        "E: Unable to locate package azcmagent\n"
        "/root/install_linux_azcmagent.sh: error installing azcmagent (exit code: 100)."
        " See 'apt' command logs for more information."
    )
    # Lines without a time are one record as far as they follow each other.
    marks = (("apt", "Unable to locate"), ("apt", "exit code: 100"))
    site.page(INSTALL, page, *marks)
    return [
        medium("ARC-INS-011", "apt", only=True),
        medium("ARC-INS-012", "apt", because=("ARC-INS-011",)),
    ]


@scenario("single", FIRST, "linux", 3)
def no_systemd(site: Site) -> list[Want]:
    """[corpus] installer/linux-deb-wsl-no-systemd.txt."""
    site.bare = True
    page = (
        "Preparing to unpack .../azcmagent_1.2.20314.002_amd64.deb ...\n"
        "Prerm called with: upgrade\n"
        "System has not been booted with systemd as init system (PID 1). "
        "Can't operate.\n"
        "Failed to disable unit, unit himdsd.service does not exist."
    )
    site.page(INSTALL, page, ("init", "has not been booted"))
    return [high("ARC-INS-002", "init", only=True)]


@scenario("single", FIRST, "linux", 4)
def not_root(site: Site) -> list[Want]:
    page = (
        "Latest version of azcmagent is installed.\n"
        "You must be root to execute /usr/bin/azcmagent"
    )
    site.page(INSTALL, page, ("root", "must be root"))
    return [low("ARC-INS-001", "root", only=True)]


def _old(site: Site) -> list[Want]:
    site.move(timedelta(days=site.random.randrange(360, 900)))
    return [medium("ARC-VER-001", "version", only=True)]


for _age, _system in ((FIRST, "windows"), (MIDDLE, "linux")):
    scenario("single", _age, _system, 4, name=f"outdated-{_age.name.lower()}")(_old)


def become(site: Site, version: str) -> None:
    """Let the machine have another version, at a time of that version."""
    old, site.machine.version = site.machine.version, version
    site.move(released(version) - released(old))


@scenario("single", FIRST, "windows", 4)
def version_that_leaves_extensions_unfinished(site: Site) -> list[Want]:
    become(site, "1.13.21320.014")
    return [medium("ARC-EXT-019", "version", only=True)]


@scenario("single", MIDDLE, "windows", 4)
def version_that_breaks_sql(site: Site) -> list[Want]:
    become(site, "1.40.02664.1629")
    return [medium("ARC-EXT-035", "version", only=True)]


@scenario("single", NEW, "linux", 4)
def no_himds_log(site: Site) -> list[Want]:
    site.left_out.add(site.paths.himds)
    return [low("ARC-COL-001", says="himds", only=True)]


@scenario("single", MIDDLE, "windows", 4)
def mostly_not_understood(site: Site) -> list[Want]:
    """The log begins in the middle of something that has another form."""
    count = 400
    for number in range(count):
        at = site.begin - timedelta(hours=1, seconds=-number)
        text = f"{number:04d};0x{site.random.getrandbits(32):08x};frame;unknown module"
        site.add(site.paths.policy, at, text, "odd")
    return [low("ARC-COL-003", "odd", only=True)]


@scenario("single", NEW, "linux", 4)
def clock_set_back(site: Site) -> list[Want]:
    """From one line on the clock of the machine is two hours behind."""
    first = site.moment(0.5)
    behind = timedelta(hours=2)
    who = (site.random.randrange(600, 900), site.random.randrange(1000, 9000))
    path = "var/lib/GuestConfig/arc_policy_logs/gc_agent.1.log"
    for number in range(20):
        at = first + timedelta(minutes=number)
        told = at - behind if number >= 12 else at
        text = "Getting cache value for for : agentServiceCache"
        line = lines.bracket(site.machine, told, who, "Rest Server", text)
        site.add(path, at, line, *(["back"] if number == 12 else []))
    return [low("ARC-COL-002", "back", only=True)]
