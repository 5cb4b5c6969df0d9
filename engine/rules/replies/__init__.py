"""What receivers say when they refuse mail, and what it means for an address."""

from engine.rules.replies.classify import Replies, classify

__all__ = ["Replies", "classify"]
