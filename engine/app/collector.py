"""The garbage collector, told what it need not look at.

Views and modules live as long as the process, and nothing in them goes in circles.  Left alone, the
collector walks through all of them whenever some share is new, and the loop stands still meanwhile:
0.2 to 0.5 s were seen with 10,000 addresses.
"""

import gc

YOUNG = 20_000  # new containers that make it look; Python's 700 is for programs that make few


def settle() -> None:
    """To be called when the views are folded: what is there now is looked at no more."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 50)
