"""Wires connectors, dbt models, identity, quality and publishing into one night. Holds no business logic."""
