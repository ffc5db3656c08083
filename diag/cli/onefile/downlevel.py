"""Sources for Python 3.6: annotations go, everything else stays in its line.

Annotations are blanked out where they stand, so that lines, columns and comments are
those of the original and a traceback from a server can be read beside it. Fields of
NamedTuple classes need theirs, as texts. What else is too young is not rewritten but
refused here, as far as Python can tell, and by tests on old Pythons.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from diag.errors import ContentError

if TYPE_CHECKING:
    from collections.abc import Iterator

OLDEST = (3, 6)
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Edit(NamedTuple):
    """Bytes of a source that are replaced: from `start` up to `stop`."""

    start: int
    stop: int
    text: bytes


def downlevel(source: str, where: str) -> str:
    """Return a source that Python 3.6 reads, with the same lines.

    Args:
        source: Of Python 3.11.
        where: What it is called in messages.

    Raises:
        ContentError: It uses what Python 3.6 does not have.
    """
    text = source.encode("utf-8")
    tree = ast.parse(source)
    edits = sorted(_Edits(text, tree, where).found)
    pieces = []
    at = 0
    for edit in edits:
        pieces += [text[at : edit.start], edit.text]
        at = edit.stop
    done = b"".join([*pieces, text[at:]]).decode("utf-8")
    _check(done, tree, where)
    return done


class _Edits(ast.NodeVisitor):
    """Finds what is to be replaced."""

    def __init__(self, text: bytes, tree: ast.Module, where: str) -> None:
        self.found: list[Edit] = []
        self._text = text
        self._where = where
        self._starts = [0]
        for line in text.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))
        self._tuples = 0
        self.visit(tree)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """Take out the future that old Pythons do not know."""
        if node.module == "__future__":
            self._blank(*self._place(node))

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """Keep the fields of named tuples."""
        bases = {getattr(b, "id", getattr(b, "attr", "")) for b in node.bases}
        marks = {ast.unparse(d).partition("(")[0] for d in node.decorator_list}
        if marks & {"dataclass", "dataclasses.dataclass"}:
            self._refuse(node, "dataclasses are younger than Python 3.6")
        for one in node.body:
            if isinstance(one, ast.AnnAssign) and "NamedTuple" in bases:
                self._as_text(one.annotation)
            else:
                self.visit(one)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        """Take the annotations of a function."""
        self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        """Take the annotations of a function."""
        self._function(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """Make it an assignment, or nothing."""
        start, after = self._place(node.target)
        _, stop = self._place(node.annotation)
        if node.value is not None:
            self._blank(after, stop)
            self.visit(node.value)
        else:
            blank = _blanked(self._text[start:stop])
            self.found.append(Edit(start, stop, b"pass" + blank[4:]))

    def _function(self, node: Function) -> None:
        args = node.args
        every = [*args.posonlyargs, *args.args, args.vararg, *args.kwonlyargs]
        for one in [*every, args.kwarg]:
            if one is not None and one.annotation is not None:
                start, stop = self._place(one)
                self._blank(start + len(one.arg.encode("utf-8")), stop)
        if node.returns is not None:
            start, stop = self._place(node.returns)
            self._blank(self._text.rindex(b"->", 0, start), stop)
        self.generic_visit(ast.Module([*node.body], []))
        for value in [*args.defaults, *args.kw_defaults, *node.decorator_list]:
            if value is not None:
                self.visit(value)

    def _as_text(self, node: ast.expr) -> None:
        start, stop = self._place(node)
        old = self._text[start:stop]
        if b"\n" in old or b'"' in old:
            self._refuse(
                node, 'the type of a field has to fit into one line, without "'
            )
        self.found.append(Edit(start, stop, b'"' + old + b'"'))

    def _blank(self, start: int, stop: int) -> None:
        self.found.append(Edit(start, stop, _blanked(self._text[start:stop])))

    def _place(self, node: ast.expr | ast.stmt | ast.arg) -> tuple[int, int]:
        end_line, end = node.end_lineno or 0, node.end_col_offset or 0
        return (
            self._starts[node.lineno - 1] + node.col_offset,
            self._starts[end_line - 1] + end,
        )

    def _refuse(self, node: ast.expr | ast.stmt, text: str) -> None:
        raise ContentError(text, where=f"{self._where}:{node.lineno}")


def _blanked(text: bytes) -> bytes:
    """Return as many blanks, and the same line ends."""
    return b"".join(b"\n" if byte == 10 else b" " for byte in text)  # noqa: PLR2004


def _check(done: str, tree: ast.Module, where: str) -> None:
    """Refuse a result that means something else, or that Python 3.6 does not know.

    Raises:
        ContentError: It is one.
    """
    try:
        got = ast.parse(done, feature_version=OLDEST)
    except SyntaxError as error:
        text = f"it is not Python 3.6: {error.msg}"
        raise ContentError(text, where=f"{where}:{error.lineno}") from error
    for node in _too_young(got):
        text = f"{type(node).__name__} is younger than Python 3.6"
        raise ContentError(text, where=f"{where}:{getattr(node, 'lineno', 0)}")
    wanted = ast.fix_missing_locations(_Bare().visit(tree))
    if ast.dump(_Bare().visit(got)) != ast.dump(wanted):
        raise ContentError("annotations cannot be taken out of it", where=where)


def _too_young(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        young = isinstance(node, ast.NamedExpr | ast.Match | ast.TryStar)
        if young or (isinstance(node, ast.arguments) and node.posonlyargs):
            yield node


class _Bare(ast.NodeTransformer):
    """Takes out of a tree what is taken out of its source."""

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.stmt | None:
        """Take out the future."""
        return None if node.module == "__future__" else node

    def visit_arg(self, node: ast.arg) -> ast.arg:
        """Take the annotation of an argument."""
        node.annotation = None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Take what it returns."""
        node.returns = None
        return self.generic_visit(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        """Take what it returns."""
        node.returns = None
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        """Make it an assignment, or nothing."""
        self.generic_visit(node)
        if node.value is None:
            return ast.Pass()
        return ast.Assign([node.target], node.value, lineno=node.lineno)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        """Keep the fields of named tuples by name and value."""
        for number, one in enumerate(node.body):
            if not isinstance(one, ast.AnnAssign):
                node.body[number] = self.visit(one)
            else:
                one.annotation = ast.Constant("")
        if not any("NamedTuple" in ast.dump(base) for base in node.bases):
            self.generic_visit(node)
        return node
