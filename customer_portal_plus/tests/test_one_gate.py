"""Controllers get customers' documents and partners from the gate, and from nowhere else."""

import ast
import re
from pathlib import Path

from odoo.modules import get_module_path
from odoo.tests import BaseCase, tagged

WALLED = {"account.move", "account.move.line", "sale.order", "sale.order.line", "res.partner"}
# Names that stand for such records where the code doesn't show what they hold.
WALLED_NAME = re.compile(
    r"partner|contact|customer|invoice|move|order|quote|document|record|thread|line", re.IGNORECASE
)
STEPS_AROUND = {"browse", "sudo", "with_user", "with_env"}
GATE = "gate.py"


def _is_env(node):
    """Whether an expression is an environment: ``request.env``, ``self.env``, ``env``."""
    return (isinstance(node, ast.Attribute) and node.attr == "env") or (
        isinstance(node, ast.Name) and node.id == "env"
    )


def _model_of(node):
    """Return what ``env[...]`` names: a model, ``?`` if only known at run time, None if the
    expression is something else."""
    if isinstance(node, ast.Subscript) and _is_env(node.value):
        return node.slice.value if isinstance(node.slice, ast.Constant) else "?"
    return None


def find_ways_around(source):
    """Return the places in a controller that go round the gate.

    :param str source: Python code
    :return: pairs of line number and code
    :rtype: list[tuple[int, str]]
    """
    tree = ast.parse(source)
    found = []
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for scope in [*functions, tree]:
        held = {}  # name -> model
        for node in ast.walk(scope):
            if isinstance(node, ast.Assign) and (model := _model_of(node.value)):
                held.update({t.id: model for t in node.targets if isinstance(t, ast.Name)})
        for node in ast.walk(scope):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            if node.func.attr not in STEPS_AROUND:
                continue
            if node.func.attr == "browse" and not node.args:
                continue  # an empty recordset
            receiver = node.func.value
            while isinstance(receiver, ast.Call) and isinstance(receiver.func, ast.Attribute):
                receiver = receiver.func.value
            model = _model_of(receiver)
            if not model and isinstance(receiver, ast.Name):
                model = held.get(receiver.id)
            name = getattr(receiver, "attr", getattr(receiver, "id", ""))
            if model in WALLED or model == "?" or (not model and WALLED_NAME.search(name)):
                found.append((node.lineno, ast.unparse(node)))
    return sorted(set(found))


@tagged("post_install", "-at_install")
class TestOneGate(BaseCase):
    def test_controllers_go_through_the_gate(self):
        addon = Path(get_module_path("customer_portal_plus"))
        ways = []
        for path in sorted(addon.parent.glob("customer_portal_plus*/controllers/*.py")):
            if path.name == GATE and path.parent.parent == addon:
                continue
            ways += [
                f"{path.relative_to(addon.parent)}:{line}: {code}"
                for line, code in find_ways_around(path.read_text())
            ]
        self.assertFalse(
            ways,
            "A controller goes round the gate. Documents and partners come from"
            " `_document_check_access`, `_get_portal_documents` and `_get_portal_contact` in"
            " controllers/gate.py, or from a method of the model; nowhere else in controllers are"
            " they browsed or taken in sudo:\n" + "\n".join(ways),
        )

    def test_ways_around_are_found(self):
        for way in (
            'request.env["account.move"].browse(1)',
            'request.env["sale.order"].with_context(x=1).sudo()',
            "request.env[name].sudo().browse(1)",
            'Move = request.env["account.move"]\nMove.sudo()',
            "user.partner_id.sudo()",
            "invoice.with_user(1)",
        ):
            self.assertTrue(find_ways_around(way), way)

    def test_the_rest_is_left_alone(self):
        for code in (
            'request.env["payment.provider"].sudo()',
            "partner.browse()",
            "request.env.company.sudo()",
            'Payment = request.env["account.payment"]\nPayment.sudo()',
        ):
            self.assertFalse(find_ways_around(code), code)
