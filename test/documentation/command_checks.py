# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Compare a documented command with what it calls: options, targets, launch arguments, fields."""

from __future__ import annotations

import ast
import importlib
import itertools
import re
import sys
from collections.abc import Callable
from typing import Any

import yaml
from documented_commands import ROOT

from smolrgpt_ros.messages.settings import SPECS
from smolrgpt_ros.planning.pick_and_place.settings import PARAMETERS as MISSION_PARAMETERS

sys.path.insert(0, str(ROOT / 'tools'))
from reference.commands import Parameter, commands, parameters_of

NODE = '/spatial_query'
TRANSITIONS = ('configure', 'activate', 'deactivate', 'cleanup', 'shutdown')
# Words that need no look: they are the shell's, or look at our own files only.
PLAIN = ('cd', 'export', 'source', 'cat', 'ls', 'mkdir', 'cp')


class Wrong(AssertionError):
    """A command that nothing would understand as it is written."""


def check(words: list[str]) -> bool:
    """Whether the command is one of ours, and then right. Raises Wrong."""
    if words[0] == 'tools/run':
        return check(words[1:])
    if words[0] == 'torchrun':
        return check(words[words.index('-m') :])
    if words[0] in ('python', 'python3'):
        return check(words[1:])
    if words[:2] == ['-m', 'smolrgpt_ros.cli']:
        return _cli(words[2:])
    checks: dict[str, Callable[[list[str]], bool]] = {
        'smolrgpt': lambda rest: _cli(rest),
        'make': _make,
        'ros2': _ros2,
        'ruff': lambda rest: _existing(rest),
        'mypy': lambda rest: _existing(rest),
        '-m': _module,
    }
    if words[0] in checks:
        return checks[words[0]](words[1:])
    if words[0].endswith('.py'):
        return _script(words)
    return words[0] in PLAIN


def _cli(words: list[str]) -> bool:
    known = commands()
    if words[:1] in (['--help'], ['-h']):
        return True
    if not words or words[0] not in known:
        raise Wrong(f'smolrgpt has no command {words[:1]}; it has {", ".join(known)}')
    name, rest = words[0], [word for word in words[1:] if word != '...']
    parameters = list(parameters_of(known[name]))
    if name == 'bench':
        return _bench(rest)
    _options(name, rest, parameters, whole='...' not in words)
    return True


def _options(name: str, words: list[str], parameters: list[Parameter], *, whole: bool) -> None:
    by_name = {option: parameter for parameter in parameters for option in parameter.names}
    arguments, given = 0, set()
    rest = iter(words)
    for word in rest:
        if not word.startswith('-') or re.fullmatch(r'-?\d.*', word):
            arguments += 1
            continue
        option, _, value = word.partition('=')
        parameter = by_name.get(option)
        if option in ('--help', '-h'):
            return
        if parameter is None:
            raise Wrong(f'smolrgpt {name} has no option {option}')
        given.add(parameter)
        if parameter.value and not value and next(rest, None) is None:
            raise Wrong(f'smolrgpt {name} {option} needs a value')
    needed = [p for p in parameters if p.required and p.names and p not in given]
    if whole and needed:
        raise Wrong(f'smolrgpt {name} needs {", ".join(p.names[0] for p in needed)}')
    positional = [p for p in parameters if not p.names]
    if whole and arguments < sum(p.required for p in positional):
        raise Wrong(f'smolrgpt {name} needs {positional[0].value}')
    if arguments > len(positional) and not any('...' in p.value for p in positional):
        raise Wrong(f'smolrgpt {name} takes {len(positional)} arguments, not {arguments}')


def _bench(words: list[str]) -> bool:
    words = [word.strip('[]') for word in words]
    source = ROOT / 'benchmarks' / f'{words[0]}.py'
    if not source.is_file():
        raise Wrong(f'there is no benchmark {words[0]}')
    texts = source.read_text() + ''.join(
        path.read_text() for path in (ROOT / 'benchmarks').rglob('*.py')
    )
    for word in words[1:]:
        if word.startswith('--') and f"'{word}'" not in texts:
            raise Wrong(f'no benchmark has an option {word}')
    return True


def _make(words: list[str]) -> bool:
    text = (ROOT / 'Makefile').read_text()
    targets = set(re.findall(r'^([a-z-]+):', text, re.MULTILINE))
    variables = set(re.findall(r'^([A-Z_]+) \?=', text, re.MULTILINE))
    for word in words:
        variable, is_set, value = word.partition('=')
        if is_set:
            if variable not in variables:
                raise Wrong(f'the Makefile knows no variable {variable}')
            if variable == 'PYTEST':
                _existing(value.split())
        elif word not in targets:
            raise Wrong(f'the Makefile has no target {word}')
    return True


def _existing(words: list[str]) -> bool:
    for word in words:
        if '/' in word and not (ROOT / word.partition('::')[0]).exists():
            raise Wrong(f'there is no {word}')
    return True


def _module(words: list[str]) -> bool:
    if words[0] == 'pytest':
        return _existing(words[1:])
    if words[0].partition('.')[0] != 'smolrgpt_ros':
        return False
    package = ROOT / words[0].replace('.', '/')
    source = package / '__main__.py' if package.is_dir() else package.with_suffix('.py')
    return _options_in(source, words)


