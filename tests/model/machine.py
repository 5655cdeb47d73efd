"""Random sequences of all that happens to time: the model says what follows, and the service must say the same."""

from tests.model.rules_of_appointments import AppointmentRules
from tests.model.rules_of_practices import PracticeRules
from tests.model.rules_of_waiting import WaitingRules


class Machine(PracticeRules, AppointmentRules, WaitingRules):
    """All rules together; see `Ground` for what must agree after each."""
