"""Putting a mistake into a module that is loaded, so that whoever imported from it meets the mistake too."""

import ast
import sys
from types import FunctionType, MemberDescriptorType, ModuleType
from typing import Any


def plant(module: ModuleType, statement: ast.stmt) -> None:
    """Run a changed statement of a module in place of the one that was run.

    Functions keep their identity and get other code; other values are replaced in each module that has them by the same
    name. Meant for a process that ends soon: nothing takes it back.
    """
    namespace = dict(vars(module))
    code = compile(ast.Module([statement], []), str(module.__file__), "exec")
    exec(code, namespace)  # noqa: S102 - the project's own source, with a mistake.
    for name, old in list(vars(module).items()):
        if namespace[name] is not old:
            _replace(name, old, namespace[name])


def _replace(name: str, old: Any, new: Any) -> None:
    if isinstance(old, FunctionType):
        _change(old, new)
    elif isinstance(old, type):
        _change_class(old, new)
    else:
        for module in list(sys.modules.values()):
            if getattr(module, "__dict__", {}).get(name) is old:
                setattr(module, name, new)


def _change(old: FunctionType, new: FunctionType) -> None:
    old.__code__, old.__defaults__, old.__kwdefaults__ = new.__code__, new.__defaults__, new.__kwdefaults__


def _change_class(old: type, new: type) -> None:
    for name, value in vars(new).items():
        if isinstance(value, FunctionType):
            _change_method(old, name, value)
        elif not name.startswith("__") and not isinstance(value, MemberDescriptorType):
            setattr(old, name, value)


def _change_method(owner: type, name: str, new: FunctionType) -> None:
    old = vars(owner)[name]
    if len(old.__code__.co_freevars) == len(new.__code__.co_freevars):
        _change(old, new)
    else:
        # The mistake is that `super()` is not called, so that it does not matter which class is meant by it.
        setattr(owner, name, new)
