"""What can stop a night, drawn as a tree. Each class carries the exit code of the command line."""


class OnefunnelError(Exception):
    """Base of everything this package raises on purpose; a step that failed."""

    exit_code = 3


class SettingsError(OnefunnelError):
    """A setting, folder or option is wrong: nothing has run."""

    exit_code = 2


class HomeNotWritable(SettingsError):
    """ONEFUNNEL_HOME cannot be written to."""


class DiskFull(SettingsError):
    """Too little free disk to build a night safely."""


class RunInProgress(SettingsError):
    """Another run holds the lock of this home."""


class NothingPublished(SettingsError):
    """A command that reads the published file found none."""


class UnknownDelivery(SettingsError):
    """A delivery, issue, version or candidate named by the user does not exist."""


class DbtFailed(OnefunnelError):
    """dbt could not parse the project or build a model."""


class CandidateInvalid(OnefunnelError):
    """The candidate file differs from the warehouse it was built from."""


class Blocked(OnefunnelError):
    """A blocking check stopped publishing; the last good file stays."""

    exit_code = 1
