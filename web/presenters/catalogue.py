"""How is the catalogue said to a form: majors, classes, what to offer first, what to ask?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanmi.web.presenters.cases import in_chinese, named

if TYPE_CHECKING:
    from wanmi.platform.casework.catalogue import Catalogue
    from wanmi.platform.casework.classes import Question

Json = dict[str, Any]


def catalogue_body(catalogue: Catalogue) -> Json:
    """Return the classes of matters in the reader's language, in the order of the tables.

    `words` are the city's own words for issues of a class, for a search.
    """
    chinese = in_chinese()
    words: dict[str, list[str]] = {}
    for kind in catalogue.kinds:
        words.setdefault(kind.code, []).append(kind.name_zh if chinese else kind.name_en)
    asked = {
        question.key: question
        for matter in catalogue.matters.values()
        for question in matter.questions
    }
    return {
        "majors": [{"code": major.code, "name": named(major)} for major in catalogue.majors()],
        "classes": [
            {
                "code": matter.code,
                "name": named(matter),
                "words": words.get(matter.code, []),
                "questions": [question.key for question in matter.questions],
            }
            for matter in catalogue.matters.values()
        ],
        "questions": {key: _question(question) for key, question in asked.items()},
        "favourites": [
            {"code": row.code, "label": row.label_zh if chinese else row.label_en}
            for row in catalogue.favourites
        ],
    }


def _question(question: Question) -> Json:
    text = question.text_zh if in_chinese() else question.text_en
    return {"text": text, "required": question.required}
