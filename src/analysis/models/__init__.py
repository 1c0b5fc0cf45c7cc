"""Infer what the figures do not print: levels, trends, forecasts and chances, by statsmodels."""
