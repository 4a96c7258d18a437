"""What a room can do beyond moving its avatars: one folder a capability, listed in the room types that have it."""
