"""The blocks that editors compose pages of."""

from home.blocks.streams import HomeStreamBlock, StoryStreamBlock

__all__ = ["HomeStreamBlock", "StoryStreamBlock"]
