"""What does the patrol page say out of its scripts? Key in the scripts → English message."""

from __future__ import annotations

from wanmi.web.maps.words import N_

PATROL_WORDS: dict[str, str] = {
    # where
    "position_asking": N_("Looking for your position …"),
    "position_found": N_("Position found"),
    "position_rough": N_("Position is rough"),
    "position_pinned": N_("Place chosen on the map"),
    "position_refused": N_("Position is not allowed"),
    "position_unavailable": N_("No position"),
    "position_insecure": N_("No position without HTTPS"),
    "help_refused": N_("Allow it in the browser's settings for this page, or choose on the map."),
    "help_unavailable": N_("Step into the open, or choose the place on the map."),
    "help_insecure": N_(
        "Browsers give the position, and some the camera, only over HTTPS. Choose the place on "
        "the map; the report is sent all the same."
    ),
    "help_rough": N_("Wait a little in the open, or choose the place on the map."),
    "accuracy": N_("± {metres} m"),
    "cell": N_("Cell {code}"),
    "cell_nearest": N_("Cell {code}, {metres} m away"),
    "cell_off": N_("{code}, {metres} m away"),
    "outside_grid": N_("Outside the grid: a person will assign it"),
    "no_street": N_("No street within 30 m"),
    "locating": N_("Looking up cell and unit …"),
    "locate_failed": N_("Cell and unit are not known without network. You can still report."),
    "limit_forecast": N_("{limit} from dispatch, as expected"),
    "flag_unlawful": N_("Not allowed here"),
    "flag_lawful": N_("Allowed here"),
    "flag_check": N_("To be checked"),
    # open cases of the same kind around
    "similar_one": N_("Of this kind {metres} m from here, {age}"),
    "similar_many": N_("{count} of this kind nearby; the nearest {metres} m, {age}"),
    "away": N_("{metres} m from here"),
    "it_is_the_same": N_("It is the same"),
    "same_told": N_("Not sent: this case has it already"),
    # what
    "catalogue_failed": N_("The classes could not be loaded. Check the network and try again."),
    "try_again": N_("Try again"),
    "nothing_found": N_("Nothing is called that. Try another word or a code."),
    "back_to_majors": N_("All majors"),
    "yes": N_("Yes"),
    "no": N_("No"),
    # photos
    "photo_of": N_("Photo {n}"),
    "photo_remove": N_("Remove photo {n}"),
    "photo_shrinking": N_("preparing"),
    "photo_waiting": N_("kept here"),
    "photo_sent": N_("sent"),
    "photo_refused": N_("not taken"),
    "photos_lost": N_("Sent without {count} photos, which could not be taken any more."),
    "photo_many": N_("At most {count} photos."),
    # sending
    "need_class": N_("Choose what it is first."),
    "need_answer": N_("Please answer: {question}"),
    "need_place": N_("Where is it? Wait for your position or choose the place on the map."),
    "send": N_("Report"),
    "sending": N_("Reporting …"),
    "sending_photos": N_("Sending photos …"),
    "refused": N_("The report was not taken: {reason}"),
    "kept_title": N_("Not sent yet, kept on this phone"),
    "kept_told": N_("It is sent by itself as soon as there is a network. Nothing is lost."),
    "kept_session": N_("Your log-in has ended. Sign in again; then it is sent by itself."),
    "not_kept": N_("This browser keeps nothing. Stay on this page until it is sent."),
    "waiting_one": N_("1 report waits to be sent"),
    "waiting_many": N_("{count} reports wait to be sent"),
    "sent_later": N_("Sent: {name}, number {number}"),
    "refused_later": N_("{name} was not taken: {reason}"),
    # receipt
    "due_at": N_("Looked at by {time}"),
    "no_unit": N_("not known yet"),
    # mine
    "mine_failed": N_("Your reports could not be loaded."),
    "mine_none": N_("You have not reported anything yet. What you report shows here."),
    "overdue": N_("Overdue"),
    "no_answer": N_("The server does not answer."),
}
