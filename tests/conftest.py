"""What every test stands on: laws are checked without a clock, and the same way each time in CI."""

import os

from hypothesis import HealthCheck, settings

# Machines are shared: a slow example is no fault of the product.
settings.register_profile(
    "frtfeed", deadline=None, derandomize="CI" in os.environ, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("frtfeed")
