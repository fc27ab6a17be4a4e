"""What every asset of a night shares: which night it is, and dbt with this home's variables."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import dagster as dg
from pydantic import PrivateAttr

from orchestration.dbt import Dbt, metrics_of
from orchestration.errors import SettingsError
from orchestration.guards import check_disk, check_home, run_lock
from orchestration.plan import fingerprint, nights_to_run
from orchestration.runs import start_run
from orchestration.settings import DBT_PROJECT, Settings, export_environment, load_settings
from orchestration.steps import Night, scratch_home


class Tonight(dg.ConfigurableResource[Any]):
    """The night that a run builds. Without `night`: the oldest that is not worked off."""

    night: str = ""
    as_of: bool = False
    sources: list[str] = []  # noqa: RUF012  (a field of a pydantic model)
    _built: Night = PrivateAttr()

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["Tonight"]:
        """Hold the home's lock for the whole run."""
        settings = load_settings()
        check_home(settings.home)
        with run_lock(settings.home):
            check_disk(settings)
            self._built = begin(settings, self.night, self.as_of, self.sources)
            export_environment(settings, self._built.warehouse)
            yield self

    @property
    def build(self) -> Night:
        """The night being built."""
        return self._built


def begin(settings: Settings, night: str, as_of: bool, sources: list[str]) -> Night:
    """Record the start of a run and say where it builds."""
    mark = fingerprint(settings)
    chosen = date.fromisoformat(night) if night else next_night(settings, mark)
    run = start_run(settings.home, chosen, as_of, mark, sources)
    home = scratch_home(settings, run.run_id, chosen) if as_of else settings.home
    return Night(settings, home, chosen, run.run_id, as_of, tuple(sources))


def next_night(settings: Settings, mark: str) -> date:
    """The oldest night to work off, for runs started without saying which."""
    from connectors.spec import load_specs
    from orchestration.plan import delivered_nights

    specs = load_specs(extra=settings.specs)
    nights = nights_to_run(settings, specs, mark) or delivered_nights(settings.home)[-1:]
    if not nights:
        raise SettingsError(
            f"No export in {settings.exports}. Put files under <source>/ there, or run `onefunnel demo`."
        )
    return nights[0]


def dbt_of(settings: Settings) -> Dbt:
    """dbt with the variables of this home: who feeds which entity, whose each metric is, and the business settings."""
    from connectors.spec import conformed, load_specs

    feeds = conformed(load_specs(extra=settings.specs))
    variables = {"conformed": feeds, "metrics": metrics_of(DBT_PROJECT), **settings.business}
    return Dbt(settings.home / "dbt", variables)
