"""A sample of the stories with every run of the tests; `poe matrix` tells thousands more.

A failure prints the story, and the line by which Hypothesis tells it again.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.matrix.scenarios import STORIES, Found, Story, told

SEED = int(os.environ.get("MUVI_SEED", "20261125"))
STORIES_TOLD = int(os.environ.get("MUVI_STORIES", "25"))


@seed(SEED)
@settings(
    max_examples=STORIES_TOLD,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate, Phase.shrink],
)
@given(STORIES)
def test_every_story_ends_well(story: Story) -> None:
    told(story, Found())
