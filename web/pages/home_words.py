"""What does the citizen's page say out of its scripts? Key → English; beside `patrol_words`."""

from __future__ import annotations

from wanmi.web.maps.words import N_

HOME_WORDS: dict[str, str] = {
    "copied": N_("Copied"),
    "not_copied": N_("Write both down: this browser does not copy."),
    "copy_text": N_("Report {number}, code {code}"),
    "too_often": N_("{reason} It is kept here and sent by itself."),
    "follow_none": N_("Number and code do not belong together; look at both again."),
    "follow_failed": N_("The server does not answer. Try again in a while."),
    "followed_at": N_("Reported {time}"),
    "moved_at": N_("As of {time}"),
    "follow_this": N_("How far is it?"),
}
