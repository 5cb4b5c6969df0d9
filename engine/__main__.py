"""``python -m engine`` is ``email-engine``."""

import sys

from engine.cli import main

sys.exit(main())
