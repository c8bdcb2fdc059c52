"""Which tables hold photos, and on which case do they stand?

The pictures lie in the store (`picture_store`); here is whose they are, and, privately, when and
where they were taken.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import cast

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Double,
    ForeignKey,
    Index,
    SmallInteger,
    Table,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from wanmi.gis.schema import Base, Code


class PhotoRow(Base):
    """A photo that somebody has sent. The same file from the same account is the same photo.

    Without an account it is a citizen's (`photo_claims` says who may put it on a report), and the
    same file from two citizens is two photos.

    `taken_*` is private: as the camera wrote it, for the checks of evidence only. `taken_text` is
    the camera's own time (ISO 8601); `taken_at` is known only when it also wrote its offset.
    """

    __tablename__ = "photos"
    __table_args__ = (
        UniqueConstraint("content", "account_id"),
        Index("ix_photos_citizens", "offered_at", postgresql_where=text("account_id IS NULL")),
        CheckConstraint("content ~ '^[0-9a-f]{64}$'", name="content_is_sha256"),
        CheckConstraint(
            "num_nulls(taken_lon, taken_lat, taken_datum) IN (0, 3)",
            name="taken_place_is_whole",
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    content: Mapped[str] = mapped_column(Code)
    account_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    width: Mapped[int]
    height: Mapped[int]
    original_bytes: Mapped[int]
    taken_text: Mapped[str | None]
    taken_at: Mapped[datetime | None]
    taken_lon: Mapped[float | None] = mapped_column(Double)
    taken_lat: Mapped[float | None] = mapped_column(Double)
    taken_datum: Mapped[str | None] = mapped_column(Code)
    received_at: Mapped[datetime]
    offered_at: Mapped[datetime]
    """When it was last sent; the sweep of photos that no case took counts from here."""


class CasePhotoRow(Base):
    """A photo on a case. A photo stands on one case, once."""

    __tablename__ = "case_photos"
    __table_args__ = (
        CheckConstraint("stage IN ('report', 'before', 'after')", name="stage_is_known"),
        Index(None, "case_id", "stage", "position"),
    )

    photo_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("photos.id"), primary_key=True)
    case_id: Mapped[int] = mapped_column(BigInteger)
    stage: Mapped[str] = mapped_column(Code)
    position: Mapped[int] = mapped_column(SmallInteger)


def _table(row: type[Base]) -> Table:
    return cast("Table", row.__table__)


photos = _table(PhotoRow)
case_photos = _table(CasePhotoRow)
