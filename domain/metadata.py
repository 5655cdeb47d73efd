"""Every table there is, for Alembic and the schema tests."""

from typing import Final

from sqlalchemy import MetaData

from domain.accounts import tables as accounts
from domain.audit import tables as audit
from domain.availability import tables as availability
from domain.booking import tables as booking
from domain.clients import tables as clients
from domain.database import Base
from domain.intake import tables as intake
from domain.licensing import tables as licensing
from domain.matching import tables as matching
from domain.notices import tables as notices
from domain.replay import tables as replay
from domain.tasks import tables as tasks
from domain.therapists import tables as therapists
from domain.throttle import tables as throttle

MODULES: Final = (
    booking,
    audit,
    replay,
    throttle,
    tasks,
    accounts,
    notices,
    clients,
    intake,
    matching,
    availability,
    therapists,
    licensing,
)
METADATA: Final[MetaData] = Base.metadata
