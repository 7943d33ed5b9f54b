"""What one crawl process is told: a JSON document on its standard input."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter

from crawler.guard import check_proxy
from storage.values import Source


class Job(BaseModel):
    """Sources to crawl, one after another where they share a host, and the limits they are crawled within.

    database  URL of the database; archive: folder of the WARC files; turns: folder of the hosts' lock files
    agent     the User-Agent, with a contact: name/version (+address)
    opened    ranges that are not public and may be reached: 127.0.0.0/8, 127.0.0.1:8080
    delay     seconds between two requests to a host
    timeout   seconds for one answer; cap: bytes of one body
    proxy     http://host:port, through which all is fetched; guard.UNPROMISED says what that costs
    quiet     readings never alert: first crawl, back-fill
    said      a person's word about what is read: place, meeting_on
    settings  the settings file: who is told of what, and which places are known beside those of GB/T 2260
    names     names of sources by their ids, for alerts
    log       what is worth a line on standard error
    """

    # Errors do not show what was given: the database's address may hold a password.
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    sources: list[dict[str, Any]]
    database: str
    archive: Path
    turns: Path
    agent: Annotated[str, Field(pattern=r"^[A-Za-z_-]+/\S+ \(\+.+\)$")]
    opened: list[str] = []
    delay: Annotated[float, Field(ge=0)] = 5.0
    timeout: Annotated[float, Field(gt=0)] = 60.0
    cap: Annotated[int, Field(gt=0)] = 30 << 20
    proxy: Annotated[str, AfterValidator(check_proxy)] | None = None
    quiet: bool = False
    said: dict[str, str] = {}
    settings: Path | None = None
    names: dict[str, str] = {}
    log: Literal["INFO", "WARNING", "ERROR"] = "INFO"

    def watched(self) -> list[Source]:
        """The sources as values."""
        return TypeAdapter(list[Source]).validate_python(self.sources)
