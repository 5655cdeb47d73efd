"""The forms that come with the product, in our own words.

The first-session form asks nothing that must be answered. It asks about danger once, gently, after a warning, and says
beforehand what an answer does. Changing it means a new version, never a change to a published one.
"""

from collections.abc import Mapping
from types import MappingProxyType
from uuid import UUID

from domain.intake.form import Form, FormId, Item, ItemType, Option, Sign

FIRST_SESSION_ID = FormId(UUID("01a2066b-f9a2-738b-a4ed-384589b36a7d"))

_BRINGS = (
    Item(
        link_id="arrival",
        type=ItemType.GROUP,
        label="What brings you",
    ),
    Item(
        link_id="brings_you",
        within="arrival",
        type=ItemType.TEXT,
        label="What would you like help with? A few words are plenty.",
        why_we_ask="So your therapist can begin where you are, and you don't have to start from nothing.",
        read_for_danger=True,
    ),
    Item(
        link_id="how_long",
        within="arrival",
        type=ItemType.CHOICE,
        label="How long has this been with you?",
        options=(
            Option(value="weeks", label="Some weeks"),
            Option(value="months", label="Some months"),
            Option(value="years", label="Some years"),
            Option(value="always", label="As long as I can remember"),
            Option(value="hard_to_say", label="Hard to say"),
        ),
    ),
)

_EASE = (
    Item(
        link_id="ease",
        type=ItemType.GROUP,
        label="What helps you feel at ease",
    ),
    Item(
        link_id="helped_before",
        within="ease",
        type=ItemType.TEXT,
        label="What has helped you before, even a little?",
        why_we_ask="What already works for you is worth keeping.",
        read_for_danger=True,
    ),
    Item(
        link_id="did_not_help",
        within="ease",
        type=ItemType.TEXT,
        label="What did not help, or made things harder?",
        why_we_ask="So your therapist doesn't repeat it.",
        read_for_danger=True,
    ),
    Item(
        link_id="pace",
        within="ease",
        type=ItemType.CHOICE,
        label="Which pace would suit you at first?",
        options=(
            Option(value="slow", label="Slow, getting to know each other first"),
            Option(value="steady", label="Steady"),
            Option(value="direct", label="Straight to the point"),
            Option(value="decide_together", label="Let's find out together"),
        ),
    ),
    Item(
        link_id="at_ease_with",
        within="ease",
        type=ItemType.CHOICE,
        repeats=True,
        label="Which of these would make the session easier?",
        options=(
            Option(value="camera_off", label="My camera off, at least at first"),
            Option(value="breaks", label="Short breaks"),
            Option(value="ask_before_hard_topics", label="Being asked before we talk about hard things"),
            Option(value="quiet_time", label="Time to think without having to fill the silence"),
            Option(value="know_the_plan", label="Hearing at the start what we will do"),
            Option(value="written_notes", label="Main points in writing afterwards"),
        ),
    ),
    Item(
        link_id="avoid",
        within="ease",
        type=ItemType.TEXT,
        label="Are there topics, words or exercises you would like to keep out of the first session?",
        why_we_ask="You decide what is talked about. You needn't say why.",
        content_warning="The next question may bring difficult things to mind. You can pass over it.",
        read_for_danger=True,
    ),
)

