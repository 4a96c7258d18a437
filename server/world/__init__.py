"""Rooms, zones, entities and the feature plug-in interface: pure, without sockets, awaits or clocks."""
