"""The mistakes that are made: each a small change of one place in a source.

Compared, calculated, joined and negated differently; another number, text or truth; a value not returned, a statement
or an element left out. Prose is spared (docstrings, translations, logs, messages of exceptions, whatever holds a
blank), and so are annotations, decorators, and the words of a `TextChoices`, which migrations hold.
"""

import ast
import copy
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

OPPOSITES = [(ast.Eq, ast.NotEq), (ast.In, ast.NotIn), (ast.Is, ast.IsNot)]
COMPARISONS: dict[type[ast.cmpop], list[type[ast.cmpop]]] = {
    ast.Lt: [ast.LtE, ast.GtE],
    ast.LtE: [ast.Lt, ast.Gt],
    ast.Gt: [ast.GtE, ast.LtE],
    ast.GtE: [ast.Gt, ast.Lt],
    **{one: [other] for one, other in OPPOSITES},
    **{other: [one] for one, other in OPPOSITES},
}
CALCULATIONS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
NAMES = {"min": "max", "max": "min", "any": "all", "all": "any", "filter": "exclude", "exclude": "filter"}
SPARED_FIELDS = {"annotation", "returns", "decorator_list", "bases", "type_comment"}


@dataclass(frozen=True)
class Mutant:
    """A file with one mistake. `statement` is the statement of the module that holds it, with the mistake in it."""

    file: str
    where: str
    line: int
    old: str
    new: str
    count: int
    statement: ast.stmt

    @property
    def name(self) -> str:
        """What it is called in the list of equivalents: a name that other lines of the file do not change."""
        again = f" ({self.count})" if self.count > 1 else ""
        return f"{self.file} {self.where}: {self.old} => {self.new}{again}"

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.where}\n    - {self.old}\n    + {self.new}"


def mutants(file: str, source: str, only: tuple[str, ...] = ()) -> Iterator[Mutant]:
    """Return every mutant of a source, or those of the functions and names of `only`."""
    seen: Counter[tuple[str, str, str]] = Counter()
    for statement in ast.parse(source).body:
        where = name_of(statement)
        if (only and where not in only) or is_spared(statement):
            continue
        for place in places(statement):
            for variant in list(variants(place.node)):
                old, new = short(place.node), short(variant)
                seen[where, old, new] += 1
                place.put(variant)
                mutated = ast.fix_missing_locations(copy.deepcopy(statement))
                place.put(place.node)
                yield Mutant(file, where, place.line, old, new, seen[where, old, new], mutated)


@dataclass
class Place:
    """Where a node hangs, so that another one can hang there."""

    parent: ast.AST
    field: str
    index: int | None
    node: ast.AST
    line: int

    def put(self, node: ast.AST) -> None:
        """Hang `node` there."""
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


def places(parent: ast.AST, line: int = 0) -> Iterator[Place]:
    """Return every place below `parent` where a mistake may be made, but not in prose."""
    line = getattr(parent, "lineno", line)
    for field, value in ast.iter_fields(parent):
        if field in SPARED_FIELDS:
            continue
        for index, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(node, ast.AST) and not is_spared(node) and not is_message(parent, node):
                yield Place(parent, field, index, node, getattr(node, "lineno", line))
                yield from places(node, line)


def is_spared(node: ast.AST) -> bool:
    """Tell whether nobody's mistake is made in a node."""
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Expr(ast.Constant()):
            return True
        case ast.If(test=ast.Name("TYPE_CHECKING")) | ast.ClassDef(bases=[ast.Name("TextChoices"), *_]):
            return True
        case ast.Call(func=ast.Name("_")) | ast.Expr(ast.Call(func=ast.Attribute(ast.Name("logger")))):
            return True
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value


def is_message(parent: ast.AST, node: ast.AST) -> bool:
    """Tell whether a node is what an exception says."""
    if not isinstance(node, ast.Constant | ast.JoinedStr):
        return False
    return isinstance(parent, ast.Call) and isinstance(parent.func, ast.Name) and parent.func.id[0].isupper()


def variants(node: ast.AST) -> Iterator[ast.AST]:
    """Return what could stand in a node's place by mistake."""
    for kind in (operations, values, lists, statements):
        yield from kind(node)


def operations(node: ast.AST) -> Iterator[ast.AST]:
    """Return other operations."""
    match node:
        case ast.Compare():
            yield from compared(node)
        case ast.BinOp():
            yield ast.BinOp(node.left, CALCULATIONS[type(node.op)](), node.right)
        case ast.BoolOp():
            yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
            yield from node.values if len(node.values) == 2 else without_each(node, "values")
        case ast.UnaryOp(ast.Not() | ast.USub()):
            yield node.operand


