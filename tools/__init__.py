"""Programs for those who work on Polyclinic itself."""
