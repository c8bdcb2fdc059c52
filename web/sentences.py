"""Which fixed sentences do our errors carry? They are translated where they leave (`problems`).

An error is raised with a plain English sentence, far from any reader. This follows the source,
never running it, from every place that makes an error back to the texts that can get there: through
variables, constants, conditions, tables and small functions that pass a sentence on. A sentence
with values in it (an f-string) cannot be looked up; those are listed apart.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROOMS = ("gis", "platform", "web")

UNSEEN_ROOMS = (
    "gis/files/",
    "platform/demonstration/",
    "platform/kernel/city.py",
    "platform/kernel/cluster.py",
    "platform/kernel/settings.py",
    "web/cli/",
)
"""Only the command line gets here, and it speaks English."""

SEEN = {
    "WanmiError": 0,
    "PlaceInvalid": 0,
    "DatumUnknown": 0,
    "CodeInvalid": 0,
    "FieldError": 1,
    "problem": 1,
}
"""What carries a sentence to a reader of a page or an answer → where the sentence stands.

Every kind of these is one too, but for `UNSEEN`. Not here: errors of files, grids and saved
indexes, which the command line says.
"""

UNSEEN = {"SettingsInvalid"}

DEEPEST = 6
"""Steps from an error back to its sentence; more would be a loop."""

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
Sinks: TypeAlias = dict[str, int]


@dataclass(slots=True)
class Module:
    """One source file: what it defines and what it takes from others."""

    name: str
    tree: ast.Module
    functions: dict[str, Function] = field(default_factory=dict)
    imports: dict[str, tuple[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, path: Path, root: Path) -> Module:
        """Read a file below `root`, the folder that is the package `wanmi`."""
        tree = ast.parse(path.read_text(encoding="utf-8"))
        module = cls(path.relative_to(root).as_posix(), tree)
        for node in ast.walk(tree):
            if isinstance(node, Function):
                module.functions[node.name] = node
            elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("wanmi."):
                source = str(node.module).removeprefix("wanmi.").replace(".", "/") + ".py"
                for alias in node.names:
                    module.imports[alias.asname or alias.name] = (source, alias.name)
        return module


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text that reaches a reader. `fixed` is whether it has no values in it."""

    text: str
    place: str
    fixed: bool


