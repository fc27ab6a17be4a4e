"""What can go wrong between an export and the lake.

ConnectorError
├── SpecError       a connector spec is wrong: mend the YAML file it names
├── FileError       a delivered file is not what its name says or cannot be read: export it again
├── ExportDrift     a delivery is held by the guard: accept it, refuse it, or export it again
└── CountMismatch   rows went missing while loading: a defect of ours, never of the export
"""


class ConnectorError(Exception):
    """Base of every error of the connectors."""


class SpecError(ConnectorError):
    """A connector spec does not say what it must."""


class FileError(ConnectorError):
    """A delivered file cannot be read as what its name says it is."""


class ExportDrift(ConnectorError):
    """A delivery differs so much from what is known that it is held."""


class CountMismatch(ConnectorError):
    """Physical records are not loaded + quarantined + skipped + collapsed."""
