"""Where in a sheet of answers something is wrong.

Every answer lives under `answers` in the body that carries it, so one rule names the place for forms and instruments.
"""

LONGEST_ITEM_ID = 255  # FHIR R4 names no bound for linkId; ours keeps a pointer readable


def answer_pointer(item_id: str) -> str:
    """Name an answer's place in the body. An id that can't be shown back points to all answers. Source: RFC 6901."""
    if len(item_id) > LONGEST_ITEM_ID or not item_id.isprintable():
        return "/answers"
    return "/answers/" + item_id.replace("~", "~0").replace("/", "~1")