def _script(words: list[str]) -> bool:
    return _options_in(ROOT / words[0], words)


def _options_in(source: Any, words: list[str]) -> bool:
    if not source.is_file():
        raise Wrong(f'there is no {source}')
    text = source.read_text()
    for word in words[1:]:
        if word.startswith('--') and f"'{word}'" not in text:
            raise Wrong(f'{source.name} has no option {word}')
    return True


def _ros2(words: list[str]) -> bool:
    verb = ' '.join(words[:2])
    if words[0] == 'launch':
        return _launch(words[1:])
    if words[0] == 'run':
        return _run(words[1:])
    if verb == 'service call':
        return _call(words[3], words[4:], ('srv',), 'Request')
    if verb == 'action send_goal':
        rest = [word for word in words[2:] if not word.startswith('--')]
        return _call(rest[1], rest[2:], ('action',), 'Goal')
    if words[0] == 'param':
        return _parameter(words[1], words[2:])
    if verb == 'lifecycle set':
        if words[3] not in TRANSITIONS:
            raise Wrong(f'there is no transition {words[3]}')
        return words[2] == NODE
    return False


def launch_arguments() -> dict[str, set[str]]:
    """Names of the arguments of each launch file."""
    found = {}
    for path in (ROOT / 'launch').glob('*.launch.py'):
        names = set()
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple):
                rows = [row for row in node.value.elts if isinstance(row, ast.Tuple)]
                names |= {str(ast.literal_eval(row.elts[0])) for row in rows}
            elif ast.unparse(node).startswith('DeclareLaunchArgument('):
                name = node.args[0]  # type: ignore[attr-defined]
                names |= {str(name.value)} if isinstance(name, ast.Constant) else set()
        found[path.name] = names
    # What is included takes the arguments too.
    found['demo.launch.py'] |= found['warehouse.launch.py']
    return found


def _launch(words: list[str]) -> bool:
    if words[0] != 'smolrgpt_ros':
        return False
    known = launch_arguments()
    if words[1] not in known:
        raise Wrong(f'there is no launch/{words[1]}')
    for word in words[2:]:
        name, is_set, _ = word.partition(':=')
        if is_set and name not in known[words[1]]:
            raise Wrong(f'{words[1]} has no argument {name}; it has {", ".join(known[words[1]])}')
        if not is_set and word not in ('--show-args', '-s', '-p', '--print'):
            raise Wrong(f'{word} is no argument of ros2 launch')
    return True


def _run(words: list[str]) -> bool:
    if words[0] != 'smolrgpt_ros':
        return False
    if not (ROOT / 'scripts' / words[1]).is_file():
        raise Wrong(f'there is no scripts/{words[1]}')
    known = {
        'pick_and_place': set(MISSION_PARAMETERS),
        'spatial_query_node': {spec.name for spec in SPECS},
    }
    for flag, word in itertools.pairwise(words):
        name = word.partition(':=')[0]
        if flag == '-p' and name not in known.get(words[1], {name}):
            raise Wrong(f'{words[1]} has no parameter {name}')
    return True


def _call(kind: str, rest: list[str], folders: tuple[str, ...], part: str) -> bool:
    package, folder, name = kind.split('/')
    if folder not in folders:
        raise Wrong(f'{kind} is no {folders[0]}')
    try:
        message = getattr(getattr(importlib.import_module(f'{package}.{folder}'), name), part)()
    except (ImportError, AttributeError) as error:
        raise Wrong(f'there is no {kind}') from error
    if rest:
        fill(message, yaml.safe_load(rest[0]))
    return True


def fill(message: Any, values: Any) -> None:
    """Set fields as ros2 does. Raises Wrong."""
    if not isinstance(values, dict):
        raise Wrong(f'{values!r} are no fields')
    for name, value in values.items():
        if name not in message.get_fields_and_field_types():
            raise Wrong(f'{type(message).__name__} has no field {name}')
        old = getattr(message, name)
        if hasattr(old, 'get_fields_and_field_types'):
            fill(old, value)
        else:
            try:
                setattr(message, name, type(old)(value) if isinstance(old, float) else value)
            except (AssertionError, TypeError, ValueError) as error:
                raise Wrong(f'{name} cannot be {value!r}: {error}') from error


def _parameter(verb: str, words: list[str]) -> bool:
    if words[0] != NODE:
        return words[0] == '/pick_and_place'
    if verb not in ('set', 'get', 'describe', 'list'):
        raise Wrong(f'ros2 param has no {verb}')
    spec = next((spec for spec in SPECS if spec.name == words[1]), None) if words[1:] else None
    if words[1:] and spec is None and words[1] != 'NAME':
        raise Wrong(f'{NODE} has no parameter {words[1]}')
    if verb == 'set' and spec:
        value = yaml.safe_load(words[2]) if words[2] else ''
        if isinstance(value, int) and isinstance(spec.default, float):
            value = float(value)
        if type(value) is not type(spec.default) or (spec.choices and value not in spec.choices):
            raise Wrong(f'{spec.name} cannot be {value!r}')
        if spec.read_only:
            raise Wrong(f'{spec.name} cannot be set while the node runs')
    return True
