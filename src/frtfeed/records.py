"""Records: what every noun of the house is made of. The home of msgspec's Struct."""

from msgspec import Struct, field
from msgspec.structs import asdict, fields, replace

__all__ = ["Struct", "asdict", "field", "fields", "replace"]

# Strategy: `class Story(Struct, frozen=True, kw_only=True)` says what @dataclass(frozen=True, slots=True,
# kw_only=True) does. But that takes 400 µs a class to import, of which a build imports a hundred, this 12;
# and a record is made and copied several times as quickly.
