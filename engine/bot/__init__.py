"""What people ask the engine in a chat, and what it answers."""
