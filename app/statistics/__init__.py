"""What the programme may say in numbers: pure rules from events to published cells."""
