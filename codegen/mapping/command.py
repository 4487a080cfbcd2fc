"""The verb `check-mapping`: reads files, prints findings."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict

from . import described, plan, template
from .document import Unreadable, read
from .model import Finding, Mapping
from .rules import Wanted, judge


def mappings(path: str, given: dict[str, str]) -> list[Mapping]:
    """Unreadable, where there is nothing to look at."""
    if path.endswith((".tf", ".hcl")):
        raise Unreadable(f"{path}: is HCL; look at the plan instead: terraform plan -out PLAN && "
                         "terraform show -json PLAN > plan.json")
    root = read(path)
    if template.is_template(root):
        found = list(template.mappings(path, root, given))
    elif plan.is_plan(root):
        found = list(plan.mappings(path, root))
    elif described.is_described(root):
        found = list(described.mappings(path, root))
    else:
        raise Unreadable(
            f"{path}: is no template of CloudFormation or SAM, no `terraform show -json` of a plan, "
            "and no answer of `aws lambda get-event-source-mapping`")
    if not found:
        raise Unreadable(f"{path}: has no event source mapping")
    return found


def check(
    paths: Iterable[str], given: dict[str, str], wanted: Wanted, *, as_json: bool
) -> int:
    """0: nothing is wrong, but for warnings; 1: something is; 2: a file can't be looked at."""
    count = 0
    findings: list[Finding] = []
    try:
        for path in paths:
            found = mappings(path, given)
            count += len(found)
            for mapping in found:
                findings += judge(mapping, wanted)
    except Unreadable as error:
        print(error, file=sys.stderr)
        return 2
    errors = sum(finding.is_error for finding in findings)
    _print(count, findings, errors, as_json=as_json)
    return 1 if errors > 0 else 0


def _print(count: int, findings: list[Finding], errors: int, *, as_json: bool) -> None:
    warnings = len(findings) - errors
    if as_json:
        rows = [_row(finding) for finding in findings]
        json.dump({"mappings": count, "errors": errors, "warnings": warnings, "findings": rows},
                  sys.stdout, indent=2)
        print()
        return
    for finding in findings:
        print(finding)
    print(f"{_count(count, 'mapping')}: {_count(errors, 'error')}, {_count(warnings, 'warning')}")


def _row(finding: Finding) -> dict[str, object]:
    row = asdict(finding)
    row["severity"] = "error" if row.pop("is_error") else "warning"
    return row


def _count(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"