_PRACTICAL = (
    Item(
        link_id="practical",
        type=ItemType.GROUP,
        label="On the day",
    ),
    Item(
        link_id="place",
        within="practical",
        type=ItemType.STRING,
        label="Where will you be during the session? A town or an address.",
        why_we_ask="A therapist may only work with you where they are licensed, and needs to know where to send help "
        "in an emergency.",
    ),
    Item(
        link_id="can_talk_freely",
        within="practical",
        type=ItemType.CHOICE,
        label="Can you talk there without being overheard?",
        why_we_ask="If not, your therapist can ask questions you can answer with yes or no, or help you find another "
        "time.",
        options=(
            Option(value="yes", label="Yes"),
            Option(value="partly", label="Partly, or not for the whole time"),
            Option(value="no", label="No"),
        ),
    ),
    Item(
        link_id="if_call_drops",
        within="practical",
        type=ItemType.CHOICE,
        label="If the connection breaks, how should your therapist reach you?",
        options=(
            Option(value="rejoin", label="I'll come back to the session by myself"),
            Option(value="call", label="Call me"),
            Option(value="text", label="Text me"),
            Option(value="email", label="Write me an e-mail"),
            Option(value="do_not_contact", label="Please don't contact me"),
        ),
    ),
    Item(
        link_id="callback_number",
        within="practical",
        type=ItemType.STRING,
        max_length=40,
        label="A number for that, if you like",
        why_we_ask="Leave it out if somebody else might see or answer that phone.",
    ),
    Item(
        link_id="emergency_contact_name",
        within="practical",
        type=ItemType.STRING,
        max_length=200,
        label="Is there someone your therapist could call if they were worried about your safety?",
        why_we_ask="It would be for an emergency only. Name somebody you feel safe with, or nobody.",
    ),
    Item(
        link_id="emergency_contact_phone",
        within="practical",
        type=ItemType.STRING,
        max_length=40,
        label="That person's phone number",
    ),
)

_SAFETY = (
    Item(
        link_id="safety",
        type=ItemType.GROUP,
        label="Your safety",
        content_warning="This part is about being safe, at home and with yourself. You can pass over all of it.",
    ),
    Item(
        link_id="safety_note",
        within="safety",
        type=ItemType.DISPLAY,
        label="Nobody is watching this form as you fill it in. If you are in danger now, please call your local "
        "emergency number. If an answer suggests you may be in danger, we show you places to turn to.",
    ),
    Item(
        link_id="safe_now",
        within="safety",
        type=ItemType.CHOICE,
        label="Are you safe where you are right now?",
        why_we_ask="If you are not, help comes first. Your booking stays as it is, whatever you answer.",
        content_warning="The next question is about danger and about people who may hurt you.",
        options=(
            Option(value="yes", label="Yes"),
            Option(value="not_sure", label="Not sure", sign=Sign.POSSIBLE),
            Option(value="no", label="No", sign=Sign.CLEAR),
            Option(value="prefer_not_to_say", label="I'd rather not say"),
        ),
    ),
    Item(
        link_id="safety_words",
        within="safety",
        type=ItemType.TEXT,
        label="Is there anything about your safety that your therapist should know?",
        content_warning="The next question may touch on violence, abuse or thoughts of hurting yourself.",
        read_for_danger=True,
    ),
)

_FIRST = (
    Item(
        link_id="first_things",
        type=ItemType.GROUP,
        label="Before we begin",
    ),
    Item(
        link_id="address_me",
        within="first_things",
        type=ItemType.STRING,
        max_length=200,
        label="What should your therapist call you, and which pronouns do you use?",
    ),
    Item(
        link_id="know_first",
        within="first_things",
        type=ItemType.TEXT,
        label="Is there anything you want your therapist to know first, so you don't have to bring it up?",
        why_we_ask="Some things are easier to write than to say.",
        content_warning="The next question may bring difficult things to mind. You can pass over it.",
        read_for_danger=True,
    ),
)

_GOALS = (
    Item(
        link_id="goals",
        type=ItemType.GROUP,
        label="What you hope for",
    ),
    Item(
        link_id="hoped_change",
        within="goals",
        type=ItemType.TEXT,
        label="If therapy goes well, what would be different in an ordinary week?",
        why_we_ask="So that you both can tell later whether it helps.",
        read_for_danger=True,
    ),
    Item(
        link_id="first_session_hope",
        within="goals",
        type=ItemType.TEXT,
        label="What would make the first session worth your time?",
        read_for_danger=True,
    ),
)

FIRST_SESSION = Form(
    id=FIRST_SESSION_ID,
    version=1,
    url=f"urn:uuid:{FIRST_SESSION_ID}",
    title="Before your first session",
    introduction="These questions help your therapist prepare. No answer is required to keep your booking: answer what "
    "you like, skip what you like, and send it with nothing in it if that suits you. You and your therapist can read "
    "what you send.",
    language="en",
    items=(*_BRINGS, *_EASE, *_PRACTICAL, *_SAFETY, *_FIRST, *_GOALS),
)

BUILT_IN: Mapping[FormId, Form] = MappingProxyType({form.id: form for form in (FIRST_SESSION,)})
