"""Made-up therapists, so that a fresh start has somebody to find. No name here is a real person's."""

from dataclasses import dataclass
from typing import Final

CLIENT_EMAIL: Final = "sam@demo.attune.example"
ADMIN_EMAIL: Final = "admin@demo.attune.example"
PASSWORD: Final = "demo only, never in production"  # noqa: S105 - printed at the start, refused in production


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoTherapist:
    """One made-up therapist. fee_minor: cents."""

    handle: str
    display_name: str
    legal_name: str
    gender: str
    bio: str
    primary: tuple[str, ...]
    secondary: tuple[str, ...]
    approaches: tuple[str, ...]
    languages: tuple[str, ...]
    license_type: str
    jurisdiction: str
    zone: str
    fee_minor: int
    formats: tuple[str, ...]

    @property
    def email(self) -> str:
        """Give the address this therapist signs in with."""
        return f"{self.handle}@demo.attune.example"


THERAPISTS: Final = (
    DemoTherapist(
        handle="ilse",
        display_name="Ilse Brandvold, LPCC",
        legal_name="Ilse Brandvold",
        gender="female",
        bio="I work slowly with people who learned early that closeness could be withdrawn at any time.",
        primary=("rejection.trauma", "trauma.cptsd", "attach.abandon"),
        secondary=("attach.anxious", "self.shame"),
        approaches=("emdr", "stair", "attachment_based"),
        languages=("en", "de"),
        license_type="LPCC",
        jurisdiction="US-OH",
        zone="America/New_York",
        fee_minor=14_000,
        formats=("video", "in_person"),
    ),
    DemoTherapist(
        handle="tomas",
        display_name="Tomás Quillfeather, PhD",
        legal_name="Tomas Quillfeather",
        gender="male",
        bio="Sensitive to rejection, braced for the next no: we look at where it comes from, and what helps now.",
        primary=("rejection.sensitivity", "anx.social", "self.worth"),
        secondary=("mood.dep",),
        approaches=("cbt", "cft"),
        languages=("en", "es"),
        license_type="PSYCHOLOGIST",
        jurisdiction="US-OH",
        zone="America/New_York",
        fee_minor=18_000,
        formats=("video",),
    ),
    DemoTherapist(
        handle="noor",
        display_name="Noor Ashgrove, LCSW",
        legal_name="Noor Ashgrove",
        gender="female",
        bio="Childhood neglect and abuse, and the long work of feeling safe with somebody.",
        primary=("trauma.childhood", "trauma.neglect", "trauma.cptsd"),
        secondary=("dissoc", "emo.dysreg"),
        approaches=("phase_based", "somatic", "ifs"),
        languages=("en", "ar"),
        license_type="LCSW",
        jurisdiction="US-TX",
        zone="America/Chicago",
        fee_minor=12_500,
        formats=("video", "phone"),
    ),
    DemoTherapist(
        handle="wren",
        display_name="Wren Halloway, LMFT",
        legal_name="Wren Halloway",
        gender="non_binary",
        bio="Couples and single people whose fear of being left shapes how they love.",
        primary=("rel.couple", "attach.anxious", "attach.avoidant"),
        secondary=("rel.infidelity", "id.lgbtq"),
        approaches=("eft_couple", "attachment_based"),
        languages=("en",),
        license_type="LMFT",
        jurisdiction="US-CA",
        zone="America/Los_Angeles",
        fee_minor=16_000,
        formats=("video", "in_person"),
    ),
    DemoTherapist(
        handle="amara",
        display_name="Amara Fennimore, LMHC",
        legal_name="Amara Fennimore",
        gender="female",
        bio="Sharp reactions to criticism, often with ADHD: skills first, then the story behind them.",
        primary=("rejection.rsd", "neuro.adhd", "emo.dysreg"),
        secondary=("anx.gad",),
        approaches=("adhd_cbt", "dbt"),
        languages=("en", "fr"),
        license_type="LMHC",
        jurisdiction="US-NY",
        zone="America/New_York",
        fee_minor=15_500,
        formats=("video", "phone"),
    ),
    DemoTherapist(
        handle="kenji",
        display_name="Kenji Larkspur, LPC",
        legal_name="Kenji Larkspur",
        gender="male",
        bio="Nights that do not end: insomnia, nightmares, and what keeps a body on guard.",
        primary=("sleep.insomnia", "sleep.nightmare"),
        secondary=("trauma.ptsd", "anx.panic"),
        approaches=("cbti", "irt", "cpt"),
        languages=("en", "ja"),
        license_type="LPC",
        jurisdiction="US-AZ",
        zone="America/Phoenix",
        fee_minor=13_000,
        formats=("video",),
    ),
)
