"""The rollout package: what a pilot leaves behind so that other regions can copy it (X2).

`package_of` collects it, `save` writes ``package.yaml`` and a sheet a region, `read_sheet` reads one back.
"""

from __future__ import annotations

from tiersim.experiment.package.contents import Contents, package_of
from tiersim.experiment.package.extend import package_yaml, rollout
from tiersim.experiment.package.lessons import Lesson, TierLesson
from tiersim.experiment.package.region import read_sheet
from tiersim.experiment.package.saving import check_package, save
from tiersim.experiment.package.setting import Setting
from tiersim.experiment.package.settings import settings_of
from tiersim.experiment.package.sheet import region_sheet

__all__ = [
    "Contents",
    "Lesson",
    "Setting",
    "TierLesson",
    "check_package",
    "package_of",
    "package_yaml",
    "read_sheet",
    "region_sheet",
    "rollout",
    "save",
    "settings_of",
]
