"""The node's own include file, as a pure function of what asks for something in it."""

from engine.rules.pmta_config import node_tree
from engine.rules.pmta_config.finding import Target
from engine.rules.pmta_config.load import of_text
from engine.rules.pmta_config.render import render
from engine.rules.pmta_config.tenant_file import Made
from engine.rules.pmta_config.validate import errors, validate
from engine.values.node_file import NodeOwn

NAME = "_node.conf"  # no slug begins with an underscore


def made(own: NodeOwn, target: Target = "5.0") -> Made:
    """Its text, "" of nothing; or why it must not be deployed."""
    if own.accounting is None:
        return Made("")
    one = own.accounting
    wanted = node_tree.Accounting(one.file, one.move_to, move_interval=one.move_interval)
    try:
        text = render(node_tree.document(wanted))
    except ValueError as no:
        return Made("", f"{NAME} cannot be written: {no}")
    found = errors(validate(of_text(text, NAME), target=target))
    return Made(text, str(found[0]) if found else "")
