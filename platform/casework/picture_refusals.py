"""In which words is a photo refused?

Fixed sentences, so that they can be translated; each also stands at the upload's field.
"""

from __future__ import annotations

from wanmi.platform.kernel.errors import FieldError, Invalid, TooLarge

FIELD = "photo"

EMPTY = "The photo is empty; take it again."
UNKNOWN = "This is not a photo that can be read; send a JPEG, PNG or WebP picture."
HEIC = (
    "HEIC and AVIF photos cannot be read; send the photo through the page, where the phone turns "
    "it into a JPEG, or set the camera to JPEG (most compatible)."
)
DAMAGED = "The photo is damaged or not complete; send it again or take it anew."
TOO_MANY_PIXELS = "The photo has too many pixels; set the camera to 50 megapixels or less."
TOO_MANY_BYTES = "The photo's file is too large; send it smaller or set the camera to fewer pixels."


def refuse(sentence: str) -> Invalid:
    """Return the error for a file that is no photo which can be taken."""
    return Invalid(sentence, errors=(FieldError(FIELD, sentence),))


def refuse_size(sentence: str) -> TooLarge:
    """Return the error for a photo that is too large."""
    return TooLarge(sentence, errors=(FieldError(FIELD, sentence),))
