"""The tables of the coordinator's database, for SQLite and PostgreSQL alike. Times are Unix seconds."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
)

VERSION = 1
"""Of the tables; a database of another one is refused."""

metadata = MetaData()
version = Table("version", metadata, Column("version", Integer, primary_key=True))

rounds = Table(
    "rounds",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("state", String(8), nullable=False),  # of State
    Column("head", String(64), nullable=False),
    Column("closes_s", Float, nullable=False),
    Column("closed_s", Float),
    Column("accepted", Integer, nullable=False, default=0),
    Column("announcement", LargeBinary, nullable=False),  # as it is published
    Column("seed", LargeBinary),  # of the coordinator's noise; erased when the round is closed
)

accepted = Table(
    "accepted",
    metadata,
    Column("round", Integer, ForeignKey("rounds.number"), nullable=False),
    Column("device", String(64), nullable=False),
    Column("id", String(32), nullable=False),
    Column("examples", Integer, nullable=False),
    Column("delta", LargeBinary),  # float32, little-endian; erased when the round is closed
    PrimaryKeyConstraint("round", "device"),  # by which the database itself counts a device once
    Index("accepted_by_id", "device", "id"),
)

results = Table(
    "results",
    metadata,
    Column("round", Integer, primary_key=True, autoincrement=False),
    Column("head", String(64), nullable=False),
    Column("parameters", LargeBinary, nullable=False),  # float32, little-endian
    Column("result", LargeBinary, nullable=False),  # as it is published
    Column("devices", Integer, nullable=False),
    Column("noise_multiplier", Float, nullable=False),  # that was announced
    Column("optimiser", LargeBinary),  # float64, little-endian: the two memories of FedAdam
)

refusals = Table(
    "refusals",
    metadata,
    Column("round", Integer, nullable=False),  # that was open or the latest
    Column("reason", String(32), nullable=False),
    Column("count", Integer, nullable=False),
    PrimaryKeyConstraint("round", "reason"),
)
