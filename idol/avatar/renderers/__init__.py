"""Renderers that come with Idol."""
