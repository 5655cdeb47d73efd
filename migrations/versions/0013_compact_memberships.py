"""The members of the compacts, as far as they were known in autumn 2026.

enacted_on and operational_on are empty where no source was found; what does not operate yet, or is not known to, is
never practised in. Where only the list of PSYPACT's members was found, and not since when each operates, the end of the
month of that list stands in. checked_on is the day of what the source says. An admin replaces a row without a release.
Sources: the bodies' own lists and, for days of enactment, the associations that are named in each row.
"""

from migrations import statements

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

UP = """
INSERT INTO compact_membership (id, compact, jurisdiction, enacted_on, operational_on, source_name, source_url,
        checked_on, recorded_at)
    SELECT gen_random_uuid(), member.compact, member.jurisdiction, member.enacted_on::date, member.operational_on::date,
        source.name, source.url, source.checked_on::date, CURRENT_TIMESTAMP
    FROM (VALUES
        ('psypact', 'US-AL', '2021-03-18', '2026-03-31', 1),
        ('psypact', 'US-AZ', '2016-05-17', '2020-07-01', 1),
        ('psypact', 'US-AR', '2021-04-25', '2021-11-18', 1),
        ('psypact', 'US-CO', '2018-04-12', '2020-07-01', 1),
        ('psypact', 'US-CT', '2022-05-24', '2022-10-01', 1),
        ('psypact', 'US-DE', '2019-06-27', '2020-07-01', 1),
        ('psypact', 'US-DC', NULL, '2026-03-31', 2),
        ('psypact', 'US-FL', NULL, '2023-07-01', 3),
        ('psypact', 'US-GA', NULL, '2020-07-01', 4),
        ('psypact', 'US-ID', NULL, '2026-03-31', 2),
        ('psypact', 'US-IL', NULL, '2020-07-01', 4),
        ('psypact', 'US-IN', NULL, '2026-03-31', 2),
        ('psypact', 'US-KS', NULL, '2026-03-31', 2),
        ('psypact', 'US-KY', NULL, '2026-03-31', 2),
        ('psypact', 'US-ME', NULL, '2026-03-31', 2),
        ('psypact', 'US-MD', NULL, '2026-03-31', 2),
        ('psypact', 'US-MI', NULL, '2023-03-29', 5),
        ('psypact', 'US-MN', NULL, '2026-03-31', 2),
        ('psypact', 'US-MS', '2024-04-08', '2024-04-08', 6),
        ('psypact', 'US-MO', NULL, '2020-07-01', 4),
        ('psypact', 'US-MT', '2025-04-17', '2026-03-31', 2),
        ('psypact', 'US-NE', NULL, '2020-07-01', 4),
        ('psypact', 'US-NV', NULL, '2020-07-01', 4),
        ('psypact', 'US-NH', NULL, '2020-07-01', 4),
        ('psypact', 'US-NJ', NULL, '2026-03-31', 2),
        ('psypact', 'US-NC', NULL, '2026-03-31', 2),
        ('psypact', 'US-ND', NULL, '2023-08-01', 1),
        ('psypact', 'US-OH', NULL, '2026-03-31', 2),
        ('psypact', 'US-OK', NULL, '2020-07-01', 4),
        ('psypact', 'US-PA', '2020-05-08', '2020-07-08', 4),
        ('psypact', 'US-RI', '2022-06-21', '2026-03-31', 2),
        ('psypact', 'US-SC', NULL, '2023-07-17', 1),
        ('psypact', 'US-SD', NULL, '2024-07-01', 1),
        ('psypact', 'US-TN', NULL, '2026-03-31', 2),
        ('psypact', 'US-TX', NULL, '2020-07-01', 4),
        ('psypact', 'US-UT', NULL, '2020-07-01', 4),
        ('psypact', 'US-VT', NULL, '2024-07-01', 1),
        ('psypact', 'US-VA', '2020-04-11', '2021-01-01', 4),
        ('psypact', 'US-WA', NULL, '2026-03-31', 2),
        ('psypact', 'US-WV', NULL, '2026-03-31', 2),
        ('psypact', 'US-WI', NULL, '2026-03-31', 2),
        ('psypact', 'US-WY', NULL, '2026-03-31', 2),
        ('psypact', 'US-MP', '2022-10-24', '2022-10-24', 1),
        ('counseling_compact', 'US-AL', NULL, NULL, 7),
        ('counseling_compact', 'US-AR', NULL, NULL, 7),
        ('counseling_compact', 'US-AZ', NULL, '2025-09-30', 8),
        ('counseling_compact', 'US-CO', NULL, NULL, 7),
        ('counseling_compact', 'US-CT', NULL, NULL, 7),
        ('counseling_compact', 'US-DC', NULL, NULL, 7),
        ('counseling_compact', 'US-DE', '2022-08-04', NULL, 7),
        ('counseling_compact', 'US-FL', NULL, NULL, 7),
        ('counseling_compact', 'US-GA', NULL, '2026-06-02', 8),
        ('counseling_compact', 'US-IA', NULL, NULL, 7),
        ('counseling_compact', 'US-IN', NULL, '2026-06-08', 8),
        ('counseling_compact', 'US-KS', NULL, NULL, 7),
        ('counseling_compact', 'US-KY', NULL, NULL, 7),
        ('counseling_compact', 'US-LA', NULL, '2026-04-20', 8),
        ('counseling_compact', 'US-ME', NULL, NULL, 7),
        ('counseling_compact', 'US-MD', NULL, NULL, 7),
        ('counseling_compact', 'US-MN', NULL, '2025-09-30', 8),
        ('counseling_compact', 'US-MS', NULL, NULL, 7),
        ('counseling_compact', 'US-MO', NULL, NULL, 7),
        ('counseling_compact', 'US-MT', NULL, NULL, 7),
        ('counseling_compact', 'US-NE', '2022-04-19', NULL, 7),
        ('counseling_compact', 'US-NH', NULL, NULL, 7),
        ('counseling_compact', 'US-NJ', NULL, NULL, 7),
        ('counseling_compact', 'US-NC', NULL, NULL, 7),
        ('counseling_compact', 'US-ND', NULL, NULL, 7),
        ('counseling_compact', 'US-OH', NULL, '2026-01-05', 8),
        ('counseling_compact', 'US-OK', NULL, NULL, 7),
        ('counseling_compact', 'US-RI', NULL, NULL, 7),
        ('counseling_compact', 'US-SC', NULL, NULL, 7),
        ('counseling_compact', 'US-SD', NULL, NULL, 7),
        ('counseling_compact', 'US-TN', NULL, NULL, 7),
        ('counseling_compact', 'US-UT', NULL, NULL, 7),
        ('counseling_compact', 'US-VT', NULL, NULL, 7),
        ('counseling_compact', 'US-VA', NULL, NULL, 7),
        ('counseling_compact', 'US-WA', NULL, NULL, 7),
        ('counseling_compact', 'US-WV', NULL, NULL, 7),
        ('counseling_compact', 'US-WI', NULL, NULL, 7),
        ('counseling_compact', 'US-WY', NULL, NULL, 7),
        ('social_work_compact', 'US-AL', NULL, NULL, 9),
        ('social_work_compact', 'US-AR', NULL, NULL, 10),
        ('social_work_compact', 'US-AZ', NULL, NULL, 11),
        ('social_work_compact', 'US-CO', NULL, NULL, 11),
        ('social_work_compact', 'US-CT', NULL, NULL, 12),
        ('social_work_compact', 'US-DE', NULL, NULL, 12),
        ('social_work_compact', 'US-GA', NULL, NULL, 9),
        ('social_work_compact', 'US-IA', NULL, NULL, 9),
        ('social_work_compact', 'US-KS', '2024-04-12', NULL, 13),
        ('social_work_compact', 'US-KY', '2024-03-28', NULL, 9),
        ('social_work_compact', 'US-LA', NULL, NULL, 11),
        ('social_work_compact', 'US-MD', NULL, NULL, 14),
        ('social_work_compact', 'US-ME', '2024-04-26', NULL, 9),
        ('social_work_compact', 'US-MN', NULL, NULL, 11),
        ('social_work_compact', 'US-MO', '2023-07-07', NULL, 9),
        ('social_work_compact', 'US-MS', NULL, NULL, 12),
        ('social_work_compact', 'US-NC', '2025-06-13', NULL, 15),
        ('social_work_compact', 'US-ND', NULL, NULL, 12),
        ('social_work_compact', 'US-NE', '2024-04-15', NULL, 9),
        ('social_work_compact', 'US-NH', NULL, NULL, 11),
        ('social_work_compact', 'US-NJ', NULL, NULL, 12),
        ('social_work_compact', 'US-OH', NULL, NULL, 9),
        ('social_work_compact', 'US-RI', NULL, NULL, 11),
        ('social_work_compact', 'US-SD', '2024-02-06', NULL, 9),
        ('social_work_compact', 'US-TN', NULL, NULL, 11),
        ('social_work_compact', 'US-UT', '2024-03-13', NULL, 9),
        ('social_work_compact', 'US-VA', '2024-04-08', NULL, 9),
        ('social_work_compact', 'US-VT', '2024-04-23', NULL, 9),
        ('social_work_compact', 'US-WA', '2024-03-19', NULL, 13)
    ) AS member (compact, jurisdiction, enacted_on, operational_on, source)
    JOIN (VALUES
        (1, 'PSYPACT, list of participating states, by a copy',
            'https://psypact.gov/page/psypactmap', '2026-03-31'),
        (2, 'PSYPACT, list of 43 members of March 2026',
            'https://psypact.gov/page/psypactmap', '2026-03-31'),
        (3, 'Florida Board of Psychology',
            'https://floridaspsychology.gov/?p=6351', '2026-03-31'),
        (4, 'New Hampshire Psychological Association, PSYPACT page',
            'https://nhpsychology.org/PSYPACT', '2026-03-31'),
        (5, 'Michigan Health & Hospital Association',
            'https://www.mha.org/newsroom/michigan-joins-psychology-interjurisdictional-compact/', '2026-03-31'),
        (6, 'Mississippi Board of Psychology',
            'https://www.psychologyboard.ms.gov/2020-05/mississippi-joins-psychology-interjurisdictional-compact-psypact',
            '2026-03-31'),
        (7, 'CompactConnect, configuration of August 2026',
            'https://github.com/csg-org/CompactConnect', '2026-08-31'),
        (8, 'Counseling Compact Commission, states that issue privileges',
            'https://counselingcompact.gov/map/compact-states/', '2026-06-13'),
        (9, 'South Dakota Association of Healthcare Organizations',
            'https://sdaho.org/?p=25944', '2026-06-30'),
        (10, 'NASW Arkansas Chapter (press release)',
            'https://www.prlog.org/13072543', '2026-03-31'),
        (11, 'NASW North Dakota Chapter',
            'https://naswnd.socialworkers.org/Advocacy', '2026-06-30'),
        (12, 'Therapy Without Borders, on the Social Work Compact',
            'https://www.therapywithoutborders.org/news/explainer-the-social-work-compact', '2026-03-31'),
        (13, 'Social Work Licensure Compact',
            'https://swcompact.org/news2/', '2026-06-30'),
        (14, 'Laws of Maryland 2025, chapter 9 (HB 345)',
            'https://app.legiplex.com/md/legislature/2025/2025-r/bills/hb345/drafts-latest', '2026-06-30'),
        (15, 'NASW North Carolina Chapter',
            'https://www.naswnc.org/page/SWCompact', '2026-06-30')
    ) AS source (code, name, url, checked_on) ON source.code = member.source;
"""

DOWN = "DELETE FROM compact_membership;"


def upgrade() -> None:
    statements.run(UP)


def downgrade() -> None:
    statements.run(DOWN)
