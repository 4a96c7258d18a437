"""What `polyclinic` does beside serving, for operators."""
