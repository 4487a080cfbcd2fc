"""Examples and defaults must be valid themselves: they end up in documents, tests and programs."""

from __future__ import annotations

from .build_types import Claim
from .instance import Validator
from .model import Model
from .problems import Problems
from .scalars import INT64_MINIMUM, UINT64_MAXIMUM


def check_values(model: Model, claims: list[Claim], problems: Problems) -> None:
    validator = Validator(model)
    for claim in claims:
        if isinstance(claim.value, int) and not INT64_MINIMUM <= claim.value <= UINT64_MAXIMUM:
            if claim.what == "default":
                problems.add(claim.location, "does not fit 64 bits; choose another default")
                continue
        found = validator.problems(claim.wanted, claim.value)
        if found:
            pointer, keyword = found[0]
            where = f"its {pointer}" if pointer else "it"
            problems.add(
                claim.location,
                f"the {claim.what} is not valid: {where} violates {keyword}; correct one of them",
            )
