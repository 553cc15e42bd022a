"""What the process stands on: settings, logs, the clock, embedded services."""
