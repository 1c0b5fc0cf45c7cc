"""Run notebooks and keep track of what was run: execute, record, make a report."""
