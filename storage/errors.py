"""The errors of reportwatch, named for what the caller can do.

    ReportwatchError
    ├── WrongUse                 the person must change what was asked: exit status 2
    │   ├── BadSetting             a settings file or variable
    │   ├── BadSource              an entry of the registry; `faults` lists all of them, file:line:column
    │   ├── BadArgument            an argument or an option
    │   └── NotKnown               a place, report, source or finding that is not in the database
    ├── FetchError               a page could not be had
    │   ├── AddressRefused         the guard keeps it from being reached
    │   ├── TooLarge               more bytes than the cap allows, as sent or unpacked
    │   ├── LayoutChanged          a page came, but not in the shape its spider knows
    │   │   ├── ColumnMoved          the column is not where the source says
    │   │   ├── EmptyList            a list page without a link
    │   │   └── ApiChanged           an interface answers, but not with the list that the source describes
    │   └── Blocked                the site refuses; stop and tell
    ├── ReadError                bytes that no reading can be made of
    ├── StorageError             the database or the archive
    │   ├── DatabaseNewer          made by a newer program; nothing is touched
    │   ├── DatabaseBusy           another writer holds it, or another scheduler runs
    │   └── ArchiveDamaged         a record is missing or its digest is wrong
    └── DeliveryError            an alert was not taken; `transient` says whether to try again

`transient` says whether the same call may succeed later.
"""


class ReportwatchError(Exception):
    """Something the person or the caller can act on."""

    transient: bool = False


class WrongUse(ReportwatchError):
    """The call cannot be carried out as it was asked."""


class BadSetting(WrongUse):
    """A setting is missing, unknown or out of range."""


class BadSource(WrongUse):
    """One or more entries of the registry cannot be used."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class BadArgument(WrongUse):
    """An argument cannot be used."""


class NotKnown(WrongUse):
    """Nothing of that name is in the database."""


class FetchError(ReportwatchError):
    """A page could not be had."""

    transient = True


class AddressRefused(FetchError):
    """The address is not public, and no setting opens it."""

    transient = False


class TooLarge(FetchError):
    """More bytes came, or came out of unpacking, than the cap allows."""

    transient = False


class LayoutChanged(FetchError):
    """A page came, but not in the shape its spider knows; a person must look."""

    transient = False


class ColumnMoved(LayoutChanged):
    """The column is gone from its address; find it and mend the source."""


class ApiChanged(LayoutChanged):
    """An interface answered with something else than the list of rows that the source describes."""


class EmptyList(LayoutChanged):
    """A list page came without a single link to an article."""


class Blocked(FetchError):
    """The site refuses us; stop and tell, never disguise."""

    transient = False


class ReadError(ReportwatchError):
    """No reading can be made of these bytes."""


class StorageError(ReportwatchError):
    """The database or the archive cannot be used."""


class DatabaseNewer(StorageError):
    """The database was made by a newer program; install that, nothing was touched."""


class DatabaseBusy(StorageError):
    """Somebody else is writing, or a second scheduler was started."""

    transient = True


class ArchiveDamaged(StorageError):
    """A record of the archive is missing or not what its digest says."""


class DeliveryError(ReportwatchError):
    """A channel did not take the alert; `retry_after` is how many seconds it asks us to wait, where it said so."""

    def __init__(self, message: str, *, transient: bool, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.transient = transient
        self.retry_after = retry_after
