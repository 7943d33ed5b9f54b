"""The places of the sample: invented, with codes that GB/T 2260 leaves free."""

from storage.values import Place

CITY = Place("990000", "云岭市", "云岭")
LANTING = Place("990101", "云岭市澜汀区", "澜汀")
YANXI = Place("990102", "云岭市砚溪区", "砚溪")

SAMPLE_PLACES: tuple[Place, ...] = (CITY, LANTING, YANXI)


def told() -> str:
    """These places as a settings file tells them."""
    return "".join(f'[[places]]\ncode = "{p.code}"\nname = "{p.name}"\nshort = "{p.short}"\n' for p in SAMPLE_PLACES)
