"""Routes that take people's own words: help comes with the refusal of a request whose shape is wrong, too."""

from collections.abc import Callable, Coroutine
from functools import partial

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError

from api.problems import shape_refusal
from api.strict_json import StrictRoute
from domain.intake import danger
from domain.safety import reading_service


class CaringRoute(StrictRoute):
    """A strict route that reads what it refuses for danger, and answers with what it read."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[object, object, Response]]:
        """Wrap the strict handler."""
        handler = super().get_route_handler()

        async def caring(request: Request) -> Response:
            try:
                return await handler(request)
            except RequestValidationError as error:
                if error.body is None:  # nothing was sent, or nothing that could be read
                    raise
                # what came under another content type than JSON's was left as bytes
                sent = error.body.decode(errors="replace") if isinstance(error.body, bytes) else error.body
                read = await reading_service.in_turn(partial(danger.of_anything, sent, country=danger.COUNTRY_UNKNOWN))
                raise danger.AnswersRefused(shape_refusal(error), safety=read) from error

        return caring
