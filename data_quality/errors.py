"""What can go wrong while checking records.

QualityError
└── RuleError    a rule's file does not say what it must: mend the YAML file it names
"""


class QualityError(Exception):
    """Base of every error of the quality checks."""


class RuleError(QualityError):
    """A rule's file is wrong."""
