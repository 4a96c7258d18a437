"""The compiled core of a room: its entities, who sees whom, and the frames that tell them."""
