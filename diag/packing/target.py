"""The file that a bundle is written to: never half a bundle under the final name.

It grows as `NAME.partial`, which only its owner reads, in the folder of the result.
The folder is opened once and names are looked up in it, so that nobody can lead the
writer elsewhere by exchanging a folder or planting a link.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from typing import TYPE_CHECKING

from diag.errors import OutputError
from diag.packing.lock import lock

if TYPE_CHECKING:
    from typing import NoReturn

PARTIAL = ".partial"
JOURNAL = ".journal"
OWNER_ONLY = 0o600
OTHER_NAME = "give another name to -o"
FULL = (errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC))
_ALWAYS = 0
for _name in ("O_BINARY", "O_CLOEXEC", "O_NOINHERIT", "O_NOFOLLOW", "O_NONBLOCK"):
    _ALWAYS |= getattr(os, _name, 0)
# Windows opens no folders: there names are whole paths.
_BY_FOLDER = os.open in os.supports_dir_fd and hasattr(os, "O_DIRECTORY")


class Folder:
    """The folder of a bundle, open, and what may be done in it."""

    def __init__(self, path: str) -> None:
        """Open the folder of a file.

        Args:
            path: The file, which need not exist.

        Raises:
            OutputError: There is no such folder.
        """
        self.path = path
        head, self.name = os.path.split(path)
        self._head = head or os.curdir
        self._fd: int | None = None
        if not self.name:
            fail("the result cannot be a folder", path, OTHER_NAME)
        if not os.path.isdir(self._head):
            hint = f"make the folder {self._head}, or {OTHER_NAME}"
            fail("there is no such folder", path, hint)
        if _BY_FOLDER:
            flags = os.O_RDONLY | os.O_DIRECTORY | getattr(os, "O_CLOEXEC", 0)
            with told(path, "its folder cannot be opened"):
                self._fd = os.open(self._head, flags)

    def close(self) -> None:
        """Let go of the folder."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def open(self, name: str, flags: int, mode: int = OWNER_ONLY) -> int:
        """Open a file of the folder, never through a link; returns its number."""
        if self._fd is None:
            return os.open(os.path.join(self._head, name), flags | _ALWAYS, mode)
        return os.open(name, flags | _ALWAYS, mode, dir_fd=self._fd)

    def status(self, name: str) -> os.stat_result | None:
        """Return what lies under a name, itself and not where it leads; or None."""
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            if self._fd is None:
                return os.lstat(os.path.join(self._head, name))
            return os.stat(name, dir_fd=self._fd, follow_symlinks=False)
        return None

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        with contextlib.suppress(FileNotFoundError):
            if self._fd is None:
                os.unlink(os.path.join(self._head, name))
            else:
                os.unlink(name, dir_fd=self._fd)

    def rename(self, old: str, new: str) -> None:
        """Give a file its name, in one step; what had the name is gone then."""
        if self._fd is None:
            head = self._head
            os.replace(os.path.join(head, old), os.path.join(head, new))
        else:
            os.replace(old, new, src_dir_fd=self._fd, dst_dir_fd=self._fd)

    def sync(self) -> None:
        """Make names last; where folders cannot be synced it is the system's job."""
        if self._fd is not None:
            with contextlib.suppress(OSError):
                os.fsync(self._fd)

    def free(self) -> int | None:
        """Return how many bytes may still be written here, if it can be known."""
        import shutil

        with contextlib.suppress(OSError, AttributeError):
            if self._fd is not None:
                found = os.fstatvfs(self._fd)
                return found.f_bavail * found.f_frsize
            return shutil.disk_usage(self._head).free
        return None


class PartialFile:
    """A result on its way: `NAME.partial`, locked as long as it is written."""

    def __init__(self, folder: Folder) -> None:
        """Create it; it must not be there yet.

        Args:
            folder: The folder of the result, which knows its name.

        Raises:
            OSError: It is there, or cannot be created.
        """
        self.folder = folder
        self.name = folder.name + PARTIAL
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL
        self._fd: int | None = folder.open(self.name, flags)
        try:
            locked = lock(self._fd)
        except OSError:
            self.remove()
            raise
        if not locked:  # another run took it for left over at this moment
            self.close()
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))

    @classmethod
    def adopt(cls, folder: Folder, fd: int) -> PartialFile:
        """Go on with one that an earlier run left; `fd` is open and locked."""
        self = cls.__new__(cls)
        self.folder, self.name, self._fd = folder, folder.name + PARTIAL, fd
        return self

    @property
    def fd(self) -> int:
        """Its number."""
        if self._fd is None:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        return self._fd

    def write(self, data: bytes) -> None:
        """Write all of `data` where the file ends."""
        write_all(self.fd, data)

    def patch(self, offset: int, data: bytes) -> None:
        """Write over earlier bytes, and go back to the end."""
        os.lseek(self.fd, offset, os.SEEK_SET)
        write_all(self.fd, data)
        os.lseek(self.fd, 0, os.SEEK_END)

    def cut(self, length: int) -> None:
        """Take away what stands behind the first `length` bytes."""
        os.ftruncate(self.fd, length)
        os.lseek(self.fd, length, os.SEEK_SET)

    def sync(self) -> None:
        """Return when what was written is on the disk."""
        getattr(os, "fdatasync", os.fsync)(self.fd)

    def finish(self, final: str) -> None:
        """Give the file its final name, once all of it is on the disk.

        Args:
            final: Its name in the folder.

        Raises:
            OSError: It is no longer there, or cannot be renamed.
        """
        os.fsync(self.fd)
        if not self.is_there():
            raise OSError(errno.ENOENT, "somebody removed or exchanged it")
        if not _BY_FOLDER:
            self.close()  # Windows renames no open files
        self.folder.rename(self.name, final)
        self.folder.sync()
        self.close()

    def remove(self) -> None:
        """Close and remove it: Windows removes no open files."""
        if not _BY_FOLDER:
            self.close()
        self.folder.remove(self.name)
        self.close()

    def is_there(self) -> bool:
        """Say whether the file that is written still has its name."""
        there = self.folder.status(self.name)
        if there is None or self._fd is None:
            return there is not None
        return os.path.samestat(os.fstat(self._fd), there)

    def close(self) -> None:
        """Close it, which also unlocks it."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None


def write_all(fd: int, data: bytes) -> None:
    """Write all bytes; a system call may take only some of them."""
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def is_plain(status: os.stat_result) -> bool:
    """Say whether a file is regular, has one name, and is ours."""
    owner = getattr(os, "geteuid", lambda: status.st_uid)()
    plain = stat.S_ISREG(status.st_mode) and status.st_nlink == 1
    return plain and status.st_uid == owner


@contextlib.contextmanager
def told(path: str, text: str):  # type: ignore[no-untyped-def]  # noqa: ANN201
    """Turn errors of the system into one of ours.

    Args:
        path: The file that it is about.
        text: What could not be done.

    Raises:
        OutputError: An OSError came.
    """
    try:
        yield
    except OSError as error:
        why = error.strerror or str(error)
        raise OutputError(
            f"{text}: {why}",
            where=path,
            hint=f"check rights and space, or {OTHER_NAME}",
        ) from error


def fail(text: str, where: str, hint: str) -> NoReturn:
    """Raise the error that a result cannot be written.

    Raises:
        OutputError: Always.
    """
    raise OutputError(text, where=where, hint=hint)