def values(node: ast.AST) -> Iterator[ast.AST]:
    """Return other values."""
    match node:
        case ast.Constant():
            yield from (ast.Constant(value) for value in constants(node.value))
        case ast.Call():
            yield from called(node)
        case ast.IfExp():
            yield ast.IfExp(node.test, node.orelse, node.body)


def lists(node: ast.AST) -> Iterator[ast.AST]:
    """Return what has one thing less in it."""
    match node:
        case ast.Set() | ast.List(ctx=ast.Load()):
            yield from without_each(node, "elts")
        case ast.comprehension():
            yield from without_each(node, "ifs")
        case ast.Dict():
            pairs = list(zip(node.keys, node.values, strict=True))
            for pair in pairs:
                left = [other for other in pairs if other is not pair]
                yield ast.Dict([key for key, _value in left], [value for _key, value in left])


def statements(node: ast.AST) -> Iterator[ast.AST]:
    """Return other statements: a condition that is none, nothing returned, nothing done."""
    match node:
        case ast.If() | ast.While():
            yield replaced(node, test=ast.UnaryOp(ast.Not(), node.test))
        case ast.Return(value=ast.expr()) if ast.unparse(node) != "return None":
            yield ast.Return(ast.Constant(None))
        case ast.Raise() | ast.AugAssign() | ast.Expr() | ast.Break() | ast.Continue():
            yield ast.Pass()
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield ast.Pass()


def compared(node: ast.Compare) -> Iterator[ast.AST]:
    """Return other comparisons: another operator, an element not looked for, a pair of values not looked at."""
    for index, operator in enumerate(node.ops):
        for other in COMPARISONS[type(operator)]:
            yield replaced(node, ops=[*node.ops[:index], other(), *node.ops[index + 1 :]])
    match node:
        case ast.Compare(ops=[ast.In() | ast.NotIn()], comparators=[ast.Tuple() as among]):
            for fewer in without_each(among, "elts"):
                yield replaced(node, comparators=[fewer])
        case ast.Compare(left=ast.Tuple() as left, ops=[_], comparators=[ast.Tuple() as right]):
            both = zip(without_each(left, "elts"), without_each(right, "elts"), strict=True)
            yield from (replaced(node, left=one, comparators=[other]) for one, other in both)


def called(node: ast.Call) -> Iterator[ast.AST]:
    """Return other calls: the opposite function, a query without one of its conditions, a regex with other numbers."""
    match node.func:
        case ast.Name(name) if name in NAMES:
            yield replaced(node, func=ast.Name(NAMES[name], ast.Load()))
        case ast.Attribute(_, name) if name in NAMES:
            yield replaced(node, func=replaced(node.func, attr=NAMES[name]))
            yield from without_each(node, "keywords") if len(node.keywords) > 1 else ()
        case ast.Attribute(ast.Name("re")) if isinstance(node.args[0], ast.Constant):
            text = str(node.args[0].value)
            for found in re.finditer(r"(?<=[{,])[0-9]+(?=[,}])", text):
                other = f"{text[: found.start()]}{int(found.group()) + 1}{text[found.end() :]}"
                yield replaced(node, args=[ast.Constant(other), *node.args[1:]])


def constants(value: object) -> Iterator[str | float]:
    """Return other values of a constant."""
    match value:
        case bool():
            yield not value
        case int() | float():
            yield from (value + 1, value - 1)
        case str():
            yield f"X{value}"


def without_each(node: ast.AST, field: str) -> Iterator[ast.AST]:
    """Return a node without each of the things in one of its lists."""
    values = getattr(node, field)
    for index in range(len(values)):
        yield replaced(node, **{field: values[:index] + values[index + 1 :]})


def replaced(node: ast.AST, **fields: object) -> ast.AST:
    """Return a copy of a node with other fields."""
    return type(node)(**{**dict(ast.iter_fields(node)), **fields})


def name_of(statement: ast.stmt) -> str:
    """Return what a statement of a module defines."""
    match statement:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return name
        case ast.Assign(targets=[ast.Name(name)]) | ast.AnnAssign(target=ast.Name(name)):
            return name
    return "module"


def short(node: ast.AST) -> str:
    """Write a node in one line: of a compound statement its first."""
    return ast.unparse(ast.fix_missing_locations(copy.deepcopy(node))).strip().partition("\n")[0]
