"""A host drawn by another program: `ExternalRenderer` is Idol's side of the line."""

from idol_external.renderer import ExternalRenderer

__all__ = ["ExternalRenderer"]
