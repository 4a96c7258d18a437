"""What `polyclinic` does beside serving: for operators, each command a file."""
