"""The CRM's export loaded by Meltano, and what the outcomes file then says."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from devtools.meltano import Meltano

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from devtools.crm_account import CrmAccount
    from devtools.crm_export import Ending
    from devtools.meltano import Run


@dataclass(frozen=True)
class Load:
    """One run.

    Attributes:
        outcomes: the lines of the outcomes file.
        rejects: the file of what was rejected.
        reads: requests that read.
        writes: requests that wrote.
    """

    outcomes: list[dict[str, Any]]
    rejects: Path
    reads: int
    writes: int

    def endings(self) -> dict[str, Ending]:
        """How each row ended, by customer number."""
        return {
            one["key"]["customer_no"]: (one["action"], one["outcome"], one["reason"])
            for one in self.outcomes
        }

    def planned(self) -> dict[str, Ending]:
        """How each row would end in a dry run."""
        return {
            key: (action, "planned" if outcome == "written" else outcome, reason)
            for key, (action, outcome, reason) in self.endings().items()
        }


@dataclass(frozen=True)
class Loading:
    """Loads the export into an account, with a Meltano of its own.

    Attributes:
        account: what is loaded into.
        folder: for files.
        run: carries out `meltano run`, and checks that it went well.
    """

    account: CrmAccount
    folder: Path
    run: Callable[..., Run]

    def __call__(self, name: str, *arguments: str, **settings: str) -> Load:
        """Load.

        Args:
            name: of the files that are written.
            arguments: of `meltano run`.
            settings: of the target, besides the files'.
        """
        outcomes, rejects = (self.folder / f"{name}.{end}" for end in ("jsonl", "singer"))
        settings |= {"outcomes_path": str(outcomes), "rejects_path": str(rejects)}
        more = {f"TARGET_SAKARI_{key.upper()}": value for key, value in settings.items()}
        meltano = Meltano(self.folder, {**self.account.environment(), **more})
        self.account.forget_requests()
        self.run(meltano, name, *arguments)
        lines = outcomes.read_text("utf-8").splitlines()
        return Load([json.loads(line) for line in lines], rejects, *self.account.requests())
