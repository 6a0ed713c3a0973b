"""`python -m frtfeed` is the same as `frtfeed`."""

from frtfeed.cli import main

main()