@dataclass(slots=True)
class Source:
    """All our source, and the ways on which sentences go through it."""

    modules: dict[str, Module]
    seen: Sinks = field(default_factory=SEEN.copy)
    sinks: dict[str, Sinks] = field(default_factory=dict)

    @classmethod
    def of(cls, root: Path) -> Source:
        """Read the rooms below `root` and find every function that passes a sentence on."""
        files = sorted(path for room in ROOMS for path in (root / room).rglob("*.py"))
        source = cls({(module := Module.of(path, root)).name: module for path in files})
        while source._more_kinds() or source._more_sinks():
            """A kind of a kind counts, and so does a function that calls a function."""
        return source

    def sentences(self) -> Iterator[Sentence]:
        """Yield every sentence of an error that a reader of a page or an answer may meet."""
        for module in self.modules.values():
            if module.name.startswith(UNSEEN_ROOMS):
                continue
            for scope in _scopes(module.tree):
                for call in _calls(scope):
                    said = self._sentence_of(module, call)
                    if said is not None:
                        yield from self._values(module, scope, said, DEEPEST)

    def _more_kinds(self) -> bool:
        before = len(self.seen)
        for module in self.modules.values():
            for node in ast.walk(module.tree):
                if isinstance(node, ast.ClassDef) and node.name not in UNSEEN:
                    for base in {_last_name(base) for base in node.bases} & self.seen.keys():
                        self.seen[node.name] = self.seen[base]
        return len(self.seen) > before

    def _more_sinks(self) -> bool:
        before = sum(map(len, self.sinks.values()))
        for module in self.modules.values():
            for name, function in module.functions.items():
                names = [arg.arg for arg in function.args.args if arg.arg not in {"self", "cls"}]
                for call in _calls(function):
                    said = self._sentence_of(module, call)
                    if isinstance(said, ast.Name) and said.id in names:
                        self.sinks.setdefault(module.name, {})[name] = names.index(said.id)
        return sum(map(len, self.sinks.values())) > before

    def _sentence_of(self, module: Module, call: ast.Call) -> ast.expr | None:
        """Return the argument of `call` that is a reader's sentence."""
        place = self._sink(module, call.func)
        if place is None:
            return None
        if len(call.args) > place:
            return call.args[place]
        named = {"message", "sentence"}
        return next((word.value for word in call.keywords if word.arg in named), None)

    def _sink(self, module: Module, function: ast.expr) -> int | None:
        if isinstance(function, ast.Attribute):
            return self.seen.get(function.attr)
        if not isinstance(function, ast.Name):
            return None
        own = self.sinks.get(module.name, {}).get(function.id)
        if own is not None:
            return own
        source, name = module.imports.get(function.id, (module.name, function.id))
        return self.sinks.get(source, {}).get(name, self.seen.get(name))

    def _values(
        self, module: Module, scope: ast.AST, node: ast.expr | None, depth: int
    ) -> Iterator[Sentence]:
        """Yield the texts that an expression can be."""
        if node is None or not depth:
            return
        text = self._fixed(module, node)
        if text is not None:
            yield Sentence(text, f"{module.name}:{node.lineno}", fixed=True)
        elif isinstance(node, ast.JoinedStr | ast.BinOp):
            yield Sentence(ast.unparse(node), f"{module.name}:{node.lineno}", fixed=False)
        elif isinstance(node, ast.Name):
            yield from self._named(module, scope, node.id, depth)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield from self._returned(module, node.func.id, depth)
        else:
            for part in _alternatives(node):
                yield from self._values(module, scope, part, depth - 1)

    def _fixed(self, module: Module, node: ast.expr) -> str | None:
        """Return the one text that an expression always is; None when it depends."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str | int):
            return str(node.value)
        if isinstance(node, ast.FormattedValue) and node.conversion == -1:
            return None if node.format_spec else self._fixed(module, node.value)
        if isinstance(node, ast.Name) and node.id.isupper():
            source, name = module.imports.get(node.id, (module.name, node.id))
            home = self.modules.get(source, module)
            found = [self._fixed(home, value) for value in _assigned(home.tree, name)]
            return found[0] if len(found) == 1 else None
        if isinstance(node, ast.JoinedStr):
            parts = [self._fixed(module, part) for part in node.values]
            return None if None in parts else "".join(filter(None, parts))
        return None

    def _named(self, module: Module, scope: ast.AST, name: str, depth: int) -> Iterator[Sentence]:
        assigned = _assigned(scope, name) or _assigned(module.tree, name)
        for value in assigned:
            yield from self._values(module, scope, value, depth - 1)
        source, there = module.imports.get(name, ("", ""))
        if not assigned and source in self.modules:
            other = self.modules[source]
            yield from self._named(other, other.tree, there, depth - 1)

    def _returned(self, module: Module, name: str, depth: int) -> Iterator[Sentence]:
        source, there = module.imports.get(name, (module.name, name))
        home = self.modules.get(source)
        function = home.functions.get(there) if home else None
        if home is None or function is None:
            return
        for node in ast.walk(function):
            if isinstance(node, ast.Return):
                yield from self._values(home, function, node.value, depth - 1)


def _scopes(tree: ast.Module) -> Iterator[ast.AST]:
    yield tree
    yield from (node for node in ast.walk(tree) if isinstance(node, Function))


def _calls(scope: ast.AST) -> Iterator[ast.Call]:
    for node in _inside(scope):
        if isinstance(node, ast.Call):
            yield node


def _inside(scope: ast.AST) -> Iterator[ast.AST]:
    """Walk a scope without the functions in it, which are scopes of their own."""
    for node in ast.iter_child_nodes(scope):
        if not isinstance(node, Function):
            yield node
            yield from _inside(node)


def _assigned(scope: ast.AST, name: str) -> list[ast.expr]:
    """Return what the name is set to in this scope."""
    found: list[ast.expr] = []
    for node in _inside(scope):
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.NamedExpr | ast.AnnAssign):
            targets = [node.target]
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            found.append(node.value)  # type: ignore[attr-defined]  # all three have one
    return [value for value in found if value is not None]


def _last_name(node: ast.expr) -> str:
    return ast.unparse(node).rpartition(".")[2]


def _alternatives(node: ast.expr) -> list[ast.expr]:
    """Return the expressions of which one is the value."""
    if isinstance(node, ast.IfExp):
        return [node.body, node.orelse]
    if isinstance(node, ast.BoolOp):
        return node.values
    if isinstance(node, ast.Dict):
        return node.values
    if isinstance(node, ast.Subscript):
        return [node.value]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        # TABLE.get(key, otherwise): any row of the table, or the other.
        return [node.func.value, *node.args[1:]] if node.func.attr == "get" else []
    return []
