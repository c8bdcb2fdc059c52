"""POST /api/v1/reports and /reports/batch: what people on the street send."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import jsonify
from flask_openapi3 import APIBlueprint, Tag
from pydantic import RootModel, ValidationError
from pydantic_core import PydanticSerializationError, from_json, to_json

from wanmi.gis.errors import GisError
from wanmi.platform.casework.intake import Arrival, Sender, Taken, submit, take_in
from wanmi.platform.kernel.errors import FieldError, Invalid, TooLarge, WanmiError
from wanmi.web.api.report_models import BatchIn, ReportIn
from wanmi.web.presenters.cases import receipt_body
from wanmi.web.presenters.said import BatchItem, Receipt
from wanmi.web.wiring.apidoc import refusals
from wanmi.web.wiring.bodies import invalid, json_bytes, refuse_unstorable, unreadable
from wanmi.web.wiring.identity import need_viewer
from wanmi.web.wiring.problems import problem_body, sentence_of, status_of
from wanmi.web.wiring.services import services
from wanmi.web.wiring.work import writing, writing_at_once

if TYPE_CHECKING:
    from wanmi.platform.casework.reports import Report

blueprint = APIBlueprint("reports", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="reports")])


class BatchAnswers(RootModel[list[BatchItem]]):
    """The answers to the reports of a batch, in their order."""


MOST_REPORTS = 1000
BATCH_BYTES = 5_000_000


@blueprint.post("/reports", responses={201: Receipt, 200: Receipt, **refusals(409)})
def post_report(body: ReportIn) -> Any:  # noqa: ANN401 - a Flask answer
    """Take one report: 201 with its receipt; the same report again 200."""
    sender = _sender()
    report = body.report()
    at_hand = services()
    # Photos are attached by a statement of their own, which must come with the case or not at all.
    with writing() if report.photos else writing_at_once() as connection:
        taken = submit(connection, at_hand.office, report, sender, at_hand.clock())
    status = HTTPStatus.CREATED if taken.is_new else HTTPStatus.OK
    return jsonify(receipt_body(at_hand.office, taken.case)), status


@blueprint.post("/reports/batch", responses={200: BatchAnswers})
def post_batch(body: BatchIn) -> Any:  # noqa: ANN401, ARG001 - read item by item below
    """Take up to 1,000 reports; each is answered in order with its own `status`."""
    sender = _sender()
    answers, reports = _read_batch()
    at_hand = services()
    with writing() as connection:
        arrivals = [Arrival(report, sender, at_hand.clock()) for report in reports.values()]
        taken = take_in(connection, at_hand.office, arrivals)
    for place, answer in zip(reports, taken, strict=True):
        answers[place] = answer
    return jsonify([_item(answer) for answer in answers])


def _sender() -> Sender:
    viewer = need_viewer("report.create")
    return Sender(viewer.account_id, viewer.role, viewer.permissions)


def _read_batch() -> tuple[list[Taken | WanmiError | GisError | None], dict[int, Report]]:
    """Return a slot for each answer, filled where the report is unreadable, and the readable ones.

    Raises:
        WrongType, Unreadable, Invalid: not a JSON list.
        TooLarge: too many reports, or too many bytes.
    """
    items = _items()
    answers: list[Taken | WanmiError | GisError | None] = [None] * len(items)
    reports: dict[int, Report] = {}
    for place, item in enumerate(items):
        try:
            found = ReportIn.model_validate_json(to_json(item))
            refuse_unstorable(found)
            reports[place] = found.report()
        except ValidationError as error:
            answers[place] = invalid(error)
        except (WanmiError, GisError) as error:
            answers[place] = error
        except (ValueError, PydanticSerializationError):
            answers[place] = Invalid("This report has a character that cannot be stored.")
    return answers, reports


def _items() -> list[Any]:
    data = json_bytes()
    if len(data) > BATCH_BYTES:
        raise TooLarge("A batch has at most 5 MB; send it in parts.")
    said = _read_leniently(data)
    if isinstance(said, dict) and said.keys() == {"reports"}:
        said = said["reports"]
    if not isinstance(said, list):
        sentence = "Send a JSON list of reports."
        raise Invalid(sentence, errors=(FieldError("body", sentence),))
    if len(said) > MOST_REPORTS:
        raise TooLarge(f"A batch has at most {MOST_REPORTS} reports; send it in parts.")
    return said


def _read_leniently(data: bytes) -> Any:  # noqa: ANN401 - any JSON
    """Read JSON; a NaN or half a character is left for its own report to answer for."""
    try:
        return from_json(data)
    except ValueError:
        try:
            return json.loads(data.decode())
        except (ValueError, RecursionError):
            raise unreadable() from None


def _item(answer: Taken | WanmiError | GisError | None) -> dict[str, Any]:
    if isinstance(answer, Taken):
        done = HTTPStatus.CREATED if answer.is_new else HTTPStatus.OK
        return {"status": int(done), "body": receipt_body(services().office, answer.case)}
    if answer is None:
        raise AssertionError("every report of a batch has an answer")
    status = status_of(answer)
    return {
        "status": status,
        "problem": problem_body(status, sentence_of(answer), getattr(answer, "errors", ())),
    }
