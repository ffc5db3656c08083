"""What real excerpts say, worked out by hand from the files themselves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

ZEROS = "00000000-0000-0000-0000-000000000000"
NOTHING = ("", "", "")
Lines = dict[int, dict[str, Any]]


@dataclass(frozen=True, eq=False)
class Excerpt:
    """One file: counts, times (UTC) and policy, levels in order, lines to look at.

    `levels` is one word for all events, or one per event. `first` and `last` are
    empty for files without times.
    """

    name: str
    log: str
    lines: int
    events: int
    continued: int = 0
    blank: int = 0
    unparsed: int = 0
    first: str = ""
    last: str = ""
    zone: str = ""
    levels: str = ""
    look: Lines = field(default_factory=dict)
    machine: tuple[str, str, str] = NOTHING  # Computer, Os, AgentVersion
    problems: list[str] = field(default_factory=list)


def logrus(name: str, lines: int, time: str, levels: str, look: Lines) -> Excerpt:
    return Excerpt(
        f"azcmagent_log/{name}", "azcmagent", lines, lines,
        first=time, last=time, zone="carried", levels=levels, look=look,
    )  # fmt: skip


START = logrus(
    "linux-1.21-connect-start.log", 11, "2022-09-30T10:04:09", "debug",
    {
        1: {"Message": "Agent Version: 1.21.02043.347", "Fields": {}},
        2: {"Message": "Agent Command: connect"},
        9: {
            "Message": "Validating HTTP response. getting a non-200 response "
            "(404 Not Found)",
            "Fields": {
                "Endpoint": "http://169.254.169.254/metadata/instance/compute"
                "?api-version=2019-06-01"
            },
        },
        11: {"Message": "Updating cloud provider. Azure not detected"},
    },
)  # fmt: skip

ENDPOINTS = logrus(
    "linux-1.21-connect-endpoints.log", 9, "2022-09-30T10:04:14", "debug",
    {
        1: {
            "Message": "Checking connectivity to https://westeurope-gas."
            "guestconfiguration.azure.com, proxy status: proxy is not used",
            "Fields": {},
        },
        6: {
            "Message": "https://weu.his.arc.azure.com is available, "
            "using cryptographic protocol: TLS 1.3"
        },
    },
)  # fmt: skip

ANSWER = logrus(
    "linux-1.21-connect-arm-response.log", 2, "2022-09-30T10:04:17", "debug",
    {
        1: {"Message": "Create ARM Resource Response"},
        2: {"Message": "ARM Resource Creation Successful", "Fields": {}},
    },
)  # fmt: skip

ONBOARDING = Excerpt(
    "azcmagent_log/linux-windows-2020-onboarding-space-key.log", "azcmagent", 4, 4,
    first="2020-08-07T20:13:25", last="2020-08-07T20:13:50", zone="carried",
    levels="info",
    look={
        3: {
            "TimeGenerated": "2020-08-07T20:13:29",
            "Message": "All endpoints are available... continue onboarding",
            "Fields": {},
        },
        4: {
            "Message": "Successfully Onboarded Resource to Azure",
            "Fields": {"VM Id": "9a580383-0241-49e5-a6a2-eeea8c66c872"},
        },
    },
)  # fmt: skip

NO_TIME = Excerpt(
    "azcmagent_log/windows-2020-failed-os-discovery.log", "azcmagent", 1, 1,
    levels="error",
    look={
        1: {
            "TimeGenerated": None,
            "Message": "Failed to discover OS information for onboarding",
            "Fields": {
                "Error": "fork/exec C:\\Python37\\Lib\\cmd.py: "
                "%1 is not a valid Win32 application."
            },
        }
    },
)  # fmt: skip

RESOURCE = (
    "/subscriptions/d4105338-83fb-49c4-a700-3c58e5734960/resourceGroups/rg-edge1/"
    "providers/Microsoft.HybridCompute/machines/edge0001"
)
CONSOLE = [
    Excerpt(
        "azcmagent_cli/linux-1.58-connect-finish.txt", "azcmagent_console", 9, 9,
        levels="info - - info - - - info info",
        look={
            1: {"Message": "Cloud: AzureCloud", "Fields": {}},
            2: {"Message": "  20% [==>            ]", "Fields": {"percent": 20}},
            4: {
                "Message": "Creating resource in Azure...",
                "Fields": {
                    "Correlation ID": "2892142e-2480-43ce-a232-9ddee7903f61",
                    "Resource ID": RESOURCE,
                },
            },
            7: {"Fields": {"percent": 100}},
            8: {"Message": "Connected machine to Azure", "Fields": {}},
        },
    ),
    Excerpt(
        "azcmagent_cli/linux-connect-device-code-start.txt",
        "azcmagent_console", 4, 3, continued=1, levels="info",
        look={
            2: {"Message": "Cloud: AzureCloud", "LineCount": 1},
            3: {
                "Message": "Testing connectivity to endpoints that are needed to "
                "connect to Azure... This might take a few minutes. \nTo sign in, use "
                "a web browser to open the page https://microsoft.com/devicelogin and "
                "enter the code XXXXXXXXX to authenticate.",
                "LineCount": 2,
            },
        },
    ),
    Excerpt(
        "azcmagent_cli/windows-connect-success-progressbar.txt",
        "azcmagent_console", 11, 11,
        levels="info info info - - info - - - info info",
        look={
            3: {"Message": "Please login using the pop-up browser to authenticate."},
            5: {"Fields": {"percent": 30}},
            6: {
                "Message": "Creating resource in Azure...",
                "Fields": {
                    "Correlation ID": "YYY",
                    "Resource ID": "/subscriptions/XXXX/resourceGroups/AAPLS/providers/"
                    "Microsoft.HybridCompute/machines/AAPLS001vm",
                },
            },
            10: {"Message": "Connected machine to Azure"},
        },
    ),
    Excerpt(
        "azcmagent_cli/linux-2021-connect-missing-subscription-registration.txt",
        "azcmagent_console", 1, 1, levels="error",
        look={
            1: {
                "TimeGenerated": None,
                "Code": "",
                "Message": "Failed to AzcmagentConnect ARM resource",
                "Fields": {
                    "elapsed": "0002",
                    "Error": "RequestCorrelationId:b54ef3a6671a -dba8-dba8-dba8-"
                    "b54ef3a6671a Message: The subscription is not registered to use "
                    "namespace 'Microsoft.HybridCompute'. See "
                    "https://aka.ms/rps-not-found for how to register subscriptions. "
                    "Code: MissingSubscriptionRegistration httpStatusCode:409 ",
                },
            }
        },
    ),
    # The poster's own sentence in line 2 goes on with the record before it.
    Excerpt(
        "azcmagent_cli/windows-1.55-connect-azcm0026-private-endpoint.txt",
        "azcmagent_console", 4, 2, continued=1, blank=1, levels="- error",
        look={
            1: {"LineCount": 2, "Code": ""},
            4: {
                "Code": "AZCM0026",
                "Message": "AZCM0026: Network Error",
                "Level": "error",
                "LineCount": 1,
            },
        },
    ),
]  # fmt: skip

SHOW = [
    Excerpt(
        "azcmagent_cli/linux-1.58-show-connected.txt", "azcmagent_show", 37, 37,
        machine=("edge0001", "linux", "1.58.03228.700"),
    ),
    Excerpt(
        "azcmagent_cli/windows-1.46-show-connected-gateway.txt",
        "azcmagent_show", 37, 34, blank=3,
        machine=("Node1", "windows", "1.46.02809.1841"),
    ),
    Excerpt(
        "azcmagent_cli/windows-1.64-show-connected.txt", "azcmagent_show", 39, 39,
        machine=("example-resource", "windows", "1.64.03414.2961"),
    ),
    Excerpt(
        "azcmagent_cli/windows-1.64-show-disconnected.txt", "azcmagent_show", 39, 39,
        machine=("", "windows", "1.64.03414.2961"),
    ),
]  # fmt: skip

SOURCE = r"c:\git\desiredstateconfiguration\src\dsc"
URI = "Error : URI must contain a hostname."
ACTIVITY = "d80f4b67-d4b0-4ee1-aa5e-2650db2f074a"
GC_AGENT = [
    Excerpt(
        "gc_agent/windows-2019-dsc-rest-server.log", "gc_agent", 7, 7,
        first="2019-11-18T13:38:39.541", last="2019-11-18T13:38:40.555",
        zone="machine: UTC assumed", levels="info",
        look={
            1: {
                "TimeGenerated": "2019-11-18T13:38:39.541",
                "Component": "Rest Server",
                "ActivityId": ZEROS,
                "Pid": 6788,
                "Tid": 11056,
                "Message": "Getting cache value for for : agentServiceCache",
                "Fields": {},
            },
            3: {
                "TimeGenerated": "2019-11-18T13:38:40.552",
                "Component": "AZURE_CNC_INFO",
                "Tid": 10276,
                "Message": "Return code = 200",
            },
            7: {
                "Component": "Rest Server",
                "Message": "Creating a rest resrouce, Method=GET, "
                "URI='/dsc/dscCache/agentServiceCache'",
            },
        },
    ),
    Excerpt(
        "gc_agent/windows-2019-dsc-uri-must-contain-hostname.log", "gc_agent", 2, 2,
        first="2019-11-18T13:33:39.530", last="2019-11-18T13:33:39.530",
        zone="machine: UTC assumed", levels="error",
        look={
            1: {
                "Component": "Pull Client",
                "Pid": 6788,
                "Tid": 2952,
                "ActivityId": ACTIVITY,
                "Message": f"Failed to update assignments {URI}",
                "Fields": {
                    "source": rf"{SOURCE}\dsc_pullclient\dsc_pull_client.cpp:231"
                },
            },
            2: {
                "Component": "Timer Manager",
                "ActivityId": ACTIVITY,
                "Message": "Failed to Run Pull Refresh for 'dsc_refresh_timer' " + URI,
                "Fields": {
                    "source": rf"{SOURCE}\dsc_timer\dsc_timer_manager.cpp:308"
                },
            },
        },
    ),
]  # fmt: skip

# Its dates have no year: the tests set the file's time stamp to the next day.
JOURNAL_STAMP = "2026-02-19T00:00:00+00:00"
BY_STAMP = "machine: UTC assumed; year by the file's time stamp"
JOURNAL = [
    Excerpt(
        "systemd/standin-modern-systemd-restart-loop.log", "journal", 7, 7,
        first="2026-02-18T11:36:32", last="2026-02-18T11:36:37", zone=BY_STAMP,
        machine=("hnopencelium", "", ""),
        look={
            1: {
                "Component": "systemd",
                "Pid": 1,
                "Message": "opencelium.service: Main process exited, code=exited, "
                "status=1/FAILURE",
                "Fields": {"host": "hnopencelium"},
            },
            4: {
                "TimeGenerated": "2026-02-18T11:36:37",
                "Message": "opencelium.service: Scheduled restart job, "
                "restart counter is at 7.",
            },
        },
    ),
    Excerpt(
        "systemd/standin-rhel7-mdsd-failed.log", "journal", 8, 5, continued=3,
        look={
            4: {
                "Component": "systemd",
                "Pid": 1,
                "Message": "start request repeated too quickly for mdsd.service",
            },
            5: {
                "Message": "Failed to start Azure MDS Service.\n"
                "-- Subject: Unit mdsd.service has failed\n"
                "-- Defined-By: systemd\n"
                "-- Support: http://lists.freedesktop.org/mailman/listinfo/"
                "systemd-devel",
                "LineCount": 4,
            },
        },
    ),
]  # fmt: skip


MESSAGE = Excerpt(
    "extension/mde-linux-arc-rhel8-install-52.txt", "extension_message", 1, 1,
    levels="error",
    look={
        1: {
            "Message": "Extension failed to install. Extension must be removed before "
            "any further requests on this extension will be accepted. Extension "
            "returned non-zero exit code for Install: 52. Extension error output: No "
            "Python interpreter found, which is an MDC-MDE extension dependency. "
            "Please install either Python 2 or 3.",
            "Fields": {"operation": "install", "step": "Install", "exit": 52},
        }
    },
)  # fmt: skip
COPIED = Excerpt(
    "windows_event/standin-scm-7034-message.txt", "event_message", 1, 1,
    levels="error",
    look={
        1: {
            "Message": '"The "WPKG Control Service" service terminated unexpectedly. '
            'It has done this 1 time(s)."',
            "Fields": {"service": "WPKG Control Service"},
        }
    },
)  # fmt: skip
INSTALLER = [
    Excerpt(
        "installer/linux-deb-1.3-postinstall.txt", "package_install", 13, 13,
        look={
            9: {
                "Message": "Created symlink /etc/systemd/system/multi-user.target."
                "wants/himdsd.service \u2192 /lib/systemd/system/himdsd.service."
            },
            11: {
                "Message": "Arc GC service is not running.",
                "Fields": {"service": "Arc GC"},
            },
        },
    ),
    Excerpt(
        "installer/linux-deb-1.58-postinstall.txt", "package_install", 39, 37,
        continued=2,
        look={
            6: {"LineCount": 3},
            16: {
                "Message": "Checked guest config disabled: ",
                "Fields": {"setting": "guest config disabled", "value": ""},
            },
            39: {"Message": "STARTING EXT", "Fields": {"service": "EXT"}},
        },
    ),
    Excerpt(
        "installer/linux-deb-wsl-no-systemd.txt", "package_install", 11, 11,
        levels="- - error error error - error warning - - error",
        look={
            3: {
                "Message": "System has not been booted with systemd as init system "
                "(PID 1). Can't operate."
            },
        },
    ),
    Excerpt(
        "installer/linux-ext-service-starting-not-root.txt", "package_install", 7, 7,
        levels="- - - - - - error",
        look={7: {"Message": "You must be root to execute /usr/bin/azcmagent"}},
    ),
]  # fmt: skip


EVENTS = [
    Excerpt(
        "gc_agent/telemetry-event-dsclog-wrapped.json", "extension_events", 38, 1,
        continued=37, first="2019-11-05T10:06:52.688", last="2019-11-05T10:06:52.688",
        zone="machine: UTC assumed", levels="info",
        look={
            1: {
                "Component": "Timer Manager",
                "ActivityId": "9c9004b4-b2d0-4a3f-a95e-9ba395906dbe",
                "Pid": 11487,
                "Tid": 11513,
                "Message": "Run pull refresh for timer 'dsc_refresh_timer'",
                "LineCount": 38,
            },
        },
    ),
    Excerpt(
        "extension/telemetry-event-customscript.json", "extension_events", 38, 1,
        continued=37,
        look={
            1: {
                "Component": "CustomScript",
                "Message": "(01302)Script is finished.\n---stdout---\nhello\n\n"
                "---errout---",
                "LineCount": 38,
            },
        },
    ),
    Excerpt(
        "windows_event/standin-scm-7031-csv.log", "windows_events", 1, 1,
        first="2013-02-11T14:25:12", last="2013-02-11T14:25:12",
        zone="machine: UTC assumed", levels="error",
        look={
            1: {
                "Component": "Service Control Manager",
                "Message": "The pGina Service service terminated unexpectedly.  It "
                "has done this 1 time(s)",
                "Fields": {"EventId": 7031, "UserId": "No User"},
            },
        },
    ),
]  # fmt: skip


# Documents that are JSON: every line is an event, the values are rows of tables.
STATUS = Excerpt(
    "extension/status-file-vmsnapshot-testdata.json", "extension_status", 36, 36,
    look={
        4: {"Message": '            "status": "success",', "Fields": {}},
        36: {"Message": "]", "LineCount": 1},
    },
)  # fmt: skip
RESOURCE_VIEW = Excerpt(
    "extension/arc-extension-instanceview-ama-success.json",
    "extension_resource", 18, 18,
    problems=["bad-json", "bad-json"],
    look={1: {"Message": '        "publisher": "Microsoft.Azure.Monitor",'}},
)  # fmt: skip

EXCERPTS = [
    STATUS, RESOURCE_VIEW,
    START, ENDPOINTS, ANSWER, ONBOARDING, NO_TIME,
    *CONSOLE, *SHOW, *GC_AGENT, *JOURNAL, MESSAGE, COPIED, *INSTALLER, *EVENTS,
]  # fmt: skip
