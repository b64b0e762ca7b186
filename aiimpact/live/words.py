"""What the scripts of explorers and questions say, in the language in use."""

from __future__ import annotations

import json
from functools import cache

from aiimpact import words
from aiimpact.live import assets


def page_words() -> dict[str, str]:
    """Give what the scripts must say instead of English: English text to the other; nothing in English."""
    if words.language() == "en":
        return {}
    return {text: words.say(text) for text in _texts()}


@cache
def _texts() -> tuple[str, ...]:
    """List what the scripts say; the build of the front end finds it in them."""
    return tuple(json.loads(assets.text("words.json")))
