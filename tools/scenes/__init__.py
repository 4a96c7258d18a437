"""The scenes of the sample facility: rooms furnished with boxes, and their glTF."""
