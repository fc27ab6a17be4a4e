"""The demo company: its exports in each tool's own format, and the truth beside them. It exists to show and to measure."""

from connectors.simulator.demo import DemoSummary, write_demo

__all__ = ["DemoSummary", "write_demo"]
