"""Copies that do not look like what they were copied from, and answers that differ in one small thing."""

import ast
import builtins
import copy
import random
import string

from course.grading.submission import submission_of


def notebook_of(cells):
    """A notebook with these code cells."""
    return {"cells": [{"cell_type": "code", "source": cell, "metadata": {}, "outputs": []} for cell in cells]}


def submission(sources, lesson):
    """The submission whose answers are these sources, by exercise."""
    return submission_of(notebook_of(sources.values()), "x.ipynb", lesson)


class Renamed(ast.NodeTransformer):
    """Names that the code makes get others, but for exercises and methods; hints and words come and go."""

    def __init__(self, rng, made):
        self.rng = rng
        self.names = {name: f"{rng.choice(string.ascii_letters)}_{k}" for k, name in enumerate(made)}

    def visit_Name(self, node):
        node.id = self.names.get(node.id, node.id)
        return node

    def visit_arg(self, node):
        node.arg = self.names.get(node.arg, node.arg)
        node.annotation = ast.Constant("a hint") if self.rng.random() < 0.5 else None
        return node

    def visit_FunctionDef(self, node):
        self.generic_visit(node)
        node.name = self.names.get(node.name, node.name)
        if ast.get_docstring(node) is not None:
            node.body = node.body[1:]
        words = ast.Expr(ast.Constant(f"words {self.rng.random()}"))
        node.body = [*([words] if self.rng.random() < 0.5 else []), *node.body]
        return node

    def visit_ClassDef(self, node):
        self.generic_visit(node)
        node.name = self.names.get(node.name, node.name)
        return node

    def visit_AugAssign(self, node):
        self.generic_visit(node)
        if not isinstance(node.target, ast.Name) or self.rng.random() < 0.5:
            return node
        return ast.Assign([node.target], ast.BinOp(ast.Name(node.target.id, ast.Load()), node.op, node.value))


def disguised(source, seed, kept=()):
    """The same code under other names, in another order and layout, with other comments."""
    rng = random.Random(seed)
    tree = ast.parse(source)
    made = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)} | {
        node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)
    }
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    made |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    made -= {node.name for one in classes for node in one.body if isinstance(node, ast.FunctionDef)}
    tree = Renamed(rng, sorted(made - set(kept) - set(dir(builtins)))).visit(tree)
    if all(isinstance(node, ast.FunctionDef | ast.Import | ast.ImportFrom) for node in tree.body):
        rng.shuffle(tree.body)
    lines = ast.unparse(ast.fix_missing_locations(tree)).split("\n")
    return "\n".join(f"{line}  # {rng.random()}" if rng.random() < 0.3 and line else line for line in lines)


def changed(source, seed):
    """The same code but for one number, one operator, one attribute or one order of two terms."""
    rng = random.Random(seed)
    tree = copy.deepcopy(ast.parse(source))
    silent = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        for inner in ast.walk(node)
    }
    places = [
        node for node in ast.walk(tree)
        if id(node) not in silent and (isinstance(node, ast.BinOp | ast.Attribute)
                                       or (isinstance(node, ast.Constant) and type(node.value) is int))
    ]  # fmt: skip
    if not places:
        return None
    node = rng.choice(places)
    if isinstance(node, ast.Constant):
        node.value += 1
    elif isinstance(node, ast.Attribute):
        node.attr += "_"
    elif ast.dump(node.left) != ast.dump(node.right) and rng.random() < 0.5:
        node.left, node.right = node.right, node.left
    else:
        node.op = ast.Mod() if not isinstance(node.op, ast.Mod) else ast.Add()
    return ast.unparse(tree)
