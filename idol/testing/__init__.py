"""Fakes with scripted failures and conformance suites, for our tests and plug-in authors."""
