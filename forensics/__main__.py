"""`python -m forensics` is the command `forensics`."""

import sys

from forensics.cli import main

sys.exit(main())
