"""Result files of commands: as of all reports."""

from diag.report.target import SPARE, beside, check_target, write_file

__all__ = ["SPARE", "beside", "check_target", "write_file"]
