"""Where in code cells the texts for readers stand. What stands elsewhere is a name that code looks things up by."""

from __future__ import annotations

import ast

# Keywords whose strings are texts, in whatever call, also in a list or as the values of a dict.
KEYWORDS = frozenset(
    {"hints", "why", "sentence", "title", "headline", "description", "note", "caption", "labels"}
)
# Calls to the places of arguments that are texts; None means all.
ARGUMENTS: dict[str, tuple[int, ...] | None] = {
    "Markdown": (0,),
    "Answers": None,
    "ask": (0,),
    "guess": (0,),
    "sort": (0,),
    "checks.result": (1,),
    "checks.explain": (0,),
    "checks.KeepWorking": (0,),
}
# Calls to further keywords; those in PAIRED hold texts as keys of a dict too.
MORE_KEYWORDS = {
    "ask": {"answer", "choices", "slips"},
    "guess": {"slips"},
    "sort": {"boxes", "things", "slips"},
    "checks.number": {"mistakes"},
    "checks.taken_back": {"mistakes"},
}
PAIRED = {"choices", "things", "mistakes"}
# Names of texts that a cell only shows.
VARIABLES = frozenset({"headline", "sentence", "words"})
# Calls in which a keyword of the general list means something else.
NOT_TEXT = {("pd.DataFrame", "title"), ("pd.cut", "labels"), ("Figure.rows", "labels")}


def texts(tree: ast.Module, *, docstrings: bool = True) -> list[ast.expr]:
    """List the expressions that are texts, in the order in which they stand.

    Parameters
    ----------
    tree : ast.Module
        The code of a cell.
    docstrings : bool
        Whether those of functions count; a model's is the title of its explorer.

    Returns
    -------
    list of ast.expr
        Constants and f-strings.
    """
    found: list[ast.expr] = []
    assigned = _assigned(tree)
    for name in VARIABLES & assigned.keys():
        found += [text for value in assigned[name] for text in _strings(value, {}, keys=False)]
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and docstrings and ast.get_docstring(node):
            first = node.body[0]
            assert isinstance(first, ast.Expr)
            found.append(first.value)
        elif isinstance(node, ast.Call):
            found += _of_call(node, assigned)
    unique = {(node.lineno, node.col_offset): node for node in found}
    return [unique[place] for place in sorted(unique)]


def _assigned(tree: ast.Module) -> dict[str, list[ast.expr]]:
    """Give what stands behind each name of a cell: a text may have one before it comes to its place."""
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if isinstance(target, ast.Name):
                    found.setdefault(target.id, []).append(node.value)
    return found


def _of_call(call: ast.Call, assigned: dict[str, list[ast.expr]]) -> list[ast.expr]:
    name = ast.unparse(call.func)
    places = ARGUMENTS.get(name, ())
    found = [
        text
        for index, argument in enumerate(call.args)
        if places is None or index in places
        for text in _strings(argument, assigned, keys=False)
    ]
    for keyword in call.keywords:
        told = keyword.arg or ""
        more = told in MORE_KEYWORDS.get(name, ())
        if more or (told in KEYWORDS and (name, told) not in NOT_TEXT):
            found += _strings(keyword.value, assigned, keys=told in PAIRED)
        elif (name, told) == ("pd.DataFrame", "index"):
            # A constant there may be looked up by; what is put together from words and numbers is not.
            shown = _strings(keyword.value, assigned, keys=False)
            found += [text for text in shown if isinstance(text, ast.JoinedStr)]
    if name.endswith(".join") and isinstance(call.func, ast.Attribute):
        found += _strings(call.func.value, assigned, keys=False)
    return found


def _strings(node: ast.expr, assigned: dict[str, list[ast.expr]], *, keys: bool) -> list[ast.expr]:
    """Give the strings in a value: itself, or those in a list, a dict, a choice between two, behind a name."""
    if isinstance(node, ast.Constant):
        return [node] if isinstance(node.value, str) else []
    if isinstance(node, ast.JoinedStr):
        return [node]
    inner: list[ast.expr] = []
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        inner = list(node.elts)
    elif isinstance(node, ast.Dict):
        inner = [value for value in node.values]
        if keys:
            inner += [key for key in node.keys if key is not None]
    elif isinstance(node, ast.IfExp):
        inner = [node.body, node.orelse]
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        inner = [node.left, node.right]
    elif isinstance(node, ast.DictComp):
        inner = [node.value, *([node.key] if keys else [])]
    elif isinstance(node, ast.ListComp | ast.GeneratorExp):
        inner = [node.elt]
    elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".join"):
        inner = node.args
    elif isinstance(node, ast.Name):
        # A name that is given anew from itself leads nowhere.
        behind = {name: values for name, values in assigned.items() if name != node.id}
        return [
            text
            for value in assigned.get(node.id, [])
            for text in _strings(value, behind, keys=keys)
        ]
    return [text for part in inner for text in _strings(part, assigned, keys=keys)]
